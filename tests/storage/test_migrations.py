"""The migrations: one head, up and down and up, and the model is what they make."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy.pool import NullPool

from storage import schema, tables
from storage.database import Database, DatabaseUnreachable, parse_url
from storage.schema import NewerSchema, OldSchema
from tests import databases

# The newest change of the queue's own tables that our first migration contains. When its
# package brings another, it needs a migration of ours that runs the package's file.
QUEUE_SCHEMA = "03.04.00_50_post_add_retry_failed_job_procedure.sql"

# Everything Postgres knows about tables, as text: more than Alembic compares.
CATALOG = """
    select c.relname, 'column ' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end, nullif(a.attidentity, ''),
        nullif(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid))
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not a.attisdropped
    union all
    select conrelid::regclass::text, 'constraint ' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
    union all
    select tablename, 'index ' || indexname, indexdef from pg_indexes where schemaname = 'public'
"""

LEFTOVERS = """
    select relname from pg_class where relnamespace = 'public'::regnamespace
    union all select proname from pg_proc where pronamespace = 'public'::regnamespace
    union all select typname from pg_type where typnamespace = 'public'::regnamespace
"""

Catalog = dict[tuple[str, str], str]


@pytest.fixture
def empty(database_server: str) -> Iterator[str]:
    with databases.fresh(database_server) as url:
        yield url


def engine(url: str) -> sa.Engine:
    return sa.create_engine(parse_url(url), poolclass=NullPool)


def catalog(url: str) -> Catalog:
    with engine(url).connect() as connection:
        rows = connection.execute(sa.text(CATALOG)).all()
    foreign = ("procrastinate_", "alembic_")
    return {(table, what): how for table, what, how in rows if not table.startswith(foreign)}


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_up_and_down_and_up(empty: str) -> None:
    assert schema.current(empty) is None
    schema.migrate(empty)
    first = catalog(empty)
    assert schema.current(empty) == schema.head()
    schema.downgrade(empty, "base")
    assert schema.current(empty) is None
    with engine(empty).connect() as connection:
        left = set(connection.scalars(sa.text(LEFTOVERS)))
    assert {name for name in left if "alembic_version" not in name} == set()
    schema.migrate(empty)
    assert catalog(empty) == first


def test_migrating_again_changes_nothing(database_url: str) -> None:
    before = catalog(database_url)
    schema.migrate(database_url)
    assert catalog(database_url) == before


def test_the_model_is_what_the_migrations_make(empty: str, database_url: str) -> None:
    with engine(empty).begin() as connection:
        tables.metadata.create_all(connection)
    model, migrated = catalog(empty), catalog(database_url)
    assert migrated == model
    assert len({table for table, _ in model}) == len(tables.metadata.tables)


def test_every_check_of_the_model_is_made(database_url: str) -> None:
    wanted = {
        (table.name, f"constraint {check.name}")
        for table in tables.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }
    assert wanted
    assert wanted <= catalog(database_url).keys()


def test_alembic_would_write_no_migration(database_url: str) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and str(name).startswith("procrastinate_"))

    options = {"compare_server_default": True, "include_name": ours}
    with engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []
        changed = sa.MetaData()
        sa.Table("surprise", changed, sa.Column("id", sa.Integer))
        assert compare_metadata(context, changed) != []  # the comparison does see changes


def test_several_may_migrate_at_once(empty: str) -> None:
    problems: list[Exception] = []

    def migrate() -> None:
        try:
            schema.migrate(empty)
        except Exception as error:  # noqa: BLE001 - told by the main thread
            problems.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert schema.current(empty) == schema.head()


def test_a_migration_that_fails_leaves_nothing_behind(empty: str) -> None:
    with engine(empty).begin() as connection:
        connection.execute(sa.text("create table workspace (id int)"))
    with pytest.raises(sa.exc.ProgrammingError, match="workspace"):
        schema.migrate(empty)
    assert schema.current(empty) is None
    with engine(empty).begin() as connection:
        connection.execute(sa.text("drop table workspace"))
    schema.migrate(empty)
    assert schema.current(empty) == schema.head()


async def test_an_old_schema_is_refused_in_one_line(empty: str) -> None:
    database = Database(empty)
    with pytest.raises(OldSchema, match=r"^the database's schema is empty .* `stockroom migrate`$"):
        await schema.require_current(database)
    schema.migrate(empty)
    await schema.require_current(database)
    await database.close()


async def test_a_newer_schema_is_refused_in_one_line(database_url: str) -> None:
    with engine(database_url).begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = 'f00d'"))
    database = Database(database_url)
    with pytest.raises(NewerSchema, match=r"^the database's schema is f00d, which this program"):
        await schema.require_current(database)
    await database.close()
    with pytest.raises(NewerSchema):
        schema.migrate(database_url)


def test_an_unreachable_database_is_told_apart() -> None:
    with pytest.raises(DatabaseUnreachable, match=r"^cannot reach postgresql://"):
        schema.migrate("postgresql://postgres@127.0.0.1:1/nowhere")


def test_the_queues_tables_are_those_of_the_first_migration() -> None:
    files = Path(SchemaManager.get_migrations_path()).glob("*.sql")
    assert max(path.name for path in files) == QUEUE_SCHEMA
