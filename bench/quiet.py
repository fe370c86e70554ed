"""What a minute costs in which nothing happens, at ten times the listings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from sqlalchemy import text

from bench.engine import PRODUCTS, in_sync
from bench.figure import Figure, Ratio
from bench.ground import Ground
from storage.database import Database
from tests.engine.world import World

ALL_WORK = 15  # minutes in which everything but the audit and the daily pass comes up once


@dataclass(frozen=True)
class Size:
    """A small catalogue and a large one, and how long nothing happens.

    The clock looks for what is due every `tick` seconds  # bot/clock.py: every second
    """

    few: int
    many: int
    minutes: int = ALL_WORK
    tick: float = 1


@dataclass(frozen=True)
class Cost:
    """What some minutes took of the store and of the database."""

    calls: Counter[str]
    rows: int
    jobs: int
    by_table: dict[str, int]


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    few, few_passes = await _quiet(ground, size.few, size)
    many, many_passes = await _quiet(ground, size.many, size)
    grown = sorted(many.by_table, key=lambda name: few.by_table.get(name, 0) - many.by_table[name])[
        :2
    ]
    more = ", ".join(
        f"{name} {few.by_table.get(name, 0):,} -> {many.by_table[name]:,}" for name in grown
    )
    against = f"{size.many:,} listings against {size.few:,}"
    return [
        Ratio(
            f"quiet minute, calls: {against}",
            many.calls.total() / size.minutes,
            few.calls.total() / size.minutes,
            "calls",
            most=1,
        ),
        Ratio(
            f"quiet minute, rows read: {against}",
            many.rows / size.minutes,
            few.rows / size.minutes,
            "rows",
            most=1.05,  # equal, but for a statistics worker or an index page more
            note=f"in {size.minutes} minutes {more}",
        ),
        Ratio(
            f"quiet minute, jobs: {against}",
            many.jobs / size.minutes,
            few.jobs / size.minutes,
            "jobs",
            most=1,
        ),
        *(
            Ratio(
                f"apart, {name}, calls: {against}",
                many_passes[name],
                few_passes[name],
                "calls",
            )
            for name in few_passes
        ),
    ]


async def _quiet(ground: Ground, listings: int, size: Size) -> tuple[Cost, dict[str, int]]:
    async with in_sync(ground, listings, "alpha") as engine:
        world = engine.world
        await world.run(timedelta(seconds=5))  # what the fresh state itself makes due
        quiet = await _cost(world, engine.url, size)
        passes = {
            "audit": await _audit(world, engine.stores[0]),
            "daily pass": await _daily_pass(world, engine.stores[0]),
        }
    return quiet, passes


async def _cost(world: World, url: str, size: Size) -> Cost:
    """Let time pass and say what it took; the counters are read before and after."""
    before_rows, before_jobs = await _counters(world.database, url)
    before_calls = len(world.wire.calls)
    await world.run(timedelta(minutes=size.minutes), step=timedelta(seconds=size.tick))
    rows, jobs = await _counters(world.database, url)
    by_table = {name: rows[name] - before_rows.get(name, 0) for name in rows}
    return Cost(
        calls=Counter(world.wire.calls[before_calls:]),
        rows=sum(by_table.values()),
        jobs=jobs - before_jobs,
        by_table=by_table,
    )


async def _counters(database: Database, url: str) -> tuple[dict[str, int], int]:
    """Read how many rows were fetched from each of our tables so far, and how many jobs queued.

    A connection's counts are known once it has closed, so the pool's are closed first.
    """
    await database.close()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        others = """select count(*) from pg_stat_activity where datname = current_database()
                    and pid <> pg_backend_pid() and backend_type = 'client backend'"""
        while await (await connection.execute(others)).fetchone() != (0,):
            pass
        found = await connection.execute("""
            select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), n_tup_ins
            from pg_stat_user_tables""")
        rows = await found.fetchall()
    read = {str(name): int(count) for name, count, _ in rows}
    return read, next(int(added) for name, _, added in rows if name == "procrastinate_jobs")


async def _audit(world: World, store_id: int) -> int:
    """Make every number due to be read back; the calls that it takes."""
    await _due(world, "update target set audited_at = null where store_id = :store", store_id)
    return await _until_rest(world, {"Levels"})


async def _daily_pass(world: World, store_id: int) -> int:
    await _due(
        world,
        """
        update store set products_full_at = products_full_at - interval '1 day',
                         products_due_at = orders_due_at where id = :store""",
        store_id,
    )
    return await _until_rest(world, PRODUCTS)


async def _due(world: World, statement: str, store_id: int) -> None:
    async with world.database.transaction() as session:
        await session.execute(text(statement), {"store": store_id})


async def _until_rest(world: World, names: frozenset[str] | set[str]) -> int:
    before = len(world.wire.calls)
    await world.run(timedelta(minutes=2), step=timedelta(seconds=20))
    return sum(1 for name in world.wire.calls[before:] if name in names)


FIGURE = Figure(
    "quiet", measure, full=Size(10_000, 100_000), tiny=Size(10, 100, minutes=1, tick=20)
)
