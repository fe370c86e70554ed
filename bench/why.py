"""How long `/stock why` takes on a long ledger, beside the same SQL by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, event, text
from sqlalchemy import Engine as Connections
from sqlalchemy.ext.asyncio import AsyncSession

from bench.catalogue import sku
from bench.engine import Engine, in_sync
from bench.figure import Figure, Ratio, percentile
from bench.ground import Ground
from bot.slack.views import why as views
from sync.show import find_row
from sync.why import explain

PER_ORDER = 2  # movements: sold, and sent
BUSY = 100  # a busy product has so many times the movements of another
ORDERS_OF_BUSY = 0.1  # share of all movements that the busy ones have

Statement = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Size:
    """Movements in the ledger, products they are of, and questions asked."""

    movements: int
    products: int
    questions: int


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    """Ask for products taken at random, then for the busiest ones."""
    async with in_sync(ground, size.products, "alpha", "beta") as engine:
        busy = await _long_ledger(engine, size)
        dice = random.Random(1)  # noqa: S311 - which SKU is asked for, nothing secret
        any_of = [dice.randrange(size.products) for _ in range(size.questions)]
        of_busy = [dice.randrange(busy) for _ in range(max(1, size.questions // 10))]
        return [
            await _asked(engine, f"why, p95, {size.movements:,} movements", any_of, below=100),
            await _asked(engine, f"why, p95, the {busy:,} busiest of them", of_busy),
        ]


async def _long_ledger(engine: Engine, size: Size) -> int:
    """Write what years of orders leave behind; how many products are busy: the first ones."""
    each = size.movements / PER_ORDER / size.products
    busy = max(1, round(size.products * ORDERS_OF_BUSY / BUSY))
    orders = [
        max(1, round(each * (BUSY if place < busy else 1 - ORDERS_OF_BUSY)))
        for place in range(size.products)
    ]
    async with engine.world.database.transaction() as session:
        await _book(session, engine.stores[0], orders, engine)
    async with engine.world.database.session() as session:
        await session.execute(text("analyze"))
        await session.commit()
    return busy


async def _book(session: AsyncSession, store: int, orders: Sequence[int], engine: Engine) -> None:
    given = {"store": store, "orders": list(orders), "now": engine.world.clock.now()}
    for statement in (
        """
        create temporary table sale on commit drop as
        select p.id as product_id, p.sku, g.place || '-' || n as name
        from unnest(cast(:orders as integer[])) with ordinality as g (orders, place)
        join (select id, sku, row_number() over (order by id) as place from product) p
            on p.place = g.place
        cross join lateral generate_series(1, g.orders) n""",
        """
        insert into customer_order (workspace_id, store_id, remote_id, name, state, placed_at,
                                    stamp, seen_at)
        select 1, :store, name, '#' || name, 'closed', :now, :now, :now from sale""",
        """
        insert into order_line (workspace_id, store_id, order_id, remote_id, sku, product_id,
                                warehouse_id, ordered, taken, committed, bookings)
        select 1, :store, o.id, s.name, s.sku, s.product_id, w.id, 1, 1, 0, 2
        from sale s join customer_order o on o.store_id = :store and o.remote_id = s.name
        cross join (select min(id) as id from warehouse) w""",
        """
        insert into movement (workspace_id, product_id, warehouse_id, on_hand_delta,
                              committed_delta, cause, cause_key, order_line_id, at)
        select 1, l.product_id, l.warehouse_id, k.on_hand, k.committed, 'order',
               'order:' || l.id || ':' || k.number, l.id, :now
        from order_line l
        cross join (values (0, 1, 1), (-1, -1, 2)) as k (on_hand, committed, number)
        where l.store_id = :store order by k.number, random()""",
        """
        update stock s set on_hand = m.on_hand, committed = m.committed
        from (select product_id, warehouse_id, sum(on_hand_delta) as on_hand,
                     sum(committed_delta) as committed from movement group by 1, 2) m
        where s.product_id = m.product_id and s.warehouse_id = m.warehouse_id""",
    ):
        names = {name: value for name, value in given.items() if f":{name}" in statement}
        await session.execute(text(statement), names)


async def _asked(
    engine: Engine, what: str, products: Sequence[int], below: float | None = None
) -> Ratio:
    """Ask for each product, then send the same statements without us around them."""
    ours, statements = [], []
    for place in products:
        seen: list[Statement] = []
        with _listening(seen):
            await _answer(engine, sku(place))
        statements.append(seen)
    for place in products:
        begun = time.perf_counter()
        await _answer(engine, sku(place))
        ours.append((time.perf_counter() - begun) * 1000)
    floor = _bare(engine.url, statements)
    return Ratio(
        what,
        percentile(ours, 95),
        percentile(floor, 95),
        "ms",
        below=below,
        note=f"from SKU to blocks, p50 {percentile(ours, 50):.1f} ms; floor: the same SQL alone",
    )


async def _answer(engine: Engine, typed: str) -> None:
    """Do all that the command does between the words and the blocks."""
    world = engine.world
    async with world.database.at_once() as session:
        product = await find_row(session, world.workspace_id, typed)
        if product is None:
            raise LookupError(typed)
        found = await explain(session, world.workspace_id, product, world.clock.now())
    blocks = [block.to_dict() for block in views.why(found)]
    if not all(house.agrees for house in found.warehouses) or len(found.places) != len(
        engine.stores
    ):
        raise AssertionError(f"wrong answer for {typed}: {blocks}")


@contextmanager
def _listening(seen: list[Statement]) -> Iterator[None]:
    """Note the statements that go to the database meanwhile."""

    def note(
        _: Connection, __: object, statement: str, given: dict[str, Any], *___: object
    ) -> None:
        seen.append((statement, given))

    event.listen(Connections, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Connections, "before_cursor_execute", note)


def _bare(url: str, asked: Sequence[Sequence[Statement]]) -> list[float]:
    """Send the statements of each question with nothing around them: milliseconds each."""
    took = []
    address = url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        for statements in asked:
            begun = time.perf_counter()
            for statement, given in statements:
                connection.execute(statement.encode(), given).fetchall()
            took.append((time.perf_counter() - begun) * 1000)
    return took


FIGURE = Figure("why", measure, full=Size(1_000_000, 10_000, 200), tiny=Size(200, 10, 5))
