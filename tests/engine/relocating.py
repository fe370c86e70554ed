"""How a store's places are changed while its sync stays on, and what is looked at then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import text

from sandbox.shopify.model import Location
from storage import locations
from sync.choices import Choices, LocationChoice, Mode, OpenUnits
from sync.plan import PlanSummary
from sync.relocation import Relocated, confirm_change
from sync.relocation_plan import make_change_plan, read_idle_orders
from sync.show import find_product, list_warehouses
from tests.engine.world import World

MINUTE = timedelta(minutes=1)


async def houses(world: World) -> dict[str, int]:
    async with world.database.transaction() as session:
        return {
            place.name: place.id for place in await list_warehouses(session, world.workspace_id)
        }


async def choices(
    world: World,
    store: int,
    mode: Mode = "keep",
    open_units: OpenUnits | None = None,
    copy_from: str = "",
    **chosen: str,
) -> Choices:
    """Choose for some places: `new`, `none`, or the name of a warehouse; the others stay."""
    known = await houses(world)
    async with world.database.transaction() as session:
        places = await locations.of_store(session, store)
    picked = []
    for place in places:
        word = chosen.get(place.name.replace(" ", "_"))
        decision: Literal["new", "link", "none"] = "link"
        house = place.warehouse_id
        if word in ("new", "none") or (word is None and house is None):
            decision, house = ("new" if word == "new" else "none"), None
        elif word is not None:
            house = known[word]
        picked.append(LocationChoice(place.id, decision, house))
    taken = tuple(place.id for place in places if place.name == copy_from)
    return Choices(mode, tuple(picked), taken, open_units)


async def planned(world: World, store: int, **chosen: Any) -> PlanSummary:
    wanted = await choices(world, store, **chosen)
    found = await read_idle_orders(world.deps(), store, wanted)
    asked = None if found.asked is None else datetime.fromisoformat(found.asked)
    async with world.database.transaction() as session:
        return await make_change_plan(session, world.deps(), store, wanted, asked)


async def confirm(world: World, made: PlanSummary) -> Relocated | PlanSummary:
    async with world.database.transaction() as session:
        return await confirm_change(
            session, world.deps(), plan_id=made.id, actor="U1", workspace_id=world.workspace_id
        )


async def relocate(world: World, store: int, **chosen: Any) -> PlanSummary:
    made = await planned(world, store, **chosen)
    assert isinstance(await confirm(world, made), Relocated)
    return made


async def levels(world: World, sku: str) -> dict[str, tuple[int, int]]:
    """On hand and committed by warehouse."""
    async with world.database.transaction() as session:
        product = await find_product(session, world.workspace_id, sku)
    assert product is not None
    return {level.name: (level.on_hand, level.committed) for level in product.warehouses}


def shows(world: World, cellar: Location) -> tuple[int, int]:
    """What alpha shows of POT in its main location and its cellar."""
    alpha = world.shops["alpha"]
    return alpha.available("POT"), alpha.available("POT", cellar)


async def settled(world: World, store: int) -> None:
    """Nothing is unexplained, on its way, left over or out of balance."""
    await world.rest(4 * MINUTE)
    summary = await world.summary(store)
    assert (summary.unexplained, summary.on_the_way, summary.refused) == (0, 0, 0)
    assert [kind for kind, _, still in await world.incidents() if still] == []
    assert await world.imbalances() == []


async def rows(world: World, sql: str) -> list[tuple[Any, ...]]:
    async with world.database.transaction() as session:
        return [tuple(row) for row in await session.execute(text(sql))]


async def read_everything_again(world: World) -> None:
    async with world.database.transaction() as session:
        await session.execute(text("update store set orders_cursor = null"))
    await world.rest(3 * MINUTE)
