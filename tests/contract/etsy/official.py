"""Checks against Etsy's own OpenAPI document.

Stricter than OpenAPI: a key that the document does not name is a problem, in what we send
and in what the local shop answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.connectors.etsy.world import Exchange
from tests.contract.openapi import Description, Operation

# The consent page and the token endpoint stand in the document as addresses only.
CONNECT, TOKEN = "/oauth/connect", "/v3/public/oauth/token"
# Answers that every call may get and the document does not list one by one: wrong keys, a
# missing scope, and throttling, of which it says nothing at all.
_ANYWHERE = frozenset({401, 403, 429})
# Reported by users with what a token is refused for; the document has `error` alone.
# The answer of tokenScopes is "a list of scopes" whose schema is an object without a field.
_UNDESCRIBED = ("/error_description is not described", "/scopes is not described")


@dataclass(frozen=True)
class Contract:
    """The operations of the document, and what else it says."""

    description: Description
    flow: dict[str, Any]  # of the consent

    @classmethod
    def load(cls, path: Path) -> Contract:
        document = json.loads(path.read_text(encoding="utf-8"))
        flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
        schemas = document["components"]["schemas"]
        plain: dict[str, Any] = _plain(document, schemas)
        for entry in plain["paths"].values():
            for operation in entry.values():
                if isinstance(operation, dict):
                    operation.setdefault("parameters", [])
        return cls(Description(plain), flow)

    def of(self, exchange: Exchange) -> Operation | None:
        """Find the operation of an exchange."""
        return self.description.operation(exchange.method, f"/v3/application{exchange.path}")

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what of a request is not what its operation takes."""
        if exchange.path in (CONNECT, TOKEN):
            return []
        operation = self.of(exchange)
        if operation is None:
            return [f"{exchange.name}: no such operation"]
        contents = operation.description.get("requestBody", {}).get("content", {})
        as_json = operation
        if contents and "application/json" not in contents:
            spec = {k: v for k, v in operation.description.items() if k != "requestBody"}
            as_json = replace(operation, description=spec)
        return [
            *self.description.request_problems(as_json, exchange.query.items(), exchange.body),
            *self._form_problems(operation, contents, exchange),
            *_access_problems(operation, exchange),
        ]

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """Say what of an answer is not what its operation promises."""
        if exchange.path in (CONNECT, TOKEN):
            return []
        operation = self.of(exchange)
        if operation is None:
            return [f"{exchange.name}: no such operation"]
        promised = operation.description["responses"].get(str(exchange.status))
        if promised is None:
            known = exchange.status in _ANYWHERE
            return [] if known else [f"{operation.id}: {exchange.status}"]
        content = promised["content"].get(exchange.kind.partition(";")[0])
        if content is None:
            return [f"{operation.id}: answers as {exchange.kind}"]
        schema, body = content["schema"], exchange.answer
        problems = [
            *self.description.problems(body, schema),
            *self.description.unknown_fields(body, schema),
        ]
        return [f"{operation.id}: {each}" for each in problems if each not in _UNDESCRIBED]

    def _form_problems(
        self, operation: Operation, contents: dict[str, Any], exchange: Exchange
    ) -> Iterator[str]:
        kind = exchange.headers.get("content-type", "").partition(";")[0]
        if not contents:
            return
        if kind not in contents:
            yield f"{operation.id}: is sent as {kind!r}"
        elif kind == "application/x-www-form-urlencoded":
            schema = contents[kind]["schema"]
            form = dict(parse_qsl(exchange.sent.decode()))
            yield from self.description.problems(form, schema)
            yield from self.description.unknown_fields(form, schema)


def _access_problems(operation: Operation, exchange: Exchange) -> Iterator[str]:
    """Say where a call lacks its keys, or has a token that it has no use for, or none."""
    if ":" not in exchange.headers.get("x-api-key", ""):
        yield f"{operation.id}: lacks its keys"
    needs = any("oauth2" in each for each in operation.description.get("security", []))
    if needs != exchange.headers.get("authorization", "").startswith("Bearer "):
        yield f"{operation.id}: {'lacks its' if needs else 'has no use for a'} token"


def _plain(node: Any, schemas: dict[str, Any]) -> Any:
    """Write a choice of one as that one; where it may be null, say so there."""
    if isinstance(node, list):
        return [_plain(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    choice = node.get("oneOf")
    if isinstance(choice, list) and len(choice) == 1:
        if node.get("nullable"):
            name = choice[0]["$ref"].rpartition("/")[2]
            return {**_plain(schemas[name], schemas), "nullable": True}
        return _plain(choice[0], schemas)
    return {key: _plain(each, schemas) for key, each in node.items()}
