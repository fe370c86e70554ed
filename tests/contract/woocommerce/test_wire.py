"""What goes over the wire is what WooCommerce's own description says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connectors.woocommerce.client import FRESH
from tests.connectors.woocommerce.world import Exchange
from tests.contract.openapi import Description, Operation
from tests.contract.woocommerce.exercise import OPERATIONS, ROWS, Evidence, exercise

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("woocommerce-contract")

# How keys are shown in the query is authentication, and what tells an address from all before
# it is for caches: neither is a parameter of an operation.
_BESIDES = ("consumer_key", "consumer_secret", "oauth_", FRESH)


# The description knows this status only as a filter; answers show it: sample orders.list_trash.
_IN_TRASH = re.compile(r"^\d+/status: 'trash' is not one of")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def _calls(description: Description, evidence: Evidence) -> list[tuple[Operation, Exchange]]:
    """All calls of the API with their operation; the index has none."""
    found = []
    for each in evidence.exchanges:
        if not each.url.path.partition("/wp-json/wc/v3")[2]:
            continue
        operation = description.operation(each.method, each.path)
        assert operation is not None, each.call
        found.append((operation, each))
    return found


def test_every_operation_and_every_error_row_was_exercised(
    description: Description, evidence: Evidence
) -> None:
    good = {operation.id for operation, each in _calls(description, evidence) if each.status == 200}
    assert good == OPERATIONS
    assert description.operations() >= OPERATIONS
    assert evidence.met == set(ROWS)


def test_everything_sent_is_described(description: Description, evidence: Evidence) -> None:
    problems = [
        found
        for operation, each in _calls(description, evidence)
        if not ROWS["parameter refused"](each)  # sent wrong on purpose
        for found in description.request_problems(operation, _query(each), each.body)
    ]
    assert problems == []


def test_a_request_that_the_store_refuses_is_found_wrong_here_too(
    description: Description, evidence: Evidence
) -> None:
    wrong = [pair for pair in _calls(description, evidence) if ROWS["parameter refused"](pair[1])]
    assert wrong
    for operation, each in wrong:
        assert description.request_problems(operation, _query(each), each.body)


def test_every_answer_of_the_local_store_has_the_official_shape(
    description: Description, evidence: Evidence
) -> None:
    checked = set()
    for operation, each in _calls(description, evidence):
        if each.answer is None or each.body == {}:
            continue  # a web page; PHP's empty object
        whole = "_fields" not in each.url.params
        problems = description.answer_problems(operation, each.status, each.answer, whole=whole)
        problems = [found for found in problems if not _IN_TRASH.search(found)]
        assert problems + _entry_problems(description, each.answer) == [], operation.id
        checked.add((operation.id, each.status < 300))
    assert {name for name, good in checked if good} == OPERATIONS
    assert any(not good for _, good in checked)


def test_the_checks_can_fail(description: Description) -> None:
    listed = _operation(description, "GET", "/products")
    good = [("per_page", "100"), ("status", "any"), ("include", "1,2")]
    assert description.request_problems(listed, good, None) == []
    for bad in (("per_page", "101"), ("status", "live"), ("include", "a"), ("colour", "red")):
        assert description.request_problems(listed, [*good, bad], None)
    batch = _operation(description, "POST", "/products/15/variations/batch")
    entry = {"id": 16, "stock_quantity": 3}
    assert description.request_problems(batch, [], {"update": [entry]}) == []
    wrong: list[Any] = [
        {"update": [{"id": 16, "stock_quantity": "abc"}]},
        {"update": [{"id": 16, "stock": 3}]},
        {"update": [entry] * 101},
        None,
    ]
    for body in wrong:
        assert description.request_problems(batch, [], body)
    assert description.request_problems(_operation(description, "GET", "/products"), [], {})
    for body in ({"update": [{"id": "16"}]}, {"update": 3}, []):
        assert description.answer_problems(batch, 200, body)
    assert _entry_problems(description, {"update": [{"id": 16, "error": {}}]})
    assert description.answer_problems(batch, 401, {"code": "x"})
    assert description.answer_problems(listed, 200, [{"id": 1, "stock_quantity": "5"}])
    assert description.operation("GET", "/nothing") is None
    nullable = {"type": "string", "nullable": True}
    assert description.problems(None, nullable) == []
    assert description.problems(3, nullable)


def _entry_problems(description: Description, answer: Any) -> list[str]:
    """What is wrong with the refused entries of a batch; products are checked with the answer."""
    entries = answer.get("update", []) if isinstance(answer, dict) else []
    schema = {"$ref": "#/components/schemas/BatchItemError"}
    refused = [each for each in entries if "error" in each]
    return [found for each in refused for found in description.problems(each, schema)]


def _operation(description: Description, method: str, path: str) -> Operation:
    found = description.operation(method, path)
    assert found is not None
    return found


def _query(exchange: Exchange) -> list[tuple[str, str]]:
    return [
        (key, value)
        for key, value in exchange.url.params.multi_items()
        if not key.startswith(_BESIDES)
    ]
