"""Checks against Amazon's own models (Swagger 2) and the schemas of its feeds.

Stricter than they are: a key that a model does not name is a problem, in what we send and in
what the local account answers.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft7Validator

from tests.connectors.amazon.world import Exchange
from tests.contract.openapi import Description, Operation

_FILES = (
    "sellers",
    "listingsItems_2021-08-01",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "orders_2026-01-01",
    "fbaInventory",
)
# Login and files are not of the Selling Partner API; no model describes them.
BESIDE = frozenset({"token", "upload", "download"})
# The models give a patch no 404, which is what an address that leads nowhere gets.
_UNLISTED = {("patchListingsItem", 404)}


@dataclass(frozen=True)
class Contracts:
    """All operations that we call, and the schemas of files."""

    descriptions: tuple[Description, ...]
    feed: Draft7Validator
    report: Draft7Validator

    @classmethod
    def load(cls, folder: Path) -> Contracts:
        def read(name: str) -> Any:
            return json.loads((folder / f"{name}.json").read_text("utf-8"))

        return cls(
            tuple(Description(_newer(read(name))) for name in _FILES),
            Draft7Validator(read("feeds/listings-feed-schema-v2")),
            Draft7Validator(read("feeds/listings-feed-processing-report-schema-v2")),
        )

    def of(self, exchange: Exchange) -> tuple[Description, Operation] | None:
        """Find the operation of an exchange."""
        for description in self.descriptions:
            operation = description.operation(exchange.method, exchange.path)
            if operation is not None:
                return description, operation
        return None

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a request is not what its operation takes."""
        if exchange.name in BESIDE:
            return list(self._file_problems(exchange))
        found = self.of(exchange)
        if found is None:
            return [f"{exchange.name}: no such operation"]
        description, operation = found
        query = [
            (name, unquote(value))
            for name, _, value in (
                each.partition("=") for each in exchange.target.partition("?")[2].split("&") if each
            )
        ]
        problems = description.request_problems(operation, query, exchange.body)
        if not exchange.headers.get("x-amz-access-token"):
            problems.append(f"{operation.id}: lacks its token")
        if any("authorization" in name for name in exchange.headers):
            problems.append(f"{operation.id}: is signed, which is ignored since 2023")
        return problems

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """Say what of an answer is not what its operation promises."""
        if exchange.name in BESIDE:
            return []
        found = self.of(exchange)
        if found is None:
            return [f"{exchange.name}: no such operation"]
        description, operation = found
        if (operation.id, exchange.status) in _UNLISTED:
            return []
        promised = operation.description["responses"].get(str(exchange.status))
        if promised is None:
            return [f"{operation.id}: {exchange.status} is not described"]
        if "x-amzn-requestid" not in exchange.answered:
            return [f"{operation.id}: the answer has no number"]
        if "content" not in promised:
            return [] if not exchange.answer else [f"{operation.id}: an answer with a body"]
        schema = promised["content"]["application/json"]["schema"]
        body = exchange.answer
        problems = [
            *description.problems(body, schema),
            *description.unknown_fields(body, schema),
        ]
        return [f"{operation.id}: {each}" for each in problems]

    def _file_problems(self, exchange: Exchange) -> Iterator[str]:
        if exchange.name == "token":
            return
        if "x-amz-access-token" in exchange.headers:
            yield f"{exchange.name}: carries a token that is not for that host"
        if exchange.name == "upload":
            yield from _told(self.feed, exchange.body)

    def report_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a downloaded report about a feed is not what its schema wants."""
        return list(_told(self.report, json.loads(gzip.decompress(exchange.content))))


def _told(schema: Draft7Validator, document: Any) -> Iterator[str]:
    for error in schema.iter_errors(document):
        yield f"{'/'.join(map(str, error.path))}: {error.message[:200]}"


def _newer(document: Any) -> dict[str, Any]:
    """Write a Swagger 2 document as the newer OpenAPI, as far as we look at it."""
    plain = json.loads(json.dumps(document).replace('"#/definitions/', '"#/components/schemas/'))
    for entry in plain["paths"].values():
        shared = entry.pop("parameters", [])
        for operation in entry.values():
            if isinstance(operation, dict) and "operationId" in operation:
                _renew(operation, shared, plain.get("parameters", {}))
    return {"paths": plain["paths"], "components": {"schemas": plain["definitions"]}}


def _renew(operation: dict[str, Any], shared: list[Any], named: dict[str, Any]) -> None:
    parameters: list[dict[str, Any]] = []
    for given in [*shared, *operation.get("parameters", [])]:
        each = named[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        if each["in"] == "body":
            content = {"application/json": {"schema": each["schema"]}}
            operation["requestBody"] = {"required": each.get("required", False), "content": content}
        else:
            outer = ("name", "in", "required", "description", "collectionFormat")
            schema = {key: value for key, value in each.items() if key not in outer}
            parameters.append({**each, "schema": schema})
    operation["parameters"] = parameters
    for response in operation["responses"].values():
        if "schema" in response:
            response["content"] = {"application/json": {"schema": response["schema"]}}
