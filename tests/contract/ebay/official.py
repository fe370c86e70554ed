"""Checks against eBay's own OpenAPI files, and against its names and types of Trading calls.

Stricter than OpenAPI: a key that the contract does not name is a problem, in what we
send and in what the local eBay answers. An error's number has to stand in the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.connectors.ebay.world import Exchange
from tests.contract.ebay import tokens
from tests.contract.ebay.trading import TradingCalls
from tests.contract.openapi import Description

_FILES = {
    "sell_inventory_v1_oas3.json": "/sell/inventory/v1",
    "sell_fulfillment_v1_oas3.json": "/sell/fulfillment/v1",
    "sell_account_v1_oas3.json": "/sell/account/v1",
    "commerce_identity_v1_oas3.json": "/commerce/identity/v1",
    "developer_analytics_v1_beta_oas3.json": "/developer/analytics/v1_beta",
}
TOKEN, TRADING = "/identity/v1/oauth2/token", "/ws/api.dll"
# Errors that every call may get and no contract lists: OAuth, scopes, throttling
_ANYWHERE = frozenset({1001, 1100, 2001})
# Whatever stands before eBay may answer so.
_FRONT = frozenset({403, 500, 503})
# bulkGetInventoryItem: what could not be read has no item, though the schema demands one.
_NOT_DEMANDED = {"GetInventoryItemResponse": "inventoryItem"}
# eBay: values of a list filter, in their order
_FILTER = re.compile(r"lastmodifieddate:\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.\.\]")
# eBay: most rows of a page, entries of a bulk call and ids of one getOrders
_PAGE = {"getInventoryItems": 200, "getOffers": 100, "getOrders": 200, "getInventoryLocations": 100}
_BULK, _IDS = 25, 50


@dataclass(frozen=True)
class _Api:
    """One file: its description, where it is served, and its errors' numbers by operation."""

    description: Description
    prefix: str
    errors: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Contracts:
    """All of eBay's files that the connector has to do with."""

    apis: tuple[_Api, ...]
    trading: TradingCalls

    @classmethod
    def load(cls, folder: Path) -> Contracts:
        def read(name: str) -> Any:
            return json.loads((folder / name).read_text(encoding="utf-8"))

        apis = tuple(_api(read(name), prefix) for name, prefix in _FILES.items())
        return cls(apis, TradingCalls(read("trading_calls.json")))

    def name(self, exchange: Exchange) -> str | None:
        """Say which operation an exchange is of, None where there is none."""
        if exchange.path == TOKEN:
            return "token"
        if exchange.path == TRADING:
            return self.trading.name(exchange)
        found = self._operation(exchange)
        return found[1].id if found else None

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a request is not what its operation takes."""
        if exchange.path == TOKEN:
            return list(tokens.request_problems(exchange))
        if exchange.path == TRADING:
            return list(self.trading.request_problems(exchange))
        found = self._operation(exchange)
        if found is None:
            return [f"{exchange.method} {exchange.path}: no such operation"]
        api, operation = found
        problems = api.description.request_problems(
            operation, exchange.query.items(), exchange.body
        )
        return [*problems, *_said_in_words(operation.id, exchange)]

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """Say what of an answer is not what its operation promises."""
        if exchange.path == TOKEN:
            return list(tokens.answer_problems(exchange))
        if exchange.path == TRADING:
            return list(self.trading.answer_problems(exchange))
        found = self._operation(exchange)
        if found is None:
            return [f"{exchange.method} {exchange.path}: no such operation"]
        api, operation = found
        if exchange.kind.startswith("text/html"):
            return [] if exchange.status in _FRONT else [f"{operation.id}: a web page"]
        if exchange.status < 300:
            problems = api.description.answer_problems(operation, exchange.status, exchange.answer)
        else:
            problems = _envelope_problems(api, exchange)
        return [*problems, *_unknown_errors(api, operation.id, exchange)]

    def _operation(self, exchange: Exchange) -> tuple[_Api, Any] | None:
        for api in self.apis:
            if exchange.path.startswith(api.prefix + "/"):
                path = exchange.path.removeprefix(api.prefix)
                operation = api.description.operation(exchange.method, path)
                return (api, operation) if operation else None
        return None


def _api(document: Any, prefix: str) -> _Api:
    errors: dict[str, frozenset[int]] = {}
    for entry in document["paths"].values():
        for operation in entry.values():
            if isinstance(operation, dict) and "operationId" in operation:
                operation["parameters"] = [
                    each for each in operation.get("parameters", []) if each["in"] != "header"
                ]
                errors[operation["operationId"]] = frozenset(
                    int(number)
                    for answer in operation["responses"].values()
                    for number in answer.get("x-response-codes", {}).get("errors", {})
                )
    for name, left_out in _NOT_DEMANDED.items():
        if schema := document["components"]["schemas"].get(name):
            schema["required"].remove(left_out)
    return _Api(Description(_strict(document)), prefix, errors)


def _strict(node: Any) -> Any:
    """Mend what eBay's files say otherwise than the wire, and let no key be unknown.

    An enumeration is typed as an object; so are the aspects of a product as a string.
    """
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _strict(each) for key, each in node.items()}
    if "enum" in made and made.get("type") == "object":
        made["type"] = "string"
    if isinstance(made.get("properties"), dict) and made.get("type", "object") == "object":
        made["additionalProperties"] = False
        if "aspects" in made["properties"]:
            made["properties"]["aspects"] = {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            }
    return made


def _said_in_words(operation: str, exchange: Exchange) -> Iterator[str]:
    """What the contract says of a request in its text only."""
    if exchange.headers.get("authorization", "").partition(" ")[0] != "Bearer":
        yield f"{operation}: lacks a token"
    if exchange.method == "POST" and exchange.headers.get("content-type") != "application/json":
        yield f"{operation}: lacks the header content-type"
    query = exchange.query
    limit = query.get("limit")
    if limit is not None and not 1 <= int(limit) <= _PAGE[operation]:
        yield f"{operation}: {limit} rows are too many"
    if operation == "getOffers" and not 1 <= len(query.get("sku", "")) <= 50:
        yield "getOffers: needs a SKU"
    if "filter" in query and not _FILTER.fullmatch(query["filter"]):
        yield f"{operation}: {query['filter']} is no filter"
    if len(query.get("orderIds", "").split(",")) > _IDS:
        yield f"{operation}: too many ids"
    if exchange.body is not None:
        skus = [each.get("sku") for each in exchange.body.get("requests", [])]
        if not 1 <= len(skus) <= _BULK:
            yield f"{operation}: {len(skus)} entries"
        if len(set(skus)) < len(skus):
            yield f"{operation}: a SKU stands there twice"


def _envelope_problems(api: _Api, exchange: Exchange) -> list[str]:
    """Errors come in a list, though the files show one bare error."""
    body = exchange.answer
    if not isinstance(body, dict) or body.keys() != {"errors"} or not body["errors"]:
        return [f"{exchange.path}: a {exchange.status} without errors"]
    schema = {"$ref": "#/components/schemas/" + _error_schema(api)}
    return [each for error in body["errors"] for each in api.description.problems(error, schema)]


def _error_schema(api: _Api) -> str:
    names = api.description.document["components"]["schemas"]
    return "ErrorDetailV3" if "ErrorDetailV3" in names else "Error"


def _unknown_errors(api: _Api, operation: str, exchange: Exchange) -> Iterator[str]:
    body = exchange.answer
    if not isinstance(body, dict):
        return
    told = list(body.get("errors", []))
    if exchange.status == 207:
        told += [error for row in body["responses"] for error in row.get("errors", [])]
    known = frozenset[int]().union(*api.errors.values()) | _ANYWHERE
    for error in told:
        if error["errorId"] not in known:
            yield f"{operation}: no error {error['errorId']} in the contract"
