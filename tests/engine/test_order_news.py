"""R2: any repetition, delay or reordering of order news ends in the same stock."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Literal

from connectors.protocol import RemoteOrder, RemoteOrderLine
from connectors.shopify.platform import TRAITS
from storage import stores
from sync.order_page import take_in
from tests.engine.conftest import TIMES
from tests.engine.world import World

State = Literal["open", "closed", "cancelled"]

# (taken, committed, state): edited, part shipped, shipped, returned; then one taken off and
# one cancelled.
LIVES: tuple[tuple[tuple[int, int, State], ...], ...] = (
    (
        (2, 2, "open"),
        (1, 1, "open"),
        (2, 2, "open"),
        (2, 1, "open"),
        (2, 0, "closed"),
        (1, 0, "closed"),
    ),
    ((3, 3, "open"), (3, 3, "open"), (0, 0, "cancelled")),
    ((1, 1, "open"), (0, 0, "open"), (4, 4, "open")),
)


def versions(
    world: World, number: int, life: tuple[tuple[int, int, State], ...]
) -> list[RemoteOrder]:
    """Make the versions of one order, some seconds apart."""
    placed = world.clock.now() + timedelta(seconds=number)
    item = world.shops["alpha"].item("MUG")
    return [
        RemoteOrder(
            id=f"order-{number}",
            name=f"#{number}",
            created_at=placed,
            updated_at=placed + timedelta(seconds=10 * step),
            state=state,
            lines=(RemoteOrderLine("line", item.id, "MUG", 4, taken, committed),),
        )
        for step, (taken, committed, state) in enumerate(life)
    ]


async def tell(world: World, store_id: int, page: list[RemoteOrder]) -> None:
    async with world.database.transaction() as session:
        store = await stores.load(session, store_id, lock=True)
        assert store is not None
        await take_in(
            session,
            world.queue,
            store=store,
            traits=TRAITS,
            page=page,
            booking=True,
            now=world.clock.now(),
        )


async def test_r2_news_in_any_order_and_any_number_of_times(world: World) -> None:
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    world.clock.time += timedelta(minutes=10)
    on_hand, committed = 10, 0
    for seed in range(12):
        shuffle = random.Random(seed)
        life = LIVES[seed % len(LIVES)]
        news = versions(world, seed, life) * shuffle.randint(1, 3)
        shuffle.shuffle(news)
        while news:
            size = shuffle.randint(1, 3)
            await tell(world, store, news[:size])
            news = news[size:]
        taken, open_units, _ = life[-1]
        on_hand += open_units - taken
        committed += open_units
        assert await world.level("MUG") == (on_hand, committed, on_hand - committed), seed
    assert await world.imbalances() == []


async def test_r2_a_line_that_its_order_no_longer_names_is_given_back(world: World) -> None:
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    (order,) = versions(world, 1, ((2, 2, "open"),))
    cup = RemoteOrderLine("other", world.shops["alpha"].item("CUP").id, "CUP", 1, 1, 1)
    both = RemoteOrder(
        order.id, order.name, order.created_at, order.updated_at, "open", (*order.lines, cup)
    )
    await tell(world, store, [both])
    assert await world.level("MUG") == (10, 2, 8)
    later = order.updated_at + timedelta(minutes=1)
    await tell(world, store, [RemoteOrder(order.id, "#1", order.created_at, later, "open", (cup,))])
    assert await world.level("MUG") == (10, 0, 10)
    assert await world.level("CUP") == (5, 1, 4)
