"""The queue's own tables, taken from the installed package and not copied into the tree."""

from __future__ import annotations

import sqlalchemy as sa
from procrastinate.schema import SchemaManager

# Everything of it is named procrastinate_*. Functions and types are dropped after the
# tables whose triggers and columns use them.
_REMOVE = r"""
do $$
declare found record;
begin
    for found in select c.oid::regclass as name from pg_class c
        where c.relkind = 'r' and c.relname like 'procrastinate\_%'
            and pg_table_is_visible(c.oid)
    loop execute format('drop table %s cascade', found.name); end loop;
    for found in select p.oid::regprocedure as name from pg_proc p
        where p.proname like 'procrastinate\_%' and pg_function_is_visible(p.oid)
    loop execute format('drop function %s', found.name); end loop;
    for found in select t.oid::regtype as name from pg_type t
        where t.typname like 'procrastinate\_%' and t.typtype in ('e', 'c')
            and pg_type_is_visible(t.oid)
    loop execute format('drop type %s', found.name); end loop;
end $$
"""


def install(connection: sa.Connection) -> None:
    """Make the queue's tables, types, functions and triggers."""
    _script(connection, SchemaManager.get_schema())


def remove(connection: sa.Connection) -> None:
    """Drop all that `install` made."""
    _script(connection, _REMOVE)


def _script(connection: sa.Connection, sql: str) -> None:
    connection.exec_driver_sql(sql.replace("%", "%%"))  # a lone % would be a parameter
