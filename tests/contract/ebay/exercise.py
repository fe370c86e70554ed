"""One run that calls every operation and meets every error that eBay knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.ebay.consent import authorize_url, exchange
from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.protocol import WriteOutcome
from sandbox.ebay import generate
from tests.connectors.ebay.world import YESTERDAY, World, all_listings, all_orders
from tests.connectors.line import START
from tests.contract.ebay.rows import Evidence, Run


def _kinds(outcomes: list[WriteOutcome]) -> list[str]:
    return [each.kind for each in outcomes]


async def exercise() -> Evidence:
    """Run everything against fresh local sellers."""
    evidence = Evidence()
    steps = (
        _consent,
        _every_call,
        _every_order,
        _access,
        _order_errors,
        _inventory_errors,
        _trading_errors,
    )
    for step in steps:
        world = World()
        async with world.connected() as connector:
            await step(Run(world, connector, evidence))
        evidence.exchanges += world.line.exchanges
    return evidence


async def _consent(run: Run) -> None:
    """A seller agrees on eBay's page, and the credentials that come of it open the account."""
    world, keys = run.world, run.world.shop.keys
    typed = {**world.credentials, "ru_name": keys.ru_name}
    address = "http://shops.test/ebay/alpha"
    async with httpx.AsyncClient(transport=world.line) as browser:
        page = await browser.get(authorize_url(typed, "state-1", address))
    assert page.status_code == 302
    run.forget()
    came_back = dict(httpx.URL(page.headers["location"]).params)
    assert came_back.pop("state") == "state-1"
    got = await exchange(typed, came_back, address, world.line, clock=world.clock.now)
    assert got["refresh_token"] == keys.refresh_token != typed["refresh_token"]
    with pytest.raises(NeedsReconnect):
        await exchange(typed, came_back, address, world.line, clock=world.clock.now)
    async with world.connected(got) as connector:
        assert (await connector.check()).id == world.shop.user_id


async def _every_call(run: Run) -> None:
    shop, connector = run.world.shop, run.connector
    generate(shop, 420)
    await connector.check()
    await connector.locations()
    assert len(await all_listings(connector)) > 420
    await all_listings(connector, START - timedelta(days=1))
    skus = ["BEADS-RED", "LOUD-TITLE", "CUP/SAUCER/2", "100%-WOOL & SILK", "A<B>C", "L" * 50]
    choices = [each for each in shop.variations() if each.option and each.sku]
    skus += [each.sku for each in choices[:6]]
    await connector.levels([run.world.ref(sku) for sku in skus])
    outcomes = await connector.set_levels([run.world.write(sku, 96) for sku in skus])
    assert set(_kinds(outcomes)) == {"applied"}
    assert {shop.available(sku) for sku in skus} == {96}
    wrapping = next(each for each in shop.variations() if each.listing.title == "Gift wrapping")
    everything = [run.world.ref(each.sku) for each in shop.variations() if each.sku]
    levels = await connector.levels([wrapping.listing.id, *everything[:3]])
    assert {each.ref: each.available for each in levels}[wrapping.listing.id] == 7
    assert len(await connector.levels(everything)) >= 400


async def _every_order(run: Run) -> None:
    world, shop, connector = run.world, run.world.shop, run.connector
    world.stock(3, available=999)
    assert await all_orders(connector, YESTERDAY) == []
    page = shop.add_parent("Shirt")
    red = shop.add_listing(None, 9, variant="Red", listing=page)
    shop.sell_many([("S0", 1), (red, 2)])
    sent, part, gone, back, asked = (shop.sell("S0", 3) for _ in range(5))
    shop.sell("S1", payment="PENDING")
    shop.fulfil(sent)
    shop.fulfil(part, "S0", 1)
    shop.cancel(gone)
    shop.refund(back, "S0", 1)
    shop.ask_to_cancel(asked)
    for _ in range(200):
        shop.sell("S1")
    found = await all_orders(connector, YESTERDAY)
    assert len({each.id for each in found}) == 207
    assert len(await connector.orders_by_id([sent.id, gone.id, "27-99999-99999"])) == 2


async def _access(run: Run) -> None:
    world, shop, connector = run.world, run.world.shop, run.connector
    world.stock(1)
    await connector.check()
    shop.keys.expire()
    await run.meets("auth.access_token_expired", connector.check)
    shop.keys.expire()
    await run.meets("trading.token_expired", lambda: all_listings(connector))
    held = shop.keys.scopes
    shop.keys.scopes = frozenset(each for each in held if "inventory" not in each)
    await run.fails("auth.scope_missing", NeedsReconnect, connector.check)
    shop.keys.scopes = held
    run.switch_on("dead_token", None)
    await run.fails("auth.access_token_expired", NeedsReconnect, connector.check)
    await run.fails("trading.token_expired", NeedsReconnect, lambda: all_listings(connector))
    shop.faults.clear()
    token = shop.keys.refresh_token
    shop.keys.rotate_refresh_token()
    await run.fails("auth.refresh_token_invalid", NeedsReconnect, connector.check)
    shop.keys.refresh_token = token
    secret = shop.keys.client_secret
    shop.keys.rotate_secret()
    await run.fails("auth.client_credentials_wrong", NeedsReconnect, connector.check)
    shop.keys.client_secret = secret
    await connector.check()
    run.switch_on("too_many_requests")
    await run.meets("throttled", lambda: all_orders(connector, YESTERDAY))
    run.switch_on("too_many_requests", None)
    await run.fails("throttled", RateLimited, lambda: all_orders(connector, YESTERDAY))


