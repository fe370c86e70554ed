"""A database that goes away for a while."""

from __future__ import annotations

import psycopg
from psycopg import sql


def allow_connections(url: str, *, allow: bool) -> None:
    """Lock everybody out of a database and end who is in, or let them in again."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as admin:
        words = sql.SQL("alter database {} with allow_connections {}")
        admin.execute(words.format(sql.Identifier(str(name)), sql.Literal(allow)))
        if not allow:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,)
            )
