"""Cases that others got wrong, each by its name. Those that have a test elsewhere:

raise while an unread order exists     test_rules and test_counterexamples (R5)
one bad item among 250                 connectors/shopify/test_writes
duplicate SKUs, and shared ones        test_shared, slack/test_unlinked
crash around remote effect and commit  processes/test_kill_points
late row, equal stamps, page edges     test_order_news, connectors/shopify/test_orders
more than 250 locations                slack/test_size
one warehouse to two locations         slack/test_wizard, test_locations
copy with and amid open orders         test_turning_on
plan stale, gone, confirmed twice      test_turning_on, slack/test_wizard
the alert path itself failing          slack/test_alerts, slack/test_locked_out
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from sync.orders_in import read_orders
from tests.engine.conftest import TIMES
from tests.engine.test_lifecycle import asked
from tests.engine.world import World


async def settled(world: World, sku: str, *, committed: int, available: int) -> None:
    """The ledger and both shops say the same, and nothing is asked."""
    await world.rest(timedelta(minutes=10))
    assert await world.level(sku) == (available + committed, committed, available)
    assert {world.shown(name, sku) for name in world.shops} == {max(available, 0)}
    assert await world.imbalances() == []


async def test_r4_a_change_while_its_write_is_under_way(synced: World) -> None:
    queued: list[asyncio.Task[object]] = []
    synced.wire.after_call["SetQuantities"] = [
        lambda: queued.append(asyncio.ensure_future(synced.adjust("MUG", 4)))
    ]
    await synced.adjust("MUG", -2)
    await synced.rest(timedelta(minutes=1))
    assert len(queued) == 1
    await settled(synced, "MUG", committed=0, available=12)


async def test_r4_a_change_between_reading_and_write(synced: World) -> None:
    """The store sells between what we believe and our write: it refuses, and nothing is lost."""
    alpha = synced.shops["alpha"]
    synced.wire.before_call["SetQuantities"] = [lambda: alpha.sell("MUG", 3)]
    await synced.adjust("MUG", -2)
    await settled(synced, "MUG", committed=3, available=5)


async def test_r4_five_zero_five_is_three_versions(synced: World) -> None:
    await synced.adjust("CUP", -5)
    await synced.adjust("CUP", 5)
    await settled(synced, "CUP", committed=0, available=5)
    synced.wire.faults["SetQuantities"] = ["unanswered", "unanswered"]
    await synced.adjust("CUP", -5)
    await synced.run(timedelta(seconds=10))
    await synced.adjust("CUP", 5)
    await settled(synced, "CUP", committed=0, available=5)


async def test_r7_the_last_unit_sold_in_two_stores_in_one_tick(synced: World) -> None:
    await synced.adjust("CUP", -4)
    await synced.rest(timedelta(minutes=4))
    first = synced.shops["alpha"].sell("CUP")
    second = synced.shops["beta"].sell("CUP")
    await settled(synced, "CUP", committed=2, available=-1)
    oversold = await asked(synced, "oversold")
    assert [order["name"] for order in oversold.facts["orders"]] == [first.name, second.name]
    assert oversold.facts["missing"] == 1


async def test_r8_blank_skus_are_no_product_and_never_written(world: World) -> None:
    alpha = world.shops["alpha"]
    for sku, number in (("", 3), (" ", 4), ("\t", 5)):
        alpha.add_listing(sku, number)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.adjust("MUG", 1)
    await world.rest()
    assert [alpha.available(sku) for sku in ("", " ", "\t")] == [3, 4, 5]
    async with world.database.transaction() as session:
        products = (await session.scalars(text("select sku from product order by 1"))).all()
        reasons = await session.scalars(text("select unlinked from listing where sku_key = ''"))
    assert (products, reasons.all()) == (["CUP", "MUG"], ["no_sku"] * 3)


async def test_r2_one_sku_twice_in_one_order(synced: World) -> None:
    order = synced.shops["alpha"].sell_many([("MUG", 2), ("MUG", 3)])
    await settled(synced, "MUG", committed=5, available=5)
    synced.shops["alpha"].fulfil(order)
    await settled(synced, "MUG", committed=0, available=5)


@pytest.mark.parametrize("choice", ["follow", "ignore"])
async def test_r2_a_renamed_sku_with_open_orders(synced: World, choice: str) -> None:
    from sync.newcomers import settle_renamed

    alpha = synced.shops["alpha"]
    order = alpha.sell("MUG", 2)
    await synced.rest(timedelta(minutes=4))
    alpha.rename_sku("MUG", "MUG-2")
    await synced.rest(timedelta(minutes=20))
    question = await asked(synced, "renamed")
    async with synced.database.transaction() as session:
        await settle_renamed(
            session,
            synced.deps(),
            workspace_id=synced.workspace_id,
            incident_id=question.id,
            choice="follow" if choice == "follow" else "ignore",
        )
    alpha.fulfil(order)  # of the product that it was sold as
    await synced.rest(timedelta(minutes=10))
    assert await synced.level("MUG") == (8, 0, 8)
    assert synced.shown("beta", "MUG") == 8
    assert await synced.imbalances() == []


async def test_r2_two_partial_refunds_of_one_line_then_cancelled(synced: World) -> None:
    alpha = synced.shops["alpha"]
    order = alpha.sell("MUG", 5)
    await synced.rest(timedelta(minutes=4))
    alpha.refund(order, "MUG", 1, "CANCEL")
    await synced.rest(timedelta(minutes=4))
    alpha.refund(order, "MUG", 2, "CANCEL")
    await settled(synced, "MUG", committed=2, available=8)
    alpha.cancel(order)
    await settled(synced, "MUG", committed=0, available=10)


async def test_r2_an_unsent_unit_refunded_without_restock_is_gone(synced: World) -> None:
    alpha = synced.shops["alpha"]
    order = alpha.sell("MUG", 3)
    await synced.rest(timedelta(minutes=4))
    alpha.refund(order, "MUG", 1, "NO_RESTOCK")
    await settled(synced, "MUG", committed=2, available=7)


async def test_r2_fifty_equal_deliveries_at_once(synced: World) -> None:
    synced.shops["alpha"].sell("MUG", 2)
    synced.clock.time += timedelta(seconds=40)
    workers = [synced.deps(f"worker-{number}") for number in range(50)]
    await asyncio.gather(*(read_orders(deps, 1) for deps in workers))
    await settled(synced, "MUG", committed=2, available=8)


@pytest.mark.parametrize("night", ["2026-10-25T00:50Z", "2027-03-28T00:50Z"])
async def test_r3_a_cursor_over_the_night_in_which_clocks_change(world: World, night: str) -> None:
    """An hour comes twice, or never: times are one line all the same."""
    world.clock.time = datetime.fromisoformat(night)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    for _ in range(8):
        world.shops["alpha"].sell("MUG")
        await world.run(timedelta(minutes=15), step=timedelta(minutes=1))
    await world.rest()
    assert await world.level("MUG") == (10, 8, 2)
    assert world.shown("alpha", "MUG") == 2


async def test_r11_a_token_revoked_in_mid_run(synced: World) -> None:
    alpha = synced.shops["alpha"]
    token = alpha.token
    synced.wire.before_call["SetQuantities"] = [lambda: alpha.rotate_token("shpat_other")]
    await synced.adjust("MUG", -2)
    await synced.adjust("CUP", -1)
    await synced.rest(timedelta(minutes=4))
    assert (await asked(synced, "needs_reconnect")).store_name == "Alpha"
    assert synced.shown("beta", "MUG") == 8
    synced.shops["beta"].sell("MUG", 1)
    alpha.rotate_token(token)
    await synced.rest(timedelta(minutes=30))
    await settled(synced, "MUG", committed=1, available=7)
    await settled(synced, "CUP", committed=0, available=4)


async def test_r8_an_untracked_item_does_not_become_0(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.set_tracked("MUG", False)
    await synced.rest(timedelta(minutes=20))
    synced.wire.writes.clear()
    await synced.adjust("MUG", -10)
    await synced.rest(timedelta(minutes=10))
    assert synced.wire.writes != [], "beta is written as ever"
    item = alpha.variant("MUG").item.id
    assert not any(item in str(write) for write in synced.wire.writes)
    assert synced.shown("beta", "MUG") == 0


async def test_r6_one_location_written_though_the_other_is_refused(world: World) -> None:
    """The change holds where it may, and the place that refuses is told by name."""
    alpha = world.shops["alpha"]
    cellar = alpha.add_location("Cellar")
    alpha.stock_at("MUG", cellar, 4)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.rest()
    houses = await warehouses(world)
    product = await product_of(world, "MUG")
    alpha.unstock("MUG", cellar)
    for house in houses.values():
        await world.change(product, house, -1)
    await world.rest()
    assert alpha.available("MUG", alpha.location("Main warehouse")) == 9
    assert [kind for kind, _, still in await world.incidents() if still] != []


async def warehouses(world: World) -> dict[str, int]:
    async with world.database.transaction() as session:
        rows = await session.execute(text("select name, id from warehouse"))
        return {row.name: row.id for row in rows}


async def product_of(world: World, sku: str) -> int:
    async with world.database.transaction() as session:
        return int(
            (
                await session.execute(text("select id from product where sku = :sku"), {"sku": sku})
            ).scalar_one()
        )
