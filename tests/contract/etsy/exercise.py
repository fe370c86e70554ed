"""One run that calls every operation and meets every error that Etsy is known for.

The rows are those of the platform's fact sheet. A row counts as met when its answer went
over the wire *and* the connector understood it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, StoreError, Unavailable
from connectors.protocol import Connector
from sandbox.etsy import Fault, generate
from sandbox.etsy.assortment import COLOUR
from tests.connectors.etsy.world import (
    YESTERDAY,
    Exchange,
    World,
    all_listings,
    all_orders,
    kinds,
)
from tests.connectors.line import START

Seen = Callable[[Exchange], bool]

OPERATIONS = {
    "getMe",
    "tokenScopes",
    "getShop",
    "getListingsByShop",
    "getListingsInventoryByListingIds",
    "updateListingInventory",
    "updateListing",
    "getShopReceipts",
    "getShopReceipt",
}


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _status(status: int, *words: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        text = exchange.content.decode()
        return exchange.status == status and all(word in text for word in words)

    return seen


# Each row, and how its answer looks on the wire
ROWS: dict[str, Seen] = {
    "access token expired": _status(401, '"invalid_token"', "access token is expired"),
    "refresh refused": _status(400, '"invalid_grant"', "refresh_token is revoked"),
    "key without its secret": _status(403, "Shared secret is required in x-api-key header."),
    "key header wrong": _status(403, "should be in the format 'keystring:shared_secret'"),
    "scope missing": _status(403, "scope transactions_r"),
    "throttled": _status(429, '"error"'),
    "listing not found": _status(404, "listing_id"),
    "receipt not found": _status(404, "Could not find a Shop Receipt with receipt_id ="),
    "price too low": _status(400, "There was a problem with /price : must be above min price"),
    "parentheses": _status(400, "Parentheses are not allowed"),
    "only two variations": _status(400, "Only two variations are supported"),
    "cannot be activated": _status(400, "shipping profile"),
    "conflict": _status(409, '"error"'),
    "server error": _status(500, '{"error":"Server Error"}'),
}


async def exercise() -> Evidence:
    """Run everything against fresh local shops."""
    evidence = Evidence()
    for step in (_reading, _orders, _access, _refused_writes, _unclear_writes):
        world = World()
        async with world.connected() as connector:
            await step(world, connector, evidence)
        evidence.exchanges += world.line.exchanges
    return evidence


def _meet(world: World, evidence: Evidence, row: str, since: int) -> None:
    """Note a row as met, if its answer came since so many exchanges."""
    assert any(ROWS[row](each) for each in world.line.exchanges[since:]), row
    evidence.met.add(row)


async def _reading(world: World, connector: Connector, evidence: Evidence) -> None:
    generate(world.shop, 300)
    world.shop.add_listing("BARE", 2).listing.has_inventory = False
    await connector.check()
    found = await all_listings(connector)
    assert len(await connector.levels([each.ref for each in found])) > 250
    await all_listings(connector, START)
    outcomes = await connector.set_levels(
        [world.write(sku, 7) for sku in ("SET:MUG:2", "CARD-WHITE", "RING-6", "WINTER-HAT")]
        + [world.write(sku, 0) for sku in ("O'HARA-SET",)]
    )
    assert set(kinds(outcomes)) == {"applied"}
    assert kinds(await connector.set_levels([world.write("O'HARA-SET", 3)])) == ["applied"]


async def _orders(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3, available=999)
    parent = shop.add_parent("Mug")
    plain = shop.add_listing(None, 50, parent=parent, options={COLOUR: "Red"})
    sent, gone, back, partly = (shop.sell("S0", 3) for _ in range(4))
    shop.fulfil(sent)
    shop.cancel(gone)
    shop.refund(back, whole=True)
    shop.refund(partly)
    shop.sell_many([("S1", 1), (plain, 2)])
    shop.sell("S2", status="open")
    for _ in range(120):  # more than a page
        shop.sell("S2")
    assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 126
    before = len(world.line.exchanges)
    assert len(await connector.orders_by_id([sent.name, gone.name, "999999"])) == 2
    _meet(world, evidence, "receipt not found", before)


async def _access(world: World, connector: Connector, evidence: Evidence) -> None:
    world.stock(2)

    def orders() -> Awaitable[Any]:
        return all_orders(connector, YESTERDAY)

    async def meet(row: str, kind: type[StoreError], repair: Callable[[], object]) -> StoreError:
        before = len(world.line.exchanges)
        with pytest.raises(kind) as raised:
            await orders()
        _meet(world, evidence, row, before)
        repair()
        await orders()
        return raised.value

    shop, keys = world.shop, world.shop.keys
    await orders()
    shop.faults.switch_on(Fault("dead_token"))
    await meet("access token expired", NeedsReconnect, shop.faults.clear)
    shop.faults.switch_on(Fault("bare_key"))
    bare = await meet("key without its secret", NeedsReconnect, shop.faults.clear)
    assert bare.field == "shared_secret"
    secret = keys.shared_secret
    keys.shared_secret = "another"
    await meet("key header wrong", NeedsReconnect, lambda: setattr(keys, "shared_secret", secret))
    scopes = shop.scopes
    shop.scopes -= {"transactions_r"}
    lacking = await meet("scope missing", NeedsReconnect, lambda: setattr(shop, "scopes", scopes))
    assert isinstance(lacking, NeedsReconnect)
    assert lacking.missing_scopes == ("transactions_r",)
    shop.faults.switch_on(Fault("error_before"))
    await meet("server error", Unavailable, shop.faults.clear)
    held = keys.refresh_token
    keys.rotate_refresh_token()
    await meet("refresh refused", NeedsReconnect, lambda: keys.rotate_refresh_token(held))
    before, slept = len(world.line.exchanges), len(world.clock.slept)
    shop.faults.switch_on(Fault("too_many_requests", count=1))
    await orders()
    assert world.clock.slept[slept:] == [1.0]
    _meet(world, evidence, "throttled", before)


async def _refused_writes(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3)
    shop.add_listing("CHEAP", 5, amount=10)
    brackets = shop.add_parent("Mug")
    shop.add_listing("BRACKETS", 5, parent=brackets, options={COLOUR: "Red (dark)"})

    async def meet(row: str, sku: str, value: int, *wanted: str) -> None:
        before = len(world.line.exchanges)
        assert kinds(await connector.set_levels([world.write(sku, value)])) == list(wanted), row
        _meet(world, evidence, row, before)

    await meet("price too low", "CHEAP", 3, "rejected")
    await meet("parentheses", "BRACKETS", 3, "rejected")
    shop.faults.switch_on(Fault("conflict", count=1))
    await meet("conflict", "S0", 3, "applied")
    assert kinds(await connector.set_levels([world.write("S1", 0)])) == ["applied"]
    shop.can_activate = False
    await meet("cannot be activated", "S1", 4, "rejected")
    refs = [world.ref("S0"), world.ref("S2")]
    shop.delete("S2")
    before = len(world.line.exchanges)
    assert len(await connector.levels(refs)) == 1
    _meet(world, evidence, "listing not found", before)


async def _unclear_writes(world: World, connector: Connector, evidence: Evidence) -> None:
    """A third property that nobody announced is what Etsy refuses in so many words."""
    world.stock(1)
    generate(world.shop, 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.etsy.sending.THIRD_PROPERTY", 4)
        before = len(world.line.exchanges)
        outcomes = await connector.set_levels([world.write("RING-7", 9)])
        assert kinds(outcomes) == ["rejected"]
        _meet(world, evidence, "only two variations", before)
    world.shop.faults.switch_on(Fault("error_after", count=1, only="write"))
    assert kinds(await connector.set_levels([world.write("S0", 4)])) == ["applied"]
