"""Samples of errors, and the contracts' own examples, are understood by the connector."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from connectors.bigcommerce.platform import open_store
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from connectors.services import Services
from tests.connectors.bigcommerce.world import YESTERDAY, all_listings, all_orders
from tests.connectors.line import Clock

Act = Callable[[Connector], Awaitable[Any]]
_PAGE = {"pagination": {"total_pages": 1}}
_RULES = {
    "update_stock_behavior": "order_placed",
    "edit_order_stock_adjustment": True,
    "refund_order_stock_adjustment": True,
}


async def _write(connector: Connector) -> Any:
    return await connector.set_levels([LevelWrite("106:106", "1", 2, None, "k")])


def _orders(connector: Connector) -> Awaitable[Any]:
    return all_orders(connector, YESTERDAY)


def _one_order(connector: Connector) -> Awaitable[Any]:
    return connector.orders_by_id(["173"])


def _listings(connector: Connector) -> Awaitable[Any]:
    return all_listings(connector)


def _levels(connector: Connector) -> Awaitable[Any]:
    return connector.levels(["106:106"])


# Each sample: the call that it answers, the part of its path, and what comes of it.
SAMPLES: dict[str, tuple[Act, str, type[StoreError] | str]] = {
    "auth.invalid_token": (_listings, "/catalog/products", NeedsReconnect),
    "auth.scope_missing": (_listings, "/catalog/products", NeedsReconnect),
    "throttled": (_levels, "/locations/1/items", RateLimited),
    "throttled.no_headers": (_levels, "/locations/1/items", RateLimited),
    "stock.wrong_tracking_mode": (_write, "/adjustments/absolute", "rejected"),
    "stock.relative_before_absolute": (_write, "/adjustments/absolute", "rejected"),
    "stock.unknown_sku": (_write, "/adjustments/absolute", "rejected"),
    "settings.invalid_fields": (_write, "/adjustments/absolute", "rejected"),
    "location.unknown": (_levels, "/locations/1/items", Refused),
    "catalog.validation": (_listings, "/catalog/products", Refused),
    "catalog.batch_partial_failure": (_write, "/adjustments/absolute", Refused),
    "catalog.variants_batch_error": (_write, "/adjustments/absolute", "rejected"),
    "orders_v2.validation": (_orders, "/v2/orders", Refused),
    "orders_v2.not_found": (_one_order, "/v2/orders/173", "nothing"),
    "orders_v2.empty_page": (_orders, "/v2/orders", "nothing"),
    "maintenance": (_orders, "/v2/orders", Unavailable),
    "server_error": (_levels, "/locations/1/items", Unavailable),
    "locked": (_levels, "/locations/1/items", Refused),
}


@pytest.fixture(scope="module")
def samples(specs: Path) -> dict[str, Any]:
    text = (specs / "bigcommerce" / "error-samples.json").read_text(encoding="utf-8")
    return {each["name"]: each for each in json.loads(text)["samples"]}


class Replay(httpx.AsyncBaseTransport):
    """Answers as a quiet store does, but for the paths that it is told to answer."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, httpx.Response] = answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        for part, answer in self.answers.items():
            if path.endswith(part):
                return httpx.Response(
                    answer.status_code, headers=answer.headers, content=answer.content
                )
        if path.endswith("/settings/inventory"):
            return httpx.Response(200, json={"data": _RULES, "meta": {}})
        if path.endswith("/inventory/locations"):
            place = {"id": 1, "label": "Default location", "enabled": True}
            return httpx.Response(200, json={"data": [place], "meta": _PAGE})
        item = {"identity": {"product_id": 106, "variant_id": 106}, "available_to_sell": 5}
        return httpx.Response(200, json={"data": [item], "meta": _PAGE})


@asynccontextmanager
async def replayed(**answers: httpx.Response) -> AsyncIterator[tuple[Connector, Clock]]:
    clock, given = Clock(), {"store_hash": "abc123", "access_token": "token"}
    async with open_store(
        given,
        {},
        None,
        Replay(**answers),
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
    act, path, meaning = SAMPLES[name]
    body = sample["body"]
    answer = httpx.Response(
        sample["status"],
        headers=sample["headers"],
        content=body if isinstance(body, str) else json.dumps(body),
    )
    async with replayed(**{path: answer}) as (connector, clock):
        if meaning == "nothing":
            assert await act(connector) == []
            return
        if meaning == "rejected":
            (outcome,) = await act(connector)
            assert outcome.kind == "rejected"
            assert outcome.reason.startswith(body.get("title", "BigCommerce refused"))
            return
        assert not isinstance(meaning, str)
        with pytest.raises(meaning) as raised:
            await act(connector)
        title = body.get("title") if isinstance(body, dict) else None
        if title and name != "catalog.batch_partial_failure":
            assert (raised.value.said or "").startswith(title)
        if name == "throttled":
            assert isinstance(raised.value, RateLimited)
            assert raised.value.retry_after.total_seconds() == 15
            assert clock.slept == []
        if name == "throttled.no_headers":
            assert clock.slept == [2.0, 4.0]


# The contracts' own examples


def _contract(specs: Path, name: str) -> Any:
    return yaml.safe_load((specs / "bigcommerce" / name).read_text(encoding="utf-8"))


def _example(contract: Any, path: str) -> Any:
    response = contract["paths"][path]["get"]["responses"]["200"]
    if "$ref" in response:
        response = contract["components"]["responses"][response["$ref"].rpartition("/")[2]]
    examples = response["content"]["application/json"]["examples"]
    return next(iter(examples.values()))["value"]


async def test_the_example_of_a_store_is_an_account(specs: Path) -> None:
    store = _example(_contract(specs, "store_information.v2.yml"), "/store")
    products = httpx.Response(200, json={"data": [], "meta": _PAGE})
    answers = {
        "/v2/store": httpx.Response(200, json=store),
        "/v2/orders": httpx.Response(204),
        "/catalog/products": products,
    }
    async with replayed(**answers) as (connector, _):
        account = await connector.check()
    assert (account.id, account.name, account.currency) == ("abc123", "BigCommerce", "USD")


async def test_the_examples_of_an_order_and_its_lines_are_an_order(specs: Path) -> None:
    contract = _contract(specs, "orders.v2.oas2.yml")
    order = _example(contract, "/orders")[0]
    lines = _example(contract, "/orders/{order_id}/products")
    order["consignments"] = {
        "pickups": [],
        "shipping": [{"id": 1, "line_items": lines}],
        "downloads": [],
        "email": {"gift_certificates": []},
    }
    async with replayed(**{"/v2/orders": httpx.Response(200, json=[order])}) as (connector, _):
        (found,) = await all_orders(connector, YESTERDAY)
    assert (found.id, found.state) == ("100", "open")
    assert found.created_at.isoformat() == "2018-01-10T21:05:30+00:00"
    assert found.updated_at.isoformat() == "2018-12-05T20:16:55+00:00"
    counted = [
        each for each in lines if each["type"] == "physical" and not each["parent_order_product_id"]
    ]
    assert 0 < len(counted) < len(lines)
    assert [(each.id, each.sku, each.taken) for each in found.lines] == [
        (str(each["id"]), each["sku"], each["quantity"]) for each in counted
    ]
    # These lines come from before variants were told: their product is all that is known.
    assert [(each.ref, each.within) for each in found.lines] == [
        (str(each["product_id"]), str(each["product_id"])) for each in counted
    ]
