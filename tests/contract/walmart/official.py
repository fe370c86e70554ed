"""Checks against Walmart's own OpenAPI files.

Stricter than OpenAPI: a key that the contract does not name is a problem, in what we
send and in what the local store answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.connectors.walmart.world import Exchange
from tests.contract.openapi import Description, Operation

# The first file that knows a path speaks for it: POST /v3/feeds stands in several.
_FILES = (
    "authentication",
    "inventory-management",
    "feed-management",
    "order-management",
    "settings-management",
    "item-management",
)
SEND_FEED = "sendFeed"  # our name: the contract gives that operation none

# Where the contract contradicts itself, or what is seen live:
# the parameters that `nextCursor` of getAllOrders carries are described nowhere but in its example
_CURSOR = frozenset({"hasMoreElements", "soIndex", "poIndex", "partnerId", "sellerId"})
# the example of getFeedItemStatus has a date that its schema lacks
_UNDESCRIBED = re.compile(r"^/feedSubmissionDate is not described$")
# errors within errors are reported by users; the schema of getAllOrders has a plain list
_NESTED = re.compile(r"^errors: .* is not of type 'array'$")
# the schema of getAnOrder is an order, dated in words; in its examples it stands within
# "order" and its date is a number, as that of getAllOrders is
_WRAPPED = {"getAnOrder": "order"}
_DATE = re.compile(r"^orderDate: \d+ is not of type 'string'$")
# the file of a feed is "binary" in its schema; what is in it, only its examples show
_EXAMPLES = {"inventory": "json_singleNode_spec_1_4", "MP_INVENTORY": "json_multiNode_spec_1_5"}
# Answers that every call may get and no contract lists one by one
_ANYWHERE = frozenset({400, 401, 403, 404, 413, 415, 422, 429, 500, 503, 520})


@dataclass(frozen=True)
class Contracts:
    """All operations of the official files."""

    descriptions: tuple[Description, ...]

    @classmethod
    def load(cls, folder: Path) -> Contracts:
        found = []
        for name in _FILES:
            document = json.loads((folder / f"{name}.openapi.json").read_text(encoding="utf-8"))
            post = document["paths"].get("/v3/feeds", {}).get("post")
            if post is not None:
                post["operationId"] = SEND_FEED
            found.append(Description(document))
        return cls(tuple(found))

    def of(self, exchange: Exchange) -> tuple[Description, Operation] | None:
        """Find the operation of an exchange, and the file that describes it.

        By the path as it was sent: a slash in a SKU belongs to the SKU.
        """
        path = "/v3/" + exchange.target.partition("?")[0].partition("/v3/")[2]
        for description in self.descriptions:
            operation = description.operation(exchange.method, path)
            if operation is not None:
                return description, operation
        return None

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a request is not what its operation takes."""
        found = self.of(exchange)
        if found is None:
            return [f"{exchange.name}: no such operation"]
        description, operation = found
        pairs = _query(exchange)
        if operation.id == "getAllOrders" and ("hasMoreElements", "true") in pairs:
            pairs = [pair for pair in pairs if pair[0] not in _CURSOR]
        contents = operation.description.get("requestBody", {}).get("content", {})
        as_json = operation
        if contents and "application/json" not in contents:
            spec = {k: v for k, v in operation.description.items() if k != "requestBody"}
            as_json = replace(operation, description=spec)
        return [
            *description.request_problems(as_json, pairs, exchange.body),
            *_header_problems(description, operation, exchange),
            *_content_problems(description, operation, contents, exchange),
        ]

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """Say what of an answer is not what its operation promises."""
        found = self.of(exchange)
        if found is None:
            return [f"{exchange.name}: no such operation"]
        description, operation = found
        promised = operation.description["responses"].get(str(exchange.status))
        if promised is None:
            known = exchange.status in _ANYWHERE
            return [] if known else [f"{operation.id}: {exchange.status}"]
        kind = exchange.kind.partition(";")[0]
        content = promised.get("content", {}).get(kind)
        if content is None:
            known = exchange.status in _ANYWHERE
            return [] if known else [f"{operation.id}: answers as {kind}"]
        schema, body = content["schema"], exchange.answer
        if exchange.status == 200 and operation.id in _WRAPPED:
            body = body[_WRAPPED[operation.id]]
        problems = [*description.problems(body, schema), *description.unknown_fields(body, schema)]
        allowed = (_NESTED, _UNDESCRIBED, _DATE)
        return [
            f"{operation.id}: {each}"
            for each in problems
            if not any(pattern.search(each) for pattern in allowed)
        ]


def _query(exchange: Exchange) -> list[tuple[str, str]]:
    """Read a query as Walmart does: a plus stays a plus."""
    parts = exchange.target.partition("?")[2].split("&")
    split = (part.partition("=") for part in parts if part)
    return [(unquote(name), unquote(value)) for name, _, value in split]


def _header_problems(
    description: Description, operation: Operation, exchange: Exchange
) -> Iterator[str]:
    for each in operation.description["parameters"]:
        parameter = description.resolved(each)
        needed = parameter["in"] == "header" and parameter.get("required")
        if needed and not exchange.headers.get(parameter["name"].lower()):
            yield f"{operation.id}: lacks the header {parameter['name']}"


def _content_problems(
    description: Description,
    operation: Operation,
    contents: Mapping[str, Any],
    exchange: Exchange,
) -> Iterator[str]:
    """Look into the bodies that are not JSON themselves."""
    if not contents:
        return
    kind = exchange.headers.get("content-type", "").partition(";")[0]
    if kind not in contents:
        yield f"{operation.id}: is sent as {kind!r}"
    elif kind == "application/x-www-form-urlencoded":
        form = dict(parse_qsl(exchange.sent.decode()))
        schema = contents[kind]["schema"]
        yield from description.problems(form, schema)
        yield from description.unknown_fields(form, schema)
    elif kind == "multipart/form-data":
        name = _EXAMPLES.get(dict(_query(exchange)).get("feedType", ""))
        if name is None:
            return  # the parameter is a problem of its own
        example = contents[kind]["examples"][name]["value"]
        sent = parts_of(exchange)
        if sent.keys() != example.keys():
            yield f"{operation.id}: sends the parts {sorted(sent)}"
        else:
            yield from unlike(json.loads(sent["file"]), example["file"], "file")


def parts_of(exchange: Exchange) -> dict[str, bytes]:
    """Read the parts of a multipart body by their names."""
    head = f"Content-Type: {exchange.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + exchange.sent)
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = content
    return found


def unlike(value: Any, example: Any, path: str) -> Iterator[str]:
    """Say where a value has a key or a type that the example has not."""
    if type(value) is not type(example):
        yield f"{path}: {value!r} is no {type(example).__name__}"
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in example:
                yield f"{path}.{key}: unknown"
            else:
                yield from unlike(each, example[key], f"{path}.{key}")
        lacking = [key for key in example if key not in value and "Date" not in key]
        if lacking:
            yield f"{path}: lacks {', '.join(lacking)}"
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from unlike(each, example[0], f"{path}[{place}]")
