"""Answers recorded from a real shop are understood by the connector as it stands."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
)
from graphql.execution.values import get_variable_values

from connectors.errors import NeedsReconnect, Refused, StoreError
from connectors.protocol import Connector, LevelWrite
from connectors.services import Services
from connectors.shopify import PLATFORM
from connectors.shopify.connector import ShopifyConnector
from sandbox.shopify.bulk_rules import problems
from sandbox.shopify.cost import CostOf
from tests.contract.shopify import official

pytestmark = pytest.mark.xdist_group("shopify-contract")

WRITE = LevelWrite("gid://shopify/InventoryItem/1", "gid://shopify/Location/1", 5, 0, "k")
CONTRACTS = "inventory-quantity-contracts-2026-04.json"
BOUNDS = "inventorySetQuantities-quantity-bounds.json"
NAMES = "inventorySetQuantities-name-validation.json"


def recorded(specs: Path, name: str) -> Any:
    return json.loads((specs / "shopify" / "recorded" / name).read_text("utf-8"))


def at(value: Any, path: str) -> Any:
    for key in path.split("/"):
        value = value[key]
    return value


@asynccontextmanager
async def answering(*answers: Any) -> AsyncIterator[Connector]:
    """Yield a connector to a shop that gives these answers in turn."""
    left = list(answers)

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=left.pop(0))

    given = {"shop": "recorded", "access_token": "shpat_1"}
    services = Services.in_memory(given)
    async with PLATFORM.open(given, {}, None, httpx.MockTransport(answer), services) as connector:
        yield connector
    assert left == []


@pytest.mark.parametrize(
    ("file", "path", "kind", "code"),
    [
        (CONTRACTS, "inventorySetQuantities/response", "applied", None),
        (BOUNDS, "cases/availableNegativeWithinBounds/response", "applied", None),
        (
            CONTRACTS,
            "unknownIdValidation/setUnknownInventoryItem/response",
            "rejected",
            "INVALID_INVENTORY_ITEM",
        ),
        (
            CONTRACTS,
            "unknownIdValidation/setUnknownLocation/response",
            "rejected",
            "INVALID_LOCATION",
        ),
        (BOUNDS, "cases/onHandNegative/response", "rejected", "INVALID_QUANTITY_NEGATIVE"),
        (BOUNDS, "cases/availableTooLow/response", "rejected", "INVALID_QUANTITY_TOO_LOW"),
        (NAMES, "cases/availableTooHigh/response", "rejected", "INVALID_QUANTITY_TOO_HIGH"),
    ],
)
async def test_a_write(specs: Path, file: str, path: str, kind: str, code: str | None) -> None:
    answer = at(recorded(specs, file), path)
    async with answering(answer) as connector:
        (outcome,) = await connector.set_levels([WRITE])
    assert (outcome.kind, outcome.code) == (kind, code)
    assert bool(outcome.reason) == (kind == "rejected")


async def test_both_of_a_doubled_pair_are_named(specs: Path) -> None:
    refused = at(recorded(specs, NAMES), "cases/duplicatePair/response")
    applied = at(recorded(specs, CONTRACTS), "inventorySetQuantities/response")
    others = [
        LevelWrite(f"gid://shopify/InventoryItem/{n}", WRITE.location, 5, 0, "k") for n in (2, 3)
    ]
    async with answering(refused, applied) as connector:
        outcomes = await connector.set_levels([WRITE, *others])
    assert [each.kind for each in outcomes] == ["rejected", "rejected", "applied"]


@pytest.mark.parametrize(
    ("file", "path", "code"),
    [
        (CONTRACTS, "missingSetIdempotency/response", "BAD_REQUEST"),
        (CONTRACTS, "missingSetChangeFromQuantity/response", "INVALID_FIELD_ARGUMENTS"),
        (CONTRACTS, "legacySetShape/response", "INVALID_VARIABLE"),
        (NAMES, "cases/damaged/response", "INVALID_NAME"),
        (
            "inventory-reason-validation.json",
            "invalidReasonCases/unknownReasonSet/response",
            "INVALID_REASON",
        ),
    ],
)
async def test_a_mistake_of_ours(specs: Path, file: str, path: str, code: str) -> None:
    answer = at(recorded(specs, file), path)
    async with answering(answer) as connector:
        with pytest.raises(Refused, match=code) as refused:
            await connector.set_levels([WRITE])
    assert refused.value.said


async def test_a_missing_permission(specs: Path) -> None:
    answer = at(recorded(specs, "taxSummaryCreate-access-denied-parity.json"), "mutation/response")
    async with answering(answer) as connector:
        with pytest.raises(NeedsReconnect) as lacking:
            await connector.check()
    assert lacking.value.missing_scopes == ("write_taxes",)


async def test_a_search_that_was_not_understood(specs: Path) -> None:
    answer = at(
        recorded(specs, "inventory-connection-query-windowing.json"),
        "operations/itemsQuery/response",
    )
    async with answering(answer) as connector:
        with pytest.raises(StoreError, match="did not understand"):
            await connector.check()


def test_the_local_shop_refuses_bulk_queries_in_shopifys_words(
    specs: Path, schemas: dict[str, GraphQLSchema]
) -> None:
    cases = recorded(specs, "bulk-operation-run-query-validators.json")["validations"]
    assert len(cases) >= 8
    for name, case in cases.items():
        answer = case["response"]["data"]["bulkOperationRunQuery"]
        theirs = {each["message"] for each in answer["userErrors"]}
        ours = set(problems(schemas["2026-07"], case["variables"]["query"]))
        assert ours == theirs, name


@pytest.mark.parametrize(
    ("file", "path", "words"),
    [
        (
            "bulk-operation-run-query-concurrency-limit.json",
            "sixthRun/response",
            "already in progress",
        ),
        (
            "bulk-operation-run-query-validators.json",
            "validations/sixConnections/response",
            "more than 5 connections",
        ),
    ],
)
async def test_a_bulk_query_that_is_refused(
    specs: Path, file: str, path: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The catalogue is read by pages then: here the first of them is refused."""
    first = {"data": {"productVariantsCount": {"count": 9999}}}
    lost = {"errors": [{"message": "No more."}]}
    async with answering(first, at(recorded(specs, file), path), lost) as connector:
        with caplog.at_level(logging.INFO, logger="connectors"):
            with pytest.raises(Refused):
                _ = [page async for page in connector.listings()]
    assert words in caplog.text


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("activateOnHand", "applied"),
        ("alreadyActiveOnHand", "applied"),
        ("availableOnHandConflict", "rejected"),
        ("onHandOutOfRange", "rejected"),
    ],
)
async def test_stocking_an_item(specs: Path, case: str, kind: str) -> None:
    answer = at(recorded(specs, "inventory-activate-on-hand.json"), f"cases/{case}/response")
    async with answering(answer) as connector:
        assert isinstance(connector, ShopifyConnector)
        outcome = await connector.stock_at(WRITE.ref, WRITE.location or "", "k")
    assert outcome.kind == kind
    assert outcome.current == (50 if kind == "applied" else None)
    assert bool(outcome.reason) == (kind == "rejected")


