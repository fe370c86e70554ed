"""What goes over the wire is what Walmart's own contracts say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.walmart.world import Exchange
from tests.contract.walmart.exercise import OPERATIONS, ROWS, Evidence, exercise
from tests.contract.walmart.official import SEND_FEED, Contracts, parts_of

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("walmart-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def _named(contracts: Contracts, exchange: Exchange) -> str | None:
    found = contracts.of(exchange)
    return found[1].id if found else None


def test_every_operation_and_every_error_row_was_exercised(
    contracts: Contracts, evidence: Evidence, samples: dict[str, dict[str, Any]]
) -> None:
    assert {_named(contracts, each) for each in evidence.exchanges} == OPERATIONS
    good = [each for each in evidence.exchanges if each.status == 200]
    assert {_named(contracts, each) for each in good} == OPERATIONS
    assert evidence.met == ROWS.keys() == samples.keys()


def test_each_row_looks_like_its_sample(samples: dict[str, dict[str, Any]]) -> None:
    for name, sample in samples.items():
        body = sample["body"]
        content = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        answer = Exchange("GET", "", {}, "", {}, b"", None, sample["status"], "", content.encode())
        assert {row for row, seen in ROWS.items() if seen(answer)} == {name}


def test_everything_sent_is_what_its_operation_takes(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.request_problems(each)}
    assert found == set()


def test_every_answer_of_the_local_store_is_what_its_operation_promises(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.answer_problems(each)}
    assert found == set()


def test_a_sku_is_encoded_wholly(evidence: Evidence) -> None:
    """Walmart names the characters that need it; a space is %20, never a plus."""
    targets = [each.target for each in evidence.exchanges if each.method in ("GET", "PUT")]
    for encoded in ("CUP%2FSAUCER%2F2", "100%25-WOOL%20%26%20SILK", "MUG%2BLID%3D1"):
        assert any(target.endswith(f"/v3/inventories/{encoded}") for target in targets)
        assert any(f"/v3/inventory?sku={encoded}" in target for target in targets)
    assert any("Q%3F%23%5BA%5D%40B%21%24%28C%29%2A%2C%3B%3A%7BD%7D" in one for one in targets)


def test_the_checks_can_fail(contracts: Contracts, evidence: Evidence) -> None:
    def one(operation: str, words: str = "") -> Exchange:
        return next(
            each
            for each in evidence.exchanges
            if _named(contracts, each) == operation and each.status == 200 and words in each.target
        )

    def asked(exchange: Exchange, query: str) -> Exchange:
        return replace(exchange, target=exchange.target.partition("?")[0] + query)

    def filed(exchange: Exchange, old: bytes, new: bytes) -> Exchange:
        assert old in parts_of(exchange)["file"]
        return replace(exchange, sent=exchange.sent.replace(old, new))

    items, orders, more = one("getAllItems"), one("getAllOrders"), one("getAllOrders", "poIndex")
    write, nodes = one("updateInventoryForAnItem"), one("updateMultiNodeInventory")
    feed, named = one(SEND_FEED, "=inventory"), one(SEND_FEED, "=MP_INVENTORY")
    token, status = one("tokenAPI"), one("getFeedItemStatus")
    for wrong in (
        replace(items, target="/v3/things"),
        asked(items, "?limits=5"),
        asked(items, "?lifecycleStatus=GONE"),
        replace(items, headers={}),
        asked(orders, "?page=2"),
        asked(orders, more.target.partition("?")[2].replace("true", "no")),
        asked(write, ""),
        replace(write, body={"sku": "S0", "quantity": {"unit": "BOX", "amount": 1}}),
        replace(write, body={"sku": "S0", "quantity": {"unit": "EACH", "amount": "1"}}),
        replace(write, body={"sku": "S0"}),
        replace(write, body={**write.body, "fulfillmentLagTime": 1}),
        replace(nodes, body={"inventories": {"nodes": [{"shipNode": "1"}]}}),
        asked(feed, "?feedType=stock"),
        filed(feed, b'"Inventory"', b'"inventory"'),
        filed(feed, b'"amount":9', b'"amount":"9"'),
        filed(named, b'"shipNodes"', b'"nodes"'),
        replace(feed, sent=feed.sent.replace(b'name="file"', b'name="data"')),
        replace(feed, headers={**feed.headers, "content-type": "application/json"}),
        replace(token, sent=b"grant_type=password"),
        replace(token, sent=b"grant_type=client_credentials&scope=all"),
    ):
        assert contracts.request_problems(wrong), wrong

    def with_answer(exchange: Exchange, change: Any) -> Exchange:
        body = exchange.answer
        change(body)
        return replace(exchange, content=json.dumps(body).encode())

    changes: list[tuple[Exchange, Any]] = [
        (items, lambda body: body.pop("ItemResponse")),
        (items, lambda body: body["ItemResponse"][0].update(colour="red")),
        (orders, lambda body: body["list"]["elements"].update(orders=[])),
        (more, lambda body: body["list"]["elements"]["order"][0].pop("orderDate")),
        (more, lambda body: body["list"]["elements"]["order"][0].update(orderDate="today")),
        (write, lambda body: body["quantity"].update(amount="1")),
        (status, lambda body: body.update(feedStatus="DONE")),
        (token, lambda body: body.update(expires_in="900")),
    ]
    for exchange, change in changes:
        assert contracts.answer_problems(exchange) == []
        assert contracts.answer_problems(with_answer(exchange, change)), exchange.name
    assert contracts.answer_problems(replace(orders, status=204))
    assert contracts.answer_problems(replace(orders, kind="text/html"))
