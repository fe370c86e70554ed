"""The schema's versions: bring a database to the newest, or refuse an older one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.pool import NullPool

from storage.database import Database, connect_args, parse_url, prepare

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = "stockroom schema"


class SchemaMismatch(Exception):
    """Database and program do not fit each other; the message says what to do."""


class OldSchema(SchemaMismatch):
    """The database lacks migrations that this program needs."""


class NewerSchema(SchemaMismatch):
    """The database was migrated by a newer program than this one."""


def migrate(url: str) -> None:
    """Bring the database to the newest schema; any number of processes may do so at once.

    Blocks: from a running loop, call it in a thread. Raises NewerSchema, DatabaseUnreachable.
    """
    with _engine(url).begin() as connection:
        # The others wait here until this transaction ends, and then find nothing to do.
        connection.execute(
            sa.text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": _LOCK}
        )
        _require_known(_revision(connection))
        command.upgrade(config(connection), "head")


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; "base" empties it."""
    with _engine(url).begin() as connection:
        command.downgrade(config(connection), revision)


def head() -> str:
    """Name the revision this program is written for."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    if revision is None:
        raise CommandError("there are no migrations")
    return revision


def current(url: str) -> str | None:
    """Name the database's revision; None for an empty database."""
    with _engine(url).connect() as connection:
        return _revision(connection)


async def require_current(database: Database) -> None:
    """Refuse a database that this program does not fit. Raises OldSchema or NewerSchema."""
    async with database.session() as session:
        connection = await session.connection()
        found = await connection.run_sync(_revision)
    _require_known(found)
    if found != head():
        raise OldSchema(
            f"the database's schema is {found or 'empty'} and this program needs {head()}:"
            " run `stockroom migrate`"
        )


def config(connection: sa.Connection | None = None) -> Config:
    """Configure Alembic; migrations/env.py takes the connection out again."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return made


def _engine(url: str) -> sa.Engine:
    # Nothing is asked so often here that it should be prepared; behind a pgbouncer nothing may be.
    args = connect_args(pooler=True)
    engine = sa.create_engine(parse_url(url), connect_args=args, poolclass=NullPool)
    prepare(engine)
    return engine


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_known(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise NewerSchema(
            f"the database's schema is {revision}, which this program does not know:"
            " start the newer program that migrated it"
        )
