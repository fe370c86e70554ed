"""Answers recorded from a real store are understood by the connector as it stands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from connectors.services import Services
from connectors.woocommerce import PLATFORM
from connectors.woocommerce.errors import Gone, NoApi, TooManyItems
from sandbox.woocommerce import Shop, create_app
from tests.contract.openapi import Description

pytestmark = pytest.mark.xdist_group("woocommerce-contract")

Recorded = dict[str, dict[str, Any]]
KEYS = {
    "url": "https://store.example.com",
    "consumer_key": "ck_recorded",
    "consumer_secret": "cs_recorded",
}


def answer(sample: dict[str, Any], body: Any = None) -> httpx.Response:
    """Make a recorded answer, or one like it with another body."""
    response = sample["response"]
    headers = {key: value for key, value in response.get("headers", {}).items() if key != "link"}
    given = response["body"] if body is None else body
    return httpx.Response(response["status"], headers=headers, content=json.dumps(given).encode())


@asynccontextmanager
async def answering(*answers: httpx.Response) -> AsyncIterator[Connector]:
    """Yield a connector to a store that gives these answers in turn."""
    left = list(answers)

    async def handle(_: httpx.Request) -> httpx.Response:
        return left.pop(0)

    services = Services.in_memory(KEYS)
    transport = httpx.MockTransport(handle)
    async with PLATFORM.open(KEYS, {}, None, transport, services) as connector:
        yield connector
    assert left == []


def write(ref: str, value: int) -> LevelWrite:
    return LevelWrite(ref, None, value, None, "k")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("auth.wrong_secret", NeedsReconnect, "Consumer secret is invalid"),
        ("auth.read_key_writing", NeedsReconnect, "does not have write permissions"),
        ("route.unknown", NoApi, "No route was found"),
        ("param.per_page_101", Refused, "per_page"),
        ("param.bad_date", Refused, "modified_after"),
        ("body.invalid_json", Refused, "Invalid JSON"),
        ("product.unknown_id", Gone, "Invalid ID"),
        ("orders.unknown_id", Gone, "Invalid ID"),
        ("batch.too_large", TooManyItems, "more than 100 items"),
    ],
)
async def test_a_refusal(
    recorded: Recorded, name: str, error: type[StoreError], words: str
) -> None:
    async with answering(answer(recorded[name])) as connector:
        with pytest.raises(error) as refused:
            await connector.levels(["10"])
    assert words in (refused.value.said or "")


@pytest.mark.parametrize(
    "name", ["auth.no_credentials", "auth.unknown_consumer_key", "auth.basic_over_plain_http"]
)
async def test_keys_that_did_not_arrive_are_shown_once_more(recorded: Recorded, name: str) -> None:
    async with answering(answer(recorded[name]), answer(recorded[name])) as connector:
        with pytest.raises(NeedsReconnect):
            await connector.levels(["10"])
    listed = recorded["products.list_fields"]
    async with answering(answer(recorded[name]), answer(listed)) as connector:
        assert [each.available for each in await connector.levels(["10"])] == [40]


async def test_a_critical_error_is_no_answer(recorded: Recorded) -> None:
    sample = recorded["server.critical_error"]
    async with answering(answer(sample)) as connector:
        (outcome,) = await connector.set_levels([write("10", 1)])
    assert outcome.kind == "unknown"


async def test_listings(recorded: Recorded) -> None:
    """A list with all fields is as good as the narrow one that is asked for."""
    whole = recorded["products.list"]
    body = whole["response"]["body"]
    response = answer(whole)
    response.headers["x-wp-total"] = str(len(body))
    async with answering(response) as connector:
        found = [each async for page in connector.listings() for each in page]
    expected = {str(each["id"]): each["stock_quantity"] for each in body if each["manage_stock"]}
    assert expected
    for listing in found:
        if listing.tracked:
            assert [each.available for each in listing.levels] == [expected.pop(listing.ref)]
    assert expected == {}


@pytest.mark.parametrize(
    ("name", "parent", "numbers"),
    [
        ("variations.list_own_stock", 15, {"15:16": 44, "15:17": 4}),
        ("variations.list_parent_managed", 19, {}),
    ],
)
async def test_levels_of_variations(
    recorded: Recorded, name: str, parent: int, numbers: dict[str, int]
) -> None:
    async with answering(answer(recorded[name])) as connector:
        levels = await connector.levels([f"{parent}:{number}" for number in range(15, 21)])
    assert {each.ref: each.available for each in levels} == numbers


async def test_a_batch_of_which_some_failed(recorded: Recorded) -> None:
    sample = recorded["batch.partial_failure"]
    sent = sample["request"]["json"]["update"]
    writes = [write(str(each["id"]), each["stock_quantity"]) for each in sent]
    async with answering(answer(sample)) as connector:
        outcomes = await connector.set_levels(writes)
    assert [(each.kind, each.code) for each in outcomes] == [
        ("applied", None),
        ("rejected", "woocommerce_rest_product_invalid_id"),
        ("rejected", "woocommerce_rest_invalid_product_id"),
        ("rejected", "product_external_invalid_manage_stock"),
    ]


async def test_a_batch_of_variations(recorded: Recorded) -> None:
    async with answering(answer(recorded["batch.variations"])) as connector:
        outcomes = await connector.set_levels([write("15:16", 3), write("15:20", 1)])
    assert [each.kind for each in outcomes] == ["applied", "rejected"]


async def test_a_number_that_was_read_as_another(recorded: Recorded) -> None:
    async with answering(answer(recorded["batch.value_not_validated"])) as connector:
        (outcome,) = await connector.set_levels([write("13", 7)])
    assert (outcome.kind, outcome.current) == ("rejected", 0)


async def test_an_answer_whose_entries_are_hidden(recorded: Recorded) -> None:
    async with answering(answer(recorded["batch.fields_hides_results"])) as connector:
        (outcome,) = await connector.set_levels([write("10", 7)])
    assert outcome.kind == "unknown"


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("stock.unmanaged_quantity_ignored", "11"),
        ("stock.parent_managed_variation_ignored", "19:20"),
    ],
)
async def test_a_number_that_was_ignored(recorded: Recorded, name: str, ref: str) -> None:
    sample = recorded[name]
    entry = answer(sample, {"update": [sample["response"]["body"]]})
    async with answering(entry) as connector:
        (outcome,) = await connector.set_levels([write(ref, 33)])
    assert (outcome.kind, outcome.code) == ("rejected", "stock_not_managed")


@pytest.mark.parametrize(
    ("name", "lines", "state"),
    [
        ("orders.get_after_payment", [("10", 2, 2, 2), ("15:16", 1, 1, 1)], "open"),
        ("orders.get_after_refund", [("10", 1, 1, 1), ("15:16", 1, 1, 1)], "open"),
        ("orders.cancel", [("10", 0, 0, 0), ("15:16", 0, 0, 0)], "cancelled"),
    ],
)
async def test_an_order_through_its_life(
    recorded: Recorded, name: str, lines: list[tuple[str, int, int, int]], state: str
) -> None:
    body = recorded[name]["response"]["body"]
    answers = [answer(recorded[name], [body])]
    if body.get("refunds"):
        answers.append(answer(recorded["refunds.list"]))
    async with answering(*answers) as connector:
        (order,) = await connector.orders_by_id(["40"])
    assert (order.id, order.state) == ("40", state)
    found = [(each.ref, each.taken, each.committed, each.deducted) for each in order.lines]
    assert found == lines


async def test_an_account_needs_three_answers(recorded: Recorded) -> None:
    status = recorded["verify.system_status_fields"]
    body = json.loads(json.dumps(status["response"]["body"]))
    body["environment"]["home_url"] = "https://store.example.com"
    setting = recorded["settings.manage_stock"]
    empty = httpx.Response(200, json=[])
    async with answering(answer(status, body), answer(setting), empty) as connector:
        account = await connector.check()
    assert (account.id, account.currency) == ("store.example.com", "USD")
    async with answering(answer(status)) as connector:
        with pytest.raises(Unavailable, match="home_url"):  # was not asked for in the recording
            await connector.check()


async def test_the_local_store_refuses_in_woocommerces_words(recorded: Recorded) -> None:
    """The same wrong requests get the same answers from both."""
    shop = Shop("alpha", now=lambda: datetime(2026, 11, 23, tzinfo=UTC), version="10.0.2")
    base = "https://s.test/wp-json/wc/v3"
    keys = (shop.consumer_key, shop.consumer_secret)
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(transport=transport, auth=keys) as client:
        for name, path in (
            ("route.unknown", "/variations"),
            ("param.per_page_101", "/products?per_page=101"),
            ("param.bad_date", "/orders?modified_after=yesterday"),
            ("product.unknown_id", "/products/999999"),
        ):
            ours = await client.get(base + path)
            theirs = recorded[name]["response"]
            assert (ours.status_code, ours.json()) == (theirs["status"], theirs["body"]), name
        bad = await client.post(
            f"{base}/products/batch",
            content=b"{bad",
            headers={"Content-Type": "application/json"},
        )
        assert bad.json()["code"] == recorded["body.invalid_json"]["response"]["body"]["code"]
        large = {"update": [{"id": 1, "stock_quantity": 1}] * 101}
        ours = await client.post(f"{base}/products/batch", json=large)
        assert ours.json() == recorded["batch.too_large"]["response"]["body"]
    async with httpx.AsyncClient(transport=transport) as client:
        ours = await client.get(f"{base}/products")
        assert ours.json() == recorded["auth.no_credentials"]["response"]["body"]
        ours = await client.get(f"{base}/products", auth=(shop.consumer_key, "cs_x"))
        assert ours.json() == recorded["auth.wrong_secret"]["response"]["body"]
        shop.permission = "read"
        ours = await client.post(f"{base}/products/batch", json={}, auth=keys)
        assert ours.json() == recorded["auth.read_key_writing"]["response"]["body"]


def test_recorded_lists_fit_the_description(recorded: Recorded, description: Description) -> None:
    """The checks of the local store's answers accept what a real one answered."""
    checked = 0
    for sample in recorded.values():
        path = sample["request"]["path"].removeprefix("/wp-json/wc/v3")
        operation = description.operation(sample["request"]["method"], path)
        if operation is None or sample["response"]["status"] >= 300:
            continue
        body = sample["response"]["body"]
        whole = "_fields" not in sample["request"].get("params", {})
        problems = description.answer_problems(
            operation, sample["response"]["status"], body, whole=whole
        )
        if sample["name"] == "batch.fields_hides_results":
            assert problems  # an empty list where an object is described
        else:
            assert [each for each in problems if "'trash'" not in each] == [], sample["name"]
        checked += 1
    assert checked >= 20
