"""One run that calls every operation and meets every error that Amazon is known for.

The rows are those of the platform's fact sheet. A row counts as met when its answer went
over the wire *and* the connector understood it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, StoreError, Unavailable
from connectors.protocol import Connector, TracksFba
from sandbox.amazon import Fault, generate
from sandbox.amazon.catalogue import AWKWARD_SKUS
from sandbox.amazon.sites import CA, MX, US
from tests.connectors.amazon.world import (
    YESTERDAY,
    Exchange,
    World,
    all_listings,
    all_orders,
    handles,
    kinds,
)

Seen = Callable[[Exchange], bool]

OPERATIONS = {
    "getMarketplaceParticipations",
    "searchListingsItems",
    "getListingsItem",
    "patchListingsItem",
    "createFeedDocument",
    "createFeed",
    "getFeed",
    "cancelFeed",
    "getFeedDocument",
    "createReport",
    "getReport",
    "getReportDocument",
    "searchOrders",
    "getOrder",
    "getInventorySummaries",
}


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _status(status: int, *words: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        text = exchange.content.decode("utf-8", "replace")
        return exchange.status == status and all(word in text for word in words)

    return seen


_DENIED = '"Access to requested resource is denied."'
# Each row, and how its answer looks on the wire
ROWS: dict[str, Seen] = {
    "access token expired": _status(403, _DENIED, "has expired"),
    "token wrong": _status(403, _DENIED, "revoked, malformed or invalid"),
    "role missing": _status(403, _DENIED, '"details":""'),
    "consent over": _status(400, '"invalid_grant"', "refresh_token"),
    "secret wrong": _status(401, '"invalid_client"', "Client authentication failed"),
    "throttled": _status(429, '"QuotaExceeded"'),
    "SKU not found": _status(404, '"NOT_FOUND"', "not found in marketplace"),
    "validation": _status(400, '"InvalidInput"', "please check your input"),
    "validation of listings": _status(400, '"BAD_REQUEST"', "Invalid input"),
    "business rule": _status(200, '"INVALID"', '"90000900"', '"ERROR"'),
    "server error": _status(500, '"InternalFailure"'),
    "service unavailable": _status(503, '"InternalFailure"'),
}


async def exercise() -> Evidence:
    """Run everything against fresh local accounts."""
    evidence = Evidence()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.amazon.writes.SINGLES", 12)
        for step in (_reading, _by_search, _orders, _fba, _access, _writes, _feeds):
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
    generate(world.shop, 60)
    await connector.check()
    found = await all_listings(connector)
    assert len(found) == len(world.shop.items)
    await all_listings(connector, YESTERDAY)
    before = len(world.line.exchanges)
    assert len(await connector.levels([*AWKWARD_SKUS, "NO,SUCH"])) == len(AWKWARD_SKUS)
    _meet(world, evidence, "SKU not found", before)


async def _by_search(world: World, connector: Connector, evidence: Evidence) -> None:
    generate(world.shop, 60)
    world.shop.faults.switch_on(Fault("report_cancelled"))
    assert len(await all_listings(connector)) == len(world.shop.items)


async def _orders(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3, available=999)
    states = [shop.sell("S0", 3) for _ in range(5)]
    shop.fulfil(states[0], "S0", 2)
    shop.fulfil(states[1])
    shop.cancel(states[2])
    shop.ask_to_cancel(states[3])
    shop.sell_many([("S0", 1), ("S1", 2)], replaces=states[1].id, marketplace=CA)
    shop.sell("S1", status="PENDING")
    shop.sell("S1", status="PENDING_AVAILABILITY")
    for _ in range(110):  # more than a page
        shop.sell("S2")
    world.pass_time(minutes=3)
    assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 118
    assert len(await connector.orders_by_id([states[0].id, "111-0000000-0000000"])) == 1


async def _fba(world: World, connector: Connector, evidence: Evidence) -> None:
    for number in range(60):
        world.shop.add_fba(f"F{number}", number, US, inbound=3, reserved=1)
    assert isinstance(connector, TracksFba)
    before = len(world.line.exchanges)
    pages = [page async for page in connector.fba_levels([US, MX])]
    assert [len(page) for page in pages] == [60]
    _meet(world, evidence, "validation", before)


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
        world.pass_time(minutes=4)
        await orders()
        return raised.value

    shop, keys = world.shop, world.shop.keys
    await orders()
    before = len(world.line.exchanges)
    keys.end_access()
    await orders()
    _meet(world, evidence, "access token expired", before)
    shop.faults.switch_on(Fault("token_wrong"))
    await meet("token wrong", NeedsReconnect, shop.faults.clear)
    shop.faults.switch_on(Fault("no_role"))
    lacking = await meet("role missing", NeedsReconnect, shop.faults.clear)
    assert isinstance(lacking, NeedsReconnect)
    assert lacking.missing_scopes == ("Inventory and Order Tracking",)
    shop.faults.switch_on(Fault("error_before"))
    await meet("server error", Unavailable, shop.faults.clear)
    shop.faults.switch_on(Fault("unavailable"))
    await meet("service unavailable", Unavailable, shop.faults.clear)
    held, secret = keys.refresh_token, keys.client_secret
    world.pass_time(hours=2)
    keys.revoke()
    over = await meet("consent over", NeedsReconnect, lambda: keys.revoke(held))
    assert over.field == "refresh_token"
    world.pass_time(hours=2)
    keys.rotate_secret()
    wrong = await meet("secret wrong", NeedsReconnect, lambda: keys.rotate_secret(secret))
    assert wrong.field == "client_secret"
    before = len(world.line.exchanges)
    shop.faults.switch_on(Fault("too_many_requests", count=1, only="read"))
    assert len(await connector.levels(["S0"])) == 1
    _meet(world, evidence, "throttled", before)


async def _writes(world: World, connector: Connector, evidence: Evidence) -> None:
    generate(world.shop, 10)
    shop = world.shop
    sent = await connector.set_levels([world.write(sku, 4) for sku in AWKWARD_SKUS])
    assert set(kinds(sent)) == {"accepted"}
    world.pass_time(minutes=2)
    assert set(kinds(await connector.settle(handles(sent)))) == {"applied"}
    shop.faults.switch_on(Fault("issue_later", count=1))
    sent = await connector.set_levels([world.write("NO#5-SCENT", 1)])
    world.pass_time(minutes=2)
    assert kinds(await connector.settle(handles(sent))) == ["rejected"]
    before = len(world.line.exchanges)
    shop.faults.switch_on(Fault("invalid_number", count=1))
    assert kinds(await connector.set_levels([world.write("LOUD-TITLE", 3)])) == ["rejected"]
    _meet(world, evidence, "business rule", before)
    assert shop.violations == []


async def _feeds(world: World, connector: Connector, evidence: Evidence) -> None:
    generate(world.shop, 30)
    skus = [sku for sku, item in world.shop.items.items() if "DEFAULT" in item.channels]
    shop = world.shop

    async def send(value: int, *faults: Any) -> list[str]:
        for fault in faults:
            shop.faults.switch_on(Fault(fault, count=1))
        sent = await connector.set_levels(world.raises(skus, value))
        assert set(kinds(sent)) == {"accepted"}
        return handles(sent)

    for value, fault, minutes, becomes in (
        (9, None, 11, {"applied"}),
        (10, "feed_items_fail", 11, {"applied", "rejected"}),
        (11, "feed_fatal", 11, {"rejected"}),
        (12, "feed_cancelled", 11, {"unsent"}),
        (13, "feed_waits", 95, {"unsent"}),
    ):
        sent = await send(value, *([fault] if fault else []))
        assert set(kinds(await connector.settle(sent))) == {"accepted"}
        world.pass_time(minutes=minutes)
        assert set(kinds(await connector.settle(sent))) >= becomes, fault
    before = len(world.line.exchanges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.amazon.feeds.KIND", "POST_PRODUCT_DATA")
        refused = await connector.set_levels(world.raises(skus, 14))
    assert set(kinds(refused)) == {"rejected"}
    assert {each.code for each in refused} == {"BAD_REQUEST"}
    _meet(world, evidence, "validation of listings", before)
