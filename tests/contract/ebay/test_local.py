"""What the local eBay answers to calls that the connector does not make, or not so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Self

import httpx
import pytest

from connectors.ebay.xml import write_request
from tests.connectors.ebay.world import Exchange, World
from tests.connectors.line import START
from tests.contract.ebay.official import Contracts

_ITEMS = "/sell/inventory/v1/inventory_item"
_OFFER = "/sell/inventory/v1/offer"
_LOCATION = "/sell/inventory/v1/location"
_GET = "/sell/inventory/v1/bulk_get_inventory_item"
_UPDATE = "/sell/inventory/v1/bulk_update_price_quantity"
_ORDERS = "/sell/fulfillment/v1/order"
_ANALYTICS = "/developer/analytics/v1_beta"


class Client:
    """Calls as any program would, each answer held against the contract."""

    def __init__(self, world: World, contracts: Contracts) -> None:
        self.world = world
        self._contracts = contracts
        keys = world.shop.keys
        self._http = httpx.AsyncClient(
            transport=world.line, base_url="http://shops.test/ebay/alpha"
        )
        self.user = keys.issue(keys.scopes)
        self.application = keys.issue(frozenset(), is_users=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, token: str | None = None, **query: object) -> Exchange:
        headers = {"Authorization": f"Bearer {token or self.user}"}
        await self._http.get(path, params={k: str(v) for k, v in query.items()}, headers=headers)
        return self._checked()

    async def post(self, path: str, *entries: Any) -> Exchange:
        headers = {"Authorization": f"Bearer {self.user}"}
        await self._http.post(path, json={"requests": list(entries)}, headers=headers)
        return self._checked()

    async def trade(self, call: str, *parts: Any) -> str:
        headers = {
            "Content-Type": "text/xml",
            "X-EBAY-API-IAF-TOKEN": self.user,
            "X-EBAY-API-CALL-NAME": call,
            "X-EBAY-API-SITEID": "0",
            "X-EBAY-API-COMPATIBILITY-LEVEL": "1451",
        }
        content = write_request(call, list(parts))
        await self._http.post("/ws/api.dll", content=content, headers=headers)
        return self._checked().content.decode()

    async def refused(self, path: str, **query: object) -> int:
        """Answer the number of the one error."""
        answer = await self.get(path, None, **query)
        assert answer.status == 400
        [error] = answer.answer["errors"]
        return int(error["errorId"])

    def _checked(self) -> Exchange:
        exchange = self.world.line.exchanges[-1]
        assert self._contracts.answer_problems(exchange) == []
        return exchange


@pytest.fixture
async def client(world: World, contracts: Contracts) -> AsyncIterator[Client]:
    async with Client(world, contracts) as made:
        yield made


@pytest.fixture
def world() -> World:
    return World()


async def test_quotas_are_told_to_a_user_and_to_the_application(client: Client) -> None:
    await client.trade("GetUser")
    users = await client.get(f"{_ANALYTICS}/user_rate_limit/", api_context="tradingapi")
    [row] = users.answer["rateLimits"]
    assert row["resources"][0]["rates"][0]["remaining"] == 4999
    ours = await client.get(f"{_ANALYTICS}/rate_limit/", client.application)
    assert len(ours.answer["rateLimits"]) > 1
    assert (await client.get(f"{_ANALYTICS}/rate_limit/")).status == 403
    assert (await client.get(_ORDERS, client.application)).status == 403


async def test_items_offers_and_places_come_by_the_page(client: Client) -> None:
    client.world.stock(3, model="inventory")
    pages = [await client.get(_ITEMS, limit=1, offset=page) for page in range(3)]
    assert [each.answer["inventoryItems"][0]["sku"] for each in pages] == ["S0", "S1", "S2"]
    assert ["next" in each.answer for each in pages] == [True, True, False]
    assert len((await client.get(_LOCATION)).answer["locations"]) == 1
    assert (await client.get(_OFFER, sku="S1")).answer["total"] == 1
    assert await client.refused(_OFFER) == 25707
    assert await client.refused(_OFFER, sku="x" * 51) == 25707
    assert await client.refused(_ITEMS, limit=201) == 25706
    assert (await client.get(_OFFER, sku="NOPE")).status == 404


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"limit": 201}, 31100),
        ({"limit": "many"}, 31100),
        ({"offset": -1}, 31000),
        ({"filter": "weight:[1..2]"}, 30700),
        ({"filter": "lastmodifieddate:yesterday"}, 30800),
        ({"filter": "lastmodifieddate:[yesterday..]"}, 30800),
        ({"filter": "lastmodifieddate:[2026-11-23T11:00:00..]"}, 30810),
        ({"filter": "lastmodifieddate:[..2026-11-23T11:00:00Z]"}, 30820),
        ({"filter": "creationdate:[2023-11-23T11:00:00Z..]"}, 30830),
        ({"filter": "creationdate:[2026-11-22T11:00:00Z..2026-11-21T11:00:00Z]"}, 30840),
        ({"filter": "creationdate:[2026-11-23T11:00:00Z..2026-11-23T12:00:01Z]"}, 30850),
        ({"filter": "orderfulfillmentstatus:{FULFILLED}"}, 30800),
    ],
)
async def test_a_wrong_question_about_orders_is_refused_by_its_number(
    client: Client, query: dict[str, object], number: int
) -> None:
    assert await client.refused(_ORDERS, **query) == number


async def test_orders_of_a_status_come_whichever_page(client: Client) -> None:
    shop = client.world.shop
    client.world.stock(1)
    for _ in range(3):
        shop.sell("S0")
    shop.fulfil(shop.orders[0])
    sent = await client.get(_ORDERS, filter="orderfulfillmentstatus:{FULFILLED|IN_PROGRESS}")
    assert [each["orderId"] for each in sent.answer["orders"]] == [shop.orders[0].id]
    shop.orders_by = "modified"
    page = await client.get(_ORDERS, limit=1, offset=1)
    assert page.answer.keys() >= {"next", "prev"}
    # What was changed last comes last: sending it moved the first order there.
    client.world.pass_time(seconds=1)
    shop.touch(shop.orders[0])
    last = await client.get(_ORDERS, limit=1, offset=2)
    assert last.answer["orders"][0]["orderId"] == shop.orders[0].id


async def test_bulk_calls_refuse_what_is_wrong_as_a_whole_or_entry_by_entry(
    client: Client,
) -> None:
    shop = client.world.shop
    client.world.stock(2, model="inventory")
    offer = {"offerId": shop.variation("S0").offer_id, "availableQuantity": 3}
    assert (await client.post(_UPDATE)).answer["errors"][0]["errorId"] == 25727
    assert (await client.post(_GET, {"sku": "S0"}, {"sku": "S0"})).status == 400
    assert (await client.post(_GET, {"sku": "S0"}, {"sku": ""})).status == 207
    for entry, status in (
        ({"sku": "S0", "offers": [offer, offer]}, 400),
        ({"sku": "S1", "offers": [offer]}, 400),
        ({"sku": "S0", "offers": [{**offer, "availableQuantity": -1}]}, 400),
        ({"sku": "S0", "offers": [offer]}, 200),
    ):
        assert (await client.post(_UPDATE, entry)).status == status, entry
    assert shop.available("S0") == 3
    shop.one_sku_a_write = True
    assert (await client.post(_UPDATE, {"sku": "S0"}, {"sku": "S1"})).status == 400
    shop.one_sku_a_write = False
    shop.archive("S0")
    assert (await client.post(_UPDATE, {"sku": "S0", "offers": [offer]})).status == 400


async def test_trading_calls_say_what_they_cannot_do(client: Client) -> None:
    world, shop = client.world, client.world.shop
    world.stock(1, available=3)
    page = shop.add_parent("Shirt")
    for sku in ("RED", None):
        shop.add_listing(sku, 2, listing=page)
    shop.add_listing("BID", 1, tracked=False)
    shop.add_listing("OFFERED", 1, model="inventory")

    def entry(sku: str, quantity: object, *, named: str = "") -> Any:
        given = [("SKU", named)] if named else []
        item = shop.variation(sku).listing.id
        return "InventoryStatus", [*given, ("ItemID", item), ("Quantity", str(quantity))]

    for wrong, code in (
        (entry("BID", 2), "302"),
        (entry("OFFERED", 2), "21919474"),
        (entry("RED", 2), "21916635"),
        (entry("RED", 2, named="BLUE"), "21916799"),
        (entry("S0", "many"), "515"),
        (("InventoryStatus", [("ItemID", "1"), ("Quantity", "2")]), "17"),
    ):
        told = await client.trade("ReviseInventoryStatus", wrong)
        assert f"<ErrorCode>{code}<" in told
        assert "<Ack>Failure<" in told
    assert "<Ack>Success<" in await client.trade(
        "SetUserPreferences", ("OutOfStockControlPreference", "false")
    )
    told = await client.trade("GetUserPreferences", ("ShowOutOfStockControlPreference", "true"))
    assert "<OutOfStockControlPreference>false<" in told
    assert not shop.out_of_stock_control
    # Without it a choice that is set to 0 goes away, and the last one cannot be.
    assert "<Ack>Success<" in await client.trade(
        "ReviseInventoryStatus", entry("RED", 0, named="RED")
    )
    assert [each.sku for each in page.variations] == [""]
    for call, parts in (
        ("GetSellerList", [("EndTimeFrom", _time(0)), ("EndTimeTo", _time(121))]),
        ("GetSellerList", [("EndTimeFrom", _time(0)), ("EndTimeTo", _time(100))]),
        ("GetSellerEvents", [("ModTimeFrom", _time(-3))]),
        ("SetUserPreferences", []),
        ("GetItem", [("ItemID", "1")]),
    ):
        assert "<Ack>Failure<" in await client.trade(call, *parts)
    shop.status = "ACCOUNTONHOLD"
    assert "<ErrorCode>841<" in await client.trade("GetUser")


async def test_an_ended_listing_is_told_among_the_changes_only(client: Client) -> None:
    client.world.stock(2)
    client.world.shop.archive("S1")
    pages = ("Pagination", [("EntriesPerPage", 200)])
    span = [("EndTimeFrom", _time(0.1)), ("EndTimeTo", _time(100))]
    bare = await client.trade("GetSellerList", *span, pages)
    assert (bare.count("<ItemID>"), "<Quantity>" in bare) == (1, False)
    full = await client.trade("GetSellerList", ("DetailLevel", "ReturnAll"), *span, pages)
    assert "<Quantity>5</Quantity>" in full
    events = await client.trade("GetSellerEvents", ("ModTimeFrom", _time(-1)))
    assert events.count("<ListingStatus>Ended<") == 1


def _time(days: float) -> str:
    moment = START + timedelta(days=days)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
