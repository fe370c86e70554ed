"""Checks against BigCommerce's own OpenAPI files.

Stricter than OpenAPI: a key that the contract does not name is a problem, in what we
send and in what the local store answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.connectors.bigcommerce.world import Exchange

_FILES = {
    "inventory.v3.yml": "/v3",
    "locations.v3.yml": "/v3",
    "settings.v3.yml": "/v3",
    "products_catalog.v3.yml": "/v3",
    "orders.v2.oas2.yml": "/v2",
    "store_information.v2.yml": "/v2",
}
# Where the text of a contract and its own schema differ, the text holds.
# The ids of a list are typed as one integer though they are separated by commas.
_LISTS = ("variant_id:in", "product_id:in", "location_id:in")
# The enum of `sort` lists bare fields though its text adds a direction.
_SORT = re.compile(r":(asc|desc)$")
# A complex product's base variant is null; what a channel does not override is null.
_NULLS = (
    re.compile(r"data\[\d+\]\.base_variant_id$"),
    re.compile(r"data\.(update_stock_behavior|\w+_order_stock_adjustment)$"),
)
# What `include` adds to a product is told in the text of the parameter only.
_INCLUDED = {
    re.compile(r"getProducts\.data\[\d+\]"): {
        "variants": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/productVariant_Full"},
        }
    }
}
# An empty V2 list is answered by 204: in no contract, but in the errors of section 7.
_UNDOCUMENTED = {("getOrders", 204)}
# Answers that every call may get and no contract lists one by one
_ANYWHERE = frozenset({302, 400, 401, 403, 404, 413, 422, 423, 429, 500, 503, 507})


@dataclass(frozen=True)
class Operation:
    """One operation of a contract, and the contract that its references point into."""

    id: str
    method: str
    pattern: re.Pattern[str]
    parameters: tuple[Mapping[str, Any], ...]
    spec: Mapping[str, Any]
    contract: Mapping[str, Any]


@dataclass(frozen=True)
class Contracts:
    """All operations of the official files."""

    operations: tuple[Operation, ...]

    @classmethod
    def load(cls, folder: Path) -> Contracts:
        found = []
        for name, prefix in _FILES.items():
            contract = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
            found += [
                _operation(contract, prefix + path, method, item)
                for path, item in contract["paths"].items()
                for method in item.keys() & {"get", "put", "post", "delete"}
            ]
        return cls(tuple(found))

    def of(self, exchange: Exchange) -> Operation | None:
        """Find the operation of an exchange; a path without variables goes first."""
        fits = [
            each
            for each in self.operations
            if each.method == exchange.method.lower() and each.pattern.fullmatch(exchange.path)
        ]
        return min(fits, key=lambda each: each.pattern.pattern.count("[^/]"), default=None)

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a request is not what its operation takes."""
        operation = self.of(exchange)
        if operation is None:
            return [f"{exchange.name}: no such operation"]
        return [*_query_problems(operation, exchange), *_body_problems(operation, exchange)]

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """Say what of an answer is not what its operation promises."""
        operation = self.of(exchange)
        if operation is None:
            return [f"{exchange.name}: no such operation"]
        if (operation.id, exchange.status) in _UNDOCUMENTED:
            return [] if not exchange.content else [f"{operation.id}: a 204 has no content"]
        promised = operation.spec["responses"].get(str(exchange.status))
        if promised is None:
            return [] if exchange.status in _ANYWHERE else [f"{operation.id}: {exchange.status}"]
        contents = _resolve(operation.contract, promised).get("content", {})
        kind = exchange.kind.partition(";")[0]
        if kind not in contents:
            # The 404 of a whole store stands before every operation.
            return [] if exchange.status in _ANYWHERE else [f"{operation.id}: answers as {kind}"]
        schema = contents[kind].get("schema", {})
        return list(problems(operation.contract, schema, exchange.answer, operation.id))


def _operation(
    contract: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]
) -> Operation:
    spec = item[method]
    given = [*item.get("parameters", ()), *spec.get("parameters", ())]
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    return Operation(
        id=spec["operationId"],
        method=method,
        pattern=re.compile(pattern),
        parameters=tuple(_resolve(contract, each) for each in given),
        spec=spec,
        contract=contract,
    )