async def _order_errors(run: Run) -> None:
    connector = run.connector

    async def read() -> Any:
        return await all_orders(connector, YESTERDAY)

    run.switch_on("error_before", None, only="orders")
    await run.fails("server_error.fulfillment", Unavailable, read)
    run.world.shop.faults.clear()
    for row, text in (
        ("orders.filter_invalid", "not-a-date"),
        ("orders.start_date_in_future", "2027-01-01T00:00:00.000Z"),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("connectors.ebay.orders._time", lambda _, text=text: text)
            await run.fails(row, Refused, read)
        run.forget()
    sold = run.world.shop
    sold.add_listing("S0", 99)
    ids = [sold.sell("S0").id for _ in range(60)]
    before = len(run.world.line.exchanges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.ebay.orders._IDS", 60)
        found = await run.meets("orders.too_many_ids", lambda: connector.orders_by_id(ids))
    assert len(found) == 60
    del run.world.line.exchanges[before]
    assert await read() != []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.ebay.account._ONE", {"limit": 0, "offset": 0})
        await run.fails("inventory.pagination_invalid", Refused, connector.check)
    run.forget()


async def _inventory_errors(run: Run) -> None:
    world, shop, connector = run.world, run.world.shop, run.connector
    skus = world.stock(3, model="inventory")
    refs = [world.ref(sku) for sku in skus]
    shop.add_listing("TRADED", 4)
    found = await run.meets(
        "inventory.unknown_sku.bulk_get",
        lambda: connector.levels([*refs, world.ref("TRADED")]),
    )
    assert len(found) == 4
    run.switch_on("entry_error")
    refused, taken = await run.writes("inventory.push.partial_failure", S0=7, S1=8)
    assert (refused.kind, taken.kind) == ("rejected", "applied")
    assert (shop.available("S0"), shop.available("S1")) == (5, 8)
    shop.keys.expire()
    run.switch_on("whole_error")
    outcomes = await run.writes("inventory.push.user_error", S0=6, S1=6)
    assert _kinds(outcomes) == ["applied", "applied"]  # halved, and then taken
    run.switch_on("whole_error")
    assert _kinds(await run.writes("inventory.push.user_error", S0=7)) == ["rejected"]
    shop.items["S2"].auction_allocation = 3
    [held] = await run.writes("inventory.push.auction_allocation", S2=2)
    assert held.kind == "rejected"
    assert "auction allocation" in (held.reason or "")
    run.switch_on("warning")
    assert _kinds(await run.writes("warning_with_success", S0=9)) == ["applied"]
    run.switch_on("error_before", None, only="read")
    await run.fails("server_error.inventory", Unavailable, lambda: connector.levels(refs))
    shop.faults.clear()
    shop.add_listing("A-1", 5, model="inventory")
    # The bulk call takes the SKU still, the call for its offers does not any more.
    world.line.meanwhile = [lambda: setattr(shop, "plain_skus_only", True)]
    [level] = await run.meets(
        "inventory.sku_invalid_characters", lambda: connector.levels([world.ref("A-1")])
    )
    assert level.available == 5


async def _trading_errors(run: Run) -> None:
    world, shop, connector = run.world, run.world.shop, run.connector
    skus = world.stock(4)
    refs = [world.ref(sku) for sku in skus]
    run.switch_on("too_many_requests", None, only="read")
    await run.fails("trading.call_limit", RateLimited, lambda: all_listings(connector))
    shop.faults.clear()
    run.switch_on("error_before", None, only="read")
    await run.fails("trading.server_error", Unavailable, lambda: all_listings(connector))
    shop.faults.clear()
    await connector.levels(refs)
    run.switch_on("seller_limit", None)
    await run.fails(
        "trading.revise_limit_per_seller",
        RateLimited,
        lambda: connector.set_levels([world.write("S0", 6)]),
    )
    shop.faults.clear()
    assert _kinds(await run.writes("trading.warning", S0=5)) == ["applied"]
    assert _kinds(await connector.set_levels([world.write("S3", 0)])) == ["applied"]
    shop.out_of_stock_control = False
    row = "trading.quantity_zero_without_out_of_stock_control"
    [refused] = await run.writes(row, S0=0)
    assert refused.kind == "rejected"
    assert "greater than 0" in (refused.reason or "")
    await connector.levels(refs)
    shop.archive("S1")
    gone, taken = await run.writes("trading.partial_failure", S1=8, S2=8)
    assert (gone.kind, taken.kind) == ("rejected", "applied")
    assert shop.available("S2") == 8
    shop.archive("S2")
    [ended] = await run.writes("trading.ended_listing", S2=9)
    assert ended.kind == "rejected"
    await connector.levels(refs)