def test_the_local_cost_law_fits_what_real_answers_were_charged(
    specs: Path, schemas: dict[str, GraphQLSchema]
) -> None:
    schema = schemas["2026-07"]
    charged = [row for path in _files(specs) for row in _queries(json.loads(path.read_text()))]
    costs = [
        (_requested(schema, query, variables), requested)
        for query, variables, requested in charged
        if official.document_problems(schema, query) == []
    ]
    known = [(ours, theirs) for ours, theirs in costs if ours is not None]
    exact = sum(ours == theirs for ours, theirs in known)
    assert len(known) >= 40
    assert exact / len(known) >= 0.8, known


def _files(specs: Path) -> list[Path]:
    return sorted((specs / "shopify" / "recorded").glob("*.json"))


def _queries(value: Any) -> list[tuple[str, dict[str, Any], int]]:
    """Find every recorded document together with what it was charged."""
    found = []
    if isinstance(value, dict):
        cost = _cost(value.get("response"))
        if isinstance(value.get("query"), str) and cost is not None:
            found.append((value["query"], value.get("variables") or {}, cost))
        value = list(value.values())
    if isinstance(value, list):
        found += [row for each in value for row in _queries(each)]
    return found


def _cost(response: Any) -> int | None:
    if not isinstance(response, dict):
        return None
    body = response.get("payload") or response.get("body") or response
    cost = body.get("extensions", {}).get("cost") if isinstance(body, dict) else None
    return None if cost is None else int(cost["requestedQueryCost"])


def _requested(schema: GraphQLSchema, query: str, variables: dict[str, Any]) -> int | None:
    document = parse(query)
    operation = get_operation_ast(document)
    assert isinstance(operation, OperationDefinitionNode)
    root = operation.selection_set.selections[0]
    ours = isinstance(root, FieldNode) and root.name.value == "inventorySetQuantities"
    if operation.operation is not OperationType.QUERY and not ours:
        return None  # mutations that we do not send have laws of their own
    values = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(values, list):
        return None
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return CostOf(schema, operation, fragments, values).requested()
