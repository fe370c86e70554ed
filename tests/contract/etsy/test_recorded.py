"""Error bodies as users report them are understood, whatever the local shop makes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.etsy.platform import open_store
from connectors.protocol import Connector, LevelWrite
from connectors.services import MemoryCredentials, Services
from tests.connectors.etsy.world import AGREED, YESTERDAY, all_orders, kinds
from tests.connectors.line import Clock

Act = Callable[[Connector], Awaitable[Any]]

GIVEN = {"keystring": "k", "shared_secret": "s", "shop_id": "42", "refresh_token": "7.old"}
TOKEN = {
    "access_token": "7.access",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": "7.new",
}
# An answer as it is documented, in a currency that has no cents
LISTING = {
    "listing_id": 5,
    "title": "Tasse",
    "state": "active",
    "listing_type": "physical",
    "inventory": {
        "products": [
            {
                "product_id": 1,
                "sku": "A",
                "is_deleted": False,
                "offerings": [
                    {
                        "offering_id": 2,
                        "quantity": 5,
                        "is_enabled": True,
                        "is_deleted": False,
                        "price": {"amount": 1_200, "divisor": 1, "currency_code": "JPY"},
                        "readiness_state_id": None,
                    }
                ],
                "property_values": [],
            }
        ],
        "price_on_property": [],
        "quantity_on_property": [],
        "sku_on_property": [],
    },
}


def _orders(connector: Connector) -> Awaitable[Any]:
    return all_orders(connector, YESTERDAY)


async def _write(connector: Connector) -> list[str]:
    return kinds(await connector.set_levels([LevelWrite("5:A", None, 3, 5, "k")]))


def _levels(connector: Connector) -> Awaitable[Any]:
    return connector.levels(["5:A"])


def _error(text: str, description: str | None = None) -> dict[str, str]:
    return {"error": text} | ({"error_description": description} if description else {})


_RECEIPT = "Could not find a Shop Receipt with receipt_id = 23 associated with shop_id = 42."
_PUT, _LIST, _BATCH, _OAUTH = "PUT /v3", "/receipts", "/batch/inventory", "/oauth/token"
# What Etsy answers: where, and what comes of it.
SAMPLES: list[tuple[int, Any, str, Act, type[StoreError] | list[str]]] = [
    (401, _error("invalid_token", "access token is expired"), _LIST, _orders, NeedsReconnect),
    (400, _error("invalid_grant", "refresh_token is revoked"), _OAUTH, _orders, NeedsReconnect),
    (
        403,
        _error("Shared secret is required in x-api-key header."),
        _LIST,
        _orders,
        NeedsReconnect,
    ),
    (
        403,
        _error("Invalid API key: should be in the format 'keystring:shared_secret'."),
        _BATCH,
        _levels,
        NeedsReconnect,
    ),
    (403, _error("Insufficient scope: transactions_r"), _LIST, _orders, NeedsReconnect),
    (429, _error("Exceeded the quota."), _LIST, _orders, RateLimited),
    (404, _error(_RECEIPT), "/receipts/23", lambda one: one.orders_by_id(["23"]), []),
    (404, _error("Resource not found"), _BATCH, _levels, []),
    (
        400,
        _error("There was a problem with /price : must be above min price"),
        _PUT,
        _write,
        ["rejected"],
    ),
    (400, _error("Missing input parameter: [products]"), _PUT, _write, ["rejected"]),
    (400, _error("Property values can't be empty"), _PUT, _write, ["rejected"]),
    (400, _error("One offering must have quantity greater than 0"), _PUT, _write, ["rejected"]),
    (403, _error("You do not own this listing."), _PUT, _write, ["rejected"]),
    (409, _error("The resource was changed."), _PUT, _write, ["rejected"]),
    (500, _error("Server Error"), _PUT, _write, ["rejected"]),
    (500, _error("Server Error"), _LIST, _orders, Unavailable),
    (502, "<html>Bad gateway</html>", _PUT, _write, ["unknown"]),
    (403, "<html>Captcha</html>", _LIST, _orders, Unavailable),
    (400, _error("Invalid value for parameter"), _LIST, _orders, Refused),
    (302, "", _LIST, _orders, Refused),
]


class Replay(httpx.AsyncBaseTransport):
    """Answers as a quiet shop does, but for the lines that it is told to answer."""

    def __init__(self, part: str, status: int, body: Any) -> None:
        self._part, self._status, self._body = part, status, body
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.path}"
        self.sent.append(request)
        if self._part in line:
            # Longer than anybody waits out in a call
            headers = {"retry-after": "30"} if self._status == 429 else {}
            if isinstance(self._body, str):
                return httpx.Response(self._status, headers=headers, text=self._body)
            return httpx.Response(self._status, headers=headers, json=self._body)
        if line.endswith(_OAUTH):
            return httpx.Response(200, json=TOKEN)
        rows = [LISTING] if line.endswith(_BATCH) else []
        if request.method == "PUT":
            return httpx.Response(200, json=LISTING["inventory"])
        return httpx.Response(200, json={"count": len(rows), "results": rows})


async def ask(replay: Replay, act: Act) -> Any:
    clock = Clock()
    async with open_store(
        GIVEN,
        AGREED,
        None,
        replay,
        Services(MemoryCredentials(GIVEN)),
        clock=clock.now,
        sleep=clock.sleep,
    ) as connector:
        return await act(connector)


@pytest.mark.parametrize(("status", "body", "part", "act", "meaning"), SAMPLES)
async def test_a_sample_is_understood(
    status: int, body: Any, part: str, act: Act, meaning: type[StoreError] | list[str]
) -> None:
    replay = Replay(part, status, body)
    if isinstance(meaning, list):
        assert await ask(replay, act) == meaning
    else:
        with pytest.raises(meaning) as raised:
            await ask(replay, act)
        assert raised.type is not StoreError
        if isinstance(body, dict):
            assert raised.value.said in body.values()
        if isinstance(raised.value, RateLimited):
            assert raised.value.retry_after.total_seconds() == 30
    assert len(replay.sent) <= 10  # nothing is asked for ever
    assert {each.url.host for each in replay.sent} == {"openapi.etsy.com"}


async def test_a_price_without_cents_is_sent_without_them() -> None:
    body = LISTING["inventory"]
    assert isinstance(body, dict)
    replay = Replay("nothing", 200, "")
    assert await ask(replay, _write) == ["unknown"]  # the quiet shop keeps its five
    (put,) = (each for each in replay.sent if each.method == "PUT")
    assert b'"price":1200,"quantity":3' in put.content
    assert b"readiness_state_on_property" not in put.content  # it was not told either
