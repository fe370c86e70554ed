"""What goes over the wire is what BigCommerce's own contracts say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.bigcommerce.world import Exchange
from tests.contract.bigcommerce.exercise import OPERATIONS, ROWS, Evidence, exercise
from tests.contract.bigcommerce.official import Contracts

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("bigcommerce-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def test_every_operation_and_every_error_row_was_exercised(
    contracts: Contracts, evidence: Evidence
) -> None:
    called = {operation.id for each in evidence.exchanges if (operation := contracts.of(each))}
    assert called == OPERATIONS
    assert evidence.met == set(ROWS)


def test_every_operation_was_answered_well(contracts: Contracts, evidence: Evidence) -> None:
    answered = {
        operation.id
        for each in evidence.exchanges
        if each.status == 200 and (operation := contracts.of(each))
    }
    assert answered == OPERATIONS


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


def test_the_checks_can_fail(contracts: Contracts, evidence: Evidence) -> None:
    def one(operation: str, **query: str) -> Exchange:
        return next(
            each
            for each in evidence.exchanges
            if (found := contracts.of(each))
            and found.id == operation
            and each.status == 200
            and query.items() <= each.query.items()
        )

    def with_answer(exchange: Exchange, change: Any) -> Exchange:
        body = exchange.answer
        change(body)
        return replace(exchange, content=json.dumps(body).encode())

    products, orders = one("getProducts"), one("getOrders", sort="date_modified:asc")
    write, items = one("put-absolute-adjustment"), one("get-location-inventory-items")
    entry = write.body["items"][0]
    for wrong in (
        replace(products, path="/v3/catalog/things"),
        replace(products, query={**products.query, "limit": "251"}),
        replace(products, query={**products.query, "include": "variants,secrets"}),
        replace(products, query={**products.query, "id:beyond": "1"}),
        replace(products, headers={}),
        replace(products, body={}),
        replace(orders, query={**orders.query, "sort": "weight:asc"}),
        replace(orders, query={**orders.query, "consignment_structure": "list"}),
        replace(items, query={"variant_id:in": "1,x"}),
        replace(write, headers={**write.headers, "content-type": "text/plain"}),
        replace(write, body={"reason": "x"}),
        replace(write, body={"items": [{**entry, "quantity": "2"}]}),
        replace(write, body={"items": [{**entry, "colour": "red"}]}),
        replace(write, body={"items": [{"location_id": 1, "quantity": 2}]}),
    ):
        assert contracts.request_problems(wrong), wrong
    changes: list[tuple[Exchange, Any]] = [
        (products, lambda body: body.pop("data") and body.update(rows=[])),
        (products, lambda body: body["data"][0].update(inventory_tracking="sku")),
        (products, lambda body: body["data"][0].update(date_modified="yesterday")),
        (products, lambda body: body["data"][0].update(name=None)),
        (orders, lambda body: body[0].update(status_id="11")),
        (orders, lambda body: body[0]["consignments"].update(lines=[])),
        (items, lambda body: body["data"][0].update(available_to_sell=1.5)),
        (items, lambda body: body["data"][0]["identity"].update(name="x")),
        (write, lambda body: body.update(transaction_id=7)),
    ]
    for exchange, change in changes:
        assert contracts.answer_problems(exchange) == []
        assert contracts.answer_problems(with_answer(exchange, change)), exchange.name
    assert contracts.answer_problems(replace(orders, status=204))
    assert contracts.answer_problems(replace(orders, status=299))
    assert contracts.answer_problems(replace(orders, kind="text/html"))
