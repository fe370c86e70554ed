"""The way to Postgres: what commits, what is said when it is away."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from storage import tables
from storage.database import BadDatabaseUrl, Database, DatabaseUnreachable, parse_url

SECRET = "s3cr3t-w0rd"


def team(name: str) -> sa.Insert:
    return sa.insert(tables.workspace).values(team_id=name, created_at=sa.func.now())


async def teams(database: Database) -> list[str]:
    async with database.session() as session:
        return list(
            await session.scalars(sa.select(tables.workspace.c.team_id).order_by("team_id"))
        )


async def test_a_transaction_commits_at_its_end_and_not_on_an_error(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(team("kept"))

    async def change_my_mind() -> None:
        async with database.transaction() as session:
            await session.execute(team("dropped"))
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    async with database.session() as session:
        await session.execute(team("forgotten"))  # nobody committed
    assert await teams(database) == ["kept"]


async def test_times_come_back_in_utc(database: Database) -> None:
    async with database.session() as session:
        moment, zone = (
            await session.execute(sa.text("select now(), current_setting('timezone')"))
        ).one()
    assert zone == "UTC"
    assert moment.utcoffset() == datetime.now(UTC).utcoffset()


async def test_a_lock_is_held_alone_and_let_go(database: Database) -> None:
    order: list[str] = []

    async def hold(who: str) -> None:
        async with database.exclusive("till"):
            order.append(f"{who} in")
            await asyncio.sleep(0)
            async with database.session() as session:  # others get their turn in between
                await session.execute(sa.text("select pg_sleep(0.01)"))
            order.append(f"{who} out")

    await asyncio.gather(*(hold(who) for who in "abcdefghijklmno"))  # more than the pool holds
    assert len(order) == 30
    assert all(order[i].split()[0] == order[i + 1].split()[0] for i in range(0, 30, 2))


async def test_locks_of_other_names_do_not_wait(database: Database) -> None:
    async with database.exclusive("one"), asyncio.timeout(5), database.exclusive("other"):
        pass


async def test_a_lost_connection_is_replaced(database: Database, database_url: str) -> None:
    await database.check()
    killer = Database(database_url)
    kill = sa.text(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )

    async def cut_off_half_way() -> None:
        async with database.transaction() as session:
            await session.execute(team("lost"))
            async with killer.transaction() as other:
                await other.execute(kill)
            await session.execute(team("lost too"))

    with pytest.raises(DatabaseUnreachable, match=r"^lost postgresql://.*terminating connection"):
        await cut_off_half_way()
    await killer.close()
    async with database.transaction() as session:
        await session.execute(team("back"))
    assert await teams(database) == ["back"]


async def test_a_transaction_that_stands_still_lets_its_locks_go(
    database: Database, database_url: str
) -> None:
    frozen = Database(database_url, idle_wait=0.05)
    async with database.transaction() as session:
        await session.execute(team("row"))
    row = sa.select(tables.workspace).with_for_update()

    async def stand_still() -> None:
        async with frozen.transaction() as session:
            await session.execute(row)
            await session.execute(team("half done"))
            async with asyncio.timeout(10), database.transaction() as other:
                await other.execute(row)  # waits for the limit
            await session.execute(team("too late"))

    with pytest.raises(DatabaseUnreachable, match="idle-in-transaction timeout"):
        await stand_still()
    async with frozen.transaction() as session:
        await session.execute(team("works again"))
    await frozen.close()
    assert await teams(database) == ["row", "works again"]


async def test_no_query_is_compiled(database: Database) -> None:
    """Where Postgres has LLVM, a count over 100,000 listings took twice as long for it."""
    async with database.session() as session:
        assert await session.scalar(sa.text("show jit")) == "off"


async def test_a_lock_by_name_may_be_held_for_long(database_url: str) -> None:
    database = Database(database_url, idle_wait=0.05)
    async with database.exclusive("till"), database.at_once() as session:
        await session.execute(sa.text("select pg_sleep(0.2)"))  # work that no limit is about
    await database.close()


async def test_each_statement_commits_by_itself_at_once(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.at_once() as session:
            await session.execute(team("kept"))
            assert await teams(database) == ["kept"]
            raise RuntimeError("what follows is no part of it")

    with pytest.raises(RuntimeError):
        await write_and_fail()
    assert await teams(database) == ["kept"]
    async with database.session() as session:  # the same connection, no longer so
        await session.execute(team("dropped"))
    assert await teams(database) == ["kept"]


async def test_a_connection_that_ended_at_rest_fails_nobody(
    database: Database, database_url: str
) -> None:
    await asyncio.gather(*(database.check() for _ in range(3)))
    killer = Database(database_url)
    async with killer.transaction() as session:
        await session.execute(
            sa.text(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
    await killer.close()
    await asyncio.gather(*(database.check() for _ in range(5)))


async def test_an_unreachable_database_is_told_in_one_line_without_the_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        database = Database(f"postgres://merchant:{SECRET}@127.0.0.1:{port}/shop?password={SECRET}")
        with pytest.raises(DatabaseUnreachable) as told:
            await database.check()
        await database.close()
    said = str(told.value)
    assert said.startswith(f"cannot reach postgresql://merchant:***@127.0.0.1:{port}/shop: ")
    assert "\n" not in said
    assert SECRET not in said + repr(database)


@pytest.mark.parametrize(
    "url",
    [f"mysql://a:{SECRET}@h/d", f"postgresql://a:{SECRET}@h:port/d", f"{SECRET}@h", "", "://"],
)
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=r"^DATABASE_URL must look like") as told:
        Database(url)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_scheme_is_understood(scheme: str) -> None:
    parsed = parse_url(f"{scheme}://me@h:6543/d?sslmode=require")
    assert parsed.drivername == "postgresql+psycopg"
    assert (parsed.host, parsed.port, parsed.query["sslmode"]) == ("h", 6543, "require")


async def test_behind_a_pooler_nothing_is_prepared(database_url: str) -> None:
    prepared = sa.text("select count(*) from pg_prepared_statements")
    counts = []
    for pooler in (False, True):
        database = Database(database_url, pooler=pooler)
        async with database.session() as session:
            for _ in range(8):  # psycopg prepares a statement at its fifth use
                count = await session.scalar(prepared)
        counts.append(count)
        await database.close()
    assert counts == [1, 0]
