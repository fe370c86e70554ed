"""`/stock stop-sell SKU`: 0 in every store at once, store by store, until somebody lifts it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.slack import stop_words as words
from sandbox.shopify import Shop
from tests.slack.office import Office, shown

MINUTES = timedelta(minutes=3)


@pytest.fixture
async def on(office: Office) -> Office:
    """Alpha and beta sell from one warehouse: MUG 10, CUP 5."""
    world = office.world
    await world.turn_on(await world.connect("alpha"), "copy")
    await world.turn_on(await world.connect("beta"), "keep", warehouse_id=await world.warehouse())
    await world.rest(MINUTES)
    return office


def listed(office: Office) -> str:
    return shown(office.operator.ephemerals()[-1])


def numbers(shops: list[Shop], sku: str = "MUG") -> list[int]:
    return [shop.available(sku) for shop in shops]


async def test_a_product_is_stopped_everywhere_and_sold_again(
    on: Office, shops: list[Shop]
) -> None:
    assert "operators and managers" in await on.slash(on.viewer, "stop-sell MUG")
    assert words.HOW in await on.slash(on.operator, "stop-sell")
    order = shops[0].sell("MUG", 2)
    await on.world.rest(MINUTES)
    assert numbers(shops) == [8, 8]
    said = await on.slash(on.operator, "stop-sell mug")
    assert "MUG is stopped" in said
    assert "Alpha, Alpha main: 0 is on its way" in said
    assert "Stopped by <@U0OPERATOR1>" in said
    await on.world.work()
    assert numbers(shops) == [0, 0], "without waiting for any round of the clock"
    assert numbers(shops, "CUP") == [5, 5]
    await on.click(on.operator, "stop_look", on="message")
    assert "Alpha, Alpha main: shows 0" in listed(on)
    assert "Beta, Beta main: shows 0" in listed(on)
    assert "Not sold anywhere for now: MUG" in await on.slash(on.viewer, "status")
    assert "Not sold for now, so it shows 0" in await on.slash(on.viewer, "why MUG")

    # The ledger goes on: what is cancelled and what arrives counts, and shows nowhere.
    shops[0].cancel(order, restock=True)
    await on.world.adjust("MUG", 5)
    await on.world.rest(timedelta(minutes=8))
    assert await on.world.level("MUG") == (15, 0, 15)
    assert numbers(shops) == [0, 0]
    kinds = await on.rows("select kind from incident where closed_at is null")
    assert [row.kind for row in kinds] == [], "nobody calls that drift, nor does the breaker trip"

    assert "is stopped" in await on.slash(on.operator, "stop-sell MUG"), "once more looks again"
    await on.click(on.operator, "stop_lift", on="message")
    assert "MUG is sold again" in listed(on)
    await on.world.rest(MINUTES)
    assert numbers(shops) == [15, 15]
    acts = await on.rows("select act from audit where act like 'stock.s%' order by id")
    assert [row.act for row in acts] == ["stock.stop", "stock.sell"]


async def test_r5_what_is_lifted_waits_for_orders_like_any_raise(
    on: Office, shops: list[Shop]
) -> None:
    await on.slash(on.operator, "stop-sell MUG")
    await on.world.work()
    on.world.wire.faults["Orders"] = ["lost"] * 4
    await on.click(on.operator, "stop_lift", on="message")
    await on.world.work()
    assert numbers(shops) == [0, 0]
    await on.world.rest(timedelta(minutes=8))
    assert numbers(shops) == [10, 10]


async def test_a_difference_that_is_kept_does_not_keep_it_on_sale(
    on: Office, shops: list[Shop]
) -> None:
    shops[0].set_by_hand("MUG", 14)
    await on.world.run(timedelta(hours=8), step=timedelta(minutes=20))
    assert await on.rows("select 1 from incident where kind = 'drift' and closed_at is null")
    await on.slash(on.operator, "stop-sell MUG")
    await on.world.rest(MINUTES)
    assert numbers(shops) == [0, 0]


async def test_a_store_that_is_down_or_paused_is_told_and_followed(
    on: Office, shops: list[Shop]
) -> None:
    held = shops[0].token
    shops[0].rotate_token()
    await on.world.run(MINUTES, step=timedelta(seconds=30))
    await on.rows("update store set sync_status = 'paused' where name = 'Beta'")
    said = await on.slash(on.operator, "stop-sell MUG")
    assert "Alpha, Alpha main: Stockroom cannot sign in" in said
    assert "Beta, Beta main: sync is paused, so nothing is written there" in said
    await on.world.rest(MINUTES)
    assert numbers(shops) == [10, 10]
    shops[0].rotate_token(held)
    await on.rows("update store set sync_status = 'on' where name = 'Beta'")
    await on.world.run(timedelta(hours=2), step=timedelta(minutes=2))
    assert numbers(shops) == [0, 0], "it goes on trying, over any restart"


async def test_a_product_that_no_store_keeps_in_sync(office: Office) -> None:
    await office.world.connect("alpha")
    said = await office.slash(office.operator, "stop-sell MUG")
    assert words.NOWHERE in said
    await office.world.turn_on((await office.rows("select id from store"))[0].id, "copy")
    await office.world.rest(timedelta(minutes=8))
    assert office.world.shops["alpha"].available("MUG") == 0, "it holds for what is turned on later"
