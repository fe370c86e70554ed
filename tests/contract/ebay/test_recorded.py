"""Samples of errors, and the contracts' own examples, are understood by the connector."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.ebay.platform import open_account
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from connectors.services import Services
from tests.connectors.ebay.world import YESTERDAY, all_listings, all_orders
from tests.connectors.line import Clock

Act = Callable[[Connector], Awaitable[Any]]
_SKUS = ("GOOD-1", "BAD-1", "NOPE")
_ITEM = "110000000001"
_OTHER = "110000000002"
_XML = '<?xml version="1.0"?><{0}Response xmlns="urn:ebay:apis:eBLBaseComponents">{1}</{0}Response>'


def _write(*refs: str, value: int = 5) -> Act:
    writes = [LevelWrite(ref, None, value, None, ref) for ref in refs]
    return lambda connector: connector.set_levels(writes)


def _orders(connector: Connector) -> Awaitable[Any]:
    return all_orders(connector, YESTERDAY)


def _some_orders(connector: Connector) -> Awaitable[Any]:
    return connector.orders_by_id(["27-00000-00001"])


def _levels(connector: Connector) -> Awaitable[Any]:
    return connector.levels([f"{_ITEM}:{sku}" for sku in _SKUS])


_push = _write(f"{_ITEM}:GOOD-1")
_revise = _write(_OTHER)
_UPDATE, _OFFER, _GET = "/bulk_update_price_quantity", "/offer", "/bulk_get_inventory_item"
_REVISE, _LIST = "ReviseInventoryStatus", "GetSellerList"

# Each sample: what is done, the call that it answers, and what comes of it.
SAMPLES: dict[str, tuple[Act, str, type[StoreError] | list[str] | int]] = {
    "auth.access_token_expired": (_orders, "/order", NeedsReconnect),
    "auth.refresh_token_invalid": (_orders, "/token", NeedsReconnect),
    "auth.client_credentials_wrong": (_orders, "/token", NeedsReconnect),
    "auth.scope_missing": (_orders, "/order", NeedsReconnect),
    "throttled": (_orders, "/order", RateLimited),
    "inventory.unknown_sku.get": (_levels, _OFFER, 3),  # the Trading API has them
    "inventory.unknown_sku.bulk_get": (_levels, _GET, 3),
    "inventory.push.partial_failure": (
        _write(*(f"{_ITEM}:{sku}" for sku in _SKUS)),
        _UPDATE,
        ["applied", "rejected", "rejected"],
    ),
    "inventory.push.user_error": (_push, _UPDATE, ["rejected"]),
    "inventory.push.auction_allocation": (_push, _UPDATE, ["rejected"]),
    "inventory.sku_invalid_characters": (_levels, _OFFER, 3),
    "inventory.pagination_invalid": (_orders, "/order", Refused),
    "inventory.migrate_failed": (_push, _UPDATE, ["unknown"]),  # no answer to what was asked
    "orders.filter_invalid": (_orders, "/order", Refused),
    "orders.start_date_in_future": (_orders, "/order", Refused),
    "orders.too_many_ids": (_some_orders, "/order", 0),
    "feed.quota": (_orders, "/order", Refused),
    "server_error.inventory": (_levels, _GET, Unavailable),
    "server_error.fulfillment": (_orders, "/order", Unavailable),
    "warning_with_success": (_push, _UPDATE, ["applied"]),
    "trading.token_expired": (_revise, _REVISE, NeedsReconnect),
    "trading.call_limit": (all_listings, _LIST, RateLimited),
    "trading.revise_limit_per_seller": (_revise, _REVISE, RateLimited),
    "trading.quantity_zero_without_out_of_stock_control": (
        _write(_OTHER, value=0),
        _REVISE,
        ["rejected"],
    ),
    "trading.ended_listing": (_revise, _REVISE, ["rejected"]),
    "trading.partial_failure": (
        _write(f"{_ITEM}:TRADED", _OTHER),
        _REVISE,
        ["applied", "rejected"],
    ),
    "trading.warning": (_revise, _REVISE, ["applied"]),
    "trading.server_error": (_revise, _REVISE, ["unknown"]),
}


@pytest.fixture(scope="module")
def samples(specs: Path) -> dict[str, Any]:
    text = (specs / "ebay" / "error-samples.json").read_text(encoding="utf-8")
    return {each["name"]: each for each in json.loads(text)["samples"]}


class Replay(httpx.AsyncBaseTransport):
    """Answers as a small seller's account does, but for the calls that it is told to answer.

    Of listing 110000000001 the Inventory API knows the SKUs of the samples; TRADED, which
    stands there too, and listing 110000000002 are of the Trading API.
    """

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        name = request.headers.get("x-ebay-api-call-name", request.url.path)
        for part, answer in self.answers.items():
            if name.endswith(part):
                return httpx.Response(
                    answer.status_code, headers=answer.headers, content=answer.content
                )
        if "x-ebay-api-call-name" in request.headers:
            return _trading(name, request.content.decode())
        return httpx.Response(200, json=_rest(request))


def _rest(request: httpx.Request) -> dict[str, Any]:
    path = request.url.path
    if path.endswith("/token"):
        return {"access_token": "a", "expires_in": 7200, "token_type": "User Access Token"}
    if path.endswith(_GET):
        skus = [each["sku"] for each in json.loads(request.content)["requests"]]
        return {"responses": [_record(sku) for sku in skus]}
    if path.endswith(_OFFER):
        sku = request.url.params["sku"]
        offer = {
            "offerId": f"o-{sku}",
            "sku": sku,
            "format": "FIXED_PRICE",
            "status": "PUBLISHED",
            "availableQuantity": 4,
            "listing": {"listingId": _ITEM, "listingStatus": "ACTIVE"},
        }
        return {"offers": [offer]}
    return {"orders": [], "total": 0}


def _record(sku: str) -> dict[str, Any]:
    if sku not in _SKUS:
        return {"sku": sku, "statusCode": 404, "errors": [{"errorId": 25702, "message": "?"}]}
    stock = {"shipToLocationAvailability": {"quantity": 4}}
    return {"sku": sku, "statusCode": 200, "inventoryItem": {"availability": stock}}


def _trading(name: str, asked: str) -> httpx.Response:
    def told(item: str, inner: str) -> str:
        return (
            f"<Item><ItemID>{item}</ItemID><ListingType>FixedPriceItem</ListingType>"
            f"<Quantity>9</Quantity><SellingStatus><QuantitySold>1</QuantitySold>"
            f"<ListingStatus>Active</ListingStatus></SellingStatus><Title>T</Title>{inner}</Item>"
        )

    choices = "".join(
        f"<Variation><SKU>{sku}</SKU><Quantity>9</Quantity><VariationSpecifics><NameValueList>"
        f"<Name>Choice</Name><Value>{sku}</Value></NameValueList></VariationSpecifics>"
        "<SellingStatus><QuantitySold>1</QuantitySold></SellingStatus></Variation>"
        for sku in (*_SKUS, "TRADED")
    )
    items = {_ITEM: told(_ITEM, f"<Variations>{choices}</Variations>"), _OTHER: told(_OTHER, "")}
    if name == "GetItem":
        inner = next(item for number, item in items.items() if number in asked)
    elif name == "GetUserPreferences":
        inner = "<OutOfStockControlPreference>true</OutOfStockControlPreference>"
    else:
        pages = "<TotalNumberOfPages>1</TotalNumberOfPages>"
        entries = "<TotalNumberOfEntries>2</TotalNumberOfEntries>"
        inner = f"<PaginationResult>{pages}{entries}</PaginationResult>"
        inner += f"<ItemArray>{''.join(items.values())}</ItemArray>"
    text = _XML.format(name, f"<Ack>Success</Ack>{inner}")
    return httpx.Response(200, content=text.encode(), headers={"content-type": "text/xml"})


@asynccontextmanager
async def replayed(line: Replay) -> AsyncIterator[tuple[Connector, Clock]]:
    clock = Clock()
    given = {
        "client_id": "App-PRD-1",
        "client_secret": "PRD-1",
        "refresh_token": "v^1.1#r",
        "marketplace": "EBAY_US",
    }
    async with open_account(
        given,
        {},
        None,
        line,
        Services.in_memory(given),
        clock=clock.now,
        sleep=clock.sleep,
    ) as connector:
        yield connector, clock


def test_every_sample_has_its_meaning(samples: dict[str, Any]) -> None:
    assert samples.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_understood(samples: dict[str, Any], name: str) -> None:
    sample = samples[name]
    act, call, meaning = SAMPLES[name]
    body = sample["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    if call == _REVISE:
        text = text.replace("GetSellerListResponse", "ReviseInventoryStatusResponse")
        text = text.replace("<SKU>GOOD-1</SKU>", "<SKU>TRADED</SKU>")
    if name == "trading.warning":
        text = text.replace(_ITEM, _OTHER)
    answer = httpx.Response(sample["status"], headers=sample["headers"], content=text.encode())
    async with replayed(Replay(**{call: answer})) as (connector, clock):
        if isinstance(meaning, int):
            assert len(await act(connector)) == meaning
            return
        if isinstance(meaning, list):
            outcomes = await act(connector)
            assert [each.kind for each in outcomes] == meaning
            for refused in (each for each in outcomes if each.kind == "rejected"):
                assert refused.reason
                assert refused.reason.rstrip('."') in text.replace("\\", "")
            return
        with pytest.raises(meaning) as raised:
            await act(connector)
        if isinstance(body, dict) and "errors" in body:
            first = body["errors"][0]
            assert raised.value.said == first.get("longMessage", first["message"])
        if isinstance(body, dict) and "error_description" in body:
            assert raised.value.said == body["error_description"]
        if name == "throttled":
            # No time is told: each wait is longer than the one before, up to what we wait for.
            assert len(clock.slept) >= 1
            assert clock.slept == sorted(clock.slept)


# What is sent, in the contract's own words


async def test_a_write_has_the_names_of_the_contract_in_both_places(specs: Path) -> None:
    document = json.loads((specs / "ebay" / "sell_inventory_v1_oas3.json").read_text("utf-8"))
    schemas = document["components"]["schemas"]
    row = {"offerId": "o-GOOD-1", "sku": "GOOD-1", "statusCode": 200}
    line = Replay(**{_UPDATE: httpx.Response(200, json={"responses": [row]})})
    async with replayed(line) as (connector, _):
        [outcome] = await _push(connector)
    assert outcome.kind == "applied"
    [entry] = json.loads(line.asked[-1].content)["requests"]
    assert entry == {
        "sku": "GOOD-1",
        "shipToLocationAvailability": {"quantity": 5},
        "offers": [{"offerId": "o-GOOD-1", "availableQuantity": 5}],
    }
    assert entry.keys() <= schemas["PriceQuantity"]["properties"].keys()
    assert entry["offers"][0].keys() <= schemas["OfferPriceQuantity"]["properties"].keys()