def _query_problems(operation: Operation, exchange: Exchange) -> Iterator[str]:
    known = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
    for name, value in exchange.query.items():
        if name not in known:
            yield f"{operation.id}: takes no {name}"
            continue
        schema = _resolve(operation.contract, known[name].get("schema", {}))
        where = f"{operation.id}?{name}"
        if schema.get("type") == "array":
            for each in value.split(","):
                items = _resolve(operation.contract, schema.get("items", {}))
                yield from _word_problems(items, each, where)
        elif name in _LISTS:
            for each in value.split(","):
                yield from _word_problems(schema, each, where)
        else:
            bare = _SORT.sub("", value) if name == "sort" else value
            yield from _word_problems(schema, bare, where)
    for parameter in operation.parameters:
        header = parameter["name"].lower()
        needed = parameter["in"] == "header" and parameter.get("required")
        if needed and header not in exchange.headers:
            yield f"{operation.id}: lacks the header {header}"


def _word_problems(schema: Mapping[str, Any], value: str, where: str) -> Iterator[str]:
    kind = schema.get("type")
    if kind in ("integer", "number") and not value.lstrip("-").isdecimal():
        yield f"{where}: {value!r} is no {kind}"
    elif kind == "integer" and int(value) > schema.get("maximum", int(value)):
        yield f"{where}: {value!r} is too much"
    if kind == "boolean" and value not in ("true", "false"):
        yield f"{where}: {value!r} is no boolean"
    if "enum" in schema and value not in map(str, schema["enum"]):
        yield f"{where}: {value!r} is not offered"


def _body_problems(operation: Operation, exchange: Exchange) -> Iterator[str]:
    wanted = operation.spec.get("requestBody")
    if wanted is None:
        if exchange.body is not None:
            yield f"{operation.id}: takes no body"
        return
    body = _resolve(operation.contract, wanted)
    kind = exchange.headers.get("content-type", "")
    if kind not in body["content"]:
        yield f"{operation.id}: is sent as {kind!r}"
        return
    schema = body["content"][kind]["schema"]
    yield from problems(operation.contract, schema, exchange.body, operation.id)


def problems(
    contract: Mapping[str, Any], schema: Mapping[str, Any], value: Any, path: str
) -> Iterator[str]:
    """Say where a value does not have the shape that a schema promises."""
    schema = _resolve(contract, schema)
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            tries = [list(problems(contract, each, value, path)) for each in schema[choice]]
            if all(tries):
                yield min(tries, key=len)[0]
            return
    if "allOf" in schema:
        schema = _merged(contract, schema)
    if value is None:
        if not schema.get("nullable") and not any(each.search(path) for each in _NULLS):
            yield f"{path}: is null"
        return
    kind = schema.get("type") or ("object" if "properties" in schema else None)
    if kind is not None and not _is(kind, value):
        yield f"{path}: {value!r} is no {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not one of {schema['enum']}"
    elif schema.get("format") == "date-time" and not _is_moment(value):
        yield f"{path}: {value!r} is no time"
    elif kind == "array":
        for index, each in enumerate(value):
            yield from problems(contract, schema.get("items", {}), each, f"{path}[{index}]")
    elif kind == "object":
        yield from _object_problems(contract, schema, value, path)


def _object_problems(
    contract: Mapping[str, Any], schema: Mapping[str, Any], value: Any, path: str
) -> Iterator[str]:
    known = dict(schema.get("properties", {}))
    for where, more in _INCLUDED.items():
        if where.fullmatch(path):
            known |= more
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}: is missing"
    for name, each in value.items():
        if name in known:
            yield from problems(contract, known[name], each, f"{path}.{name}")
        elif known and not schema.get("additionalProperties"):
            yield f"{path}.{name}: unknown"


def _merged(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Put the parts of an `allOf` together into one schema."""
    merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in (*schema["allOf"], {key: each for key, each in schema.items() if key != "allOf"}):
        each = _resolve(contract, part)
        if "allOf" in each:
            each = _merged(contract, each)
        merged["properties"] |= each.get("properties", {})
        merged["required"] = [*merged["required"], *each.get("required", ())]
        for key in ("nullable", "additionalProperties"):
            if each.get(key):
                merged[key] = each[key]
    return merged


def _resolve(contract: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        found: Any = contract
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return type(value) is int
        case "number":
            return type(value) in (int, float)
    raise AssertionError(f"no rule for the type {kind}: add one")


def _is_moment(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
