"""Requests and answers held against an OpenAPI 3.1 description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation; `description` is its part of the document."""

    id: str
    path: str
    method: str
    description: Mapping[str, Any]
    values: Mapping[str, str]  # of the path's parameters


class Description:
    """An OpenAPI document, and what it says about single exchanges."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    @cached_property
    def _components(self) -> Any:
        return _nullable(self.document.get("components", {}))

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], str, Mapping[str, Any]]]:
        """All paths, those with fewer parameters first: `/a/b` before `/a/{id}`."""
        found = [
            (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), path, entry)
            for path, entry in self.document["paths"].items()
        ]
        return sorted(found, key=lambda each: each[1].count("{"))

    def operation(self, method: str, path: str) -> Operation | None:
        """Find the operation of a request, None where there is none."""
        for pattern, template, entry in self._paths:
            found = pattern.fullmatch(path)
            description = entry.get(method.lower())
            if found and description:
                name = description["operationId"]
                return Operation(name, template, method, description, found.groupdict())
        return None

    def operations(self) -> set[str]:
        return {
            entry[method]["operationId"]
            for entry in self.document["paths"].values()
            for method in _METHODS
            if method in entry
        }

    def request_problems(
        self, operation: Operation, query: Iterable[tuple[str, str]], body: Any
    ) -> list[str]:
        """What is wrong with a request: unknown or bad parameters, a bad body; no headers."""
        problems: list[str] = []
        parameters = [self.resolved(each) for each in operation.description["parameters"]]
        known = {(each["in"], each["name"]): each for each in parameters}
        given = [("path", *pair) for pair in operation.values.items()]
        given += [("query", *pair) for pair in query]
        for place, name, text in given:
            parameter = known.get((place, name))
            if parameter is None:
                problems.append(f"{operation.id}: unknown {place} parameter {name}")
                continue
            value = _parsed(text, parameter["schema"])
            problems += [f"{name}: {each}" for each in self.problems(value, parameter["schema"])]
        named = {(place, name) for place, name, _ in given}
        problems += [
            f"{operation.id}: {name} is missing"
            for (place, name), each in known.items()
            if each.get("required") and place != "header" and (place, name) not in named
        ]
        return problems + self._body_problems(operation, body)

    def _body_problems(self, operation: Operation, body: Any) -> list[str]:
        wanted = operation.description.get("requestBody")
        if wanted is None or body is None:
            required = wanted is not None and wanted.get("required", False)
            return [f"{operation.id}: body"] if (body is not None) != required else []
        schema = wanted["content"]["application/json"]["schema"]
        return [*self.problems(body, schema), *self.unknown_fields(body, schema)]

    def answer_problems(
        self, operation: Operation, status: int, body: Any, *, whole: bool = True
    ) -> list[str]:
        """What is wrong with an answer; not `whole` where only some fields were asked for."""
        answers = operation.description["responses"]
        answer = answers.get(str(status)) or (None if status < 300 else answers.get("default"))
        if answer is None:
            return [f"{operation.id}: {status} is not described"]
        schema = self.resolved(answer)["content"]["application/json"]["schema"]
        return self.problems(body, schema if whole else _without_required(schema))

    def problems(self, value: Any, schema: Any) -> list[str]:
        """What is wrong with a value."""
        rooted = {**_nullable(schema), "components": self._components}
        return [
            f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
            for error in Draft202012Validator(rooted).iter_errors(value)
        ]

    def unknown_fields(self, value: Any, schema: Any, where: str = "") -> list[str]:
        """Find fields of a body that are not described: a typing error would stand there."""
        schema = self.resolved(schema)
        if isinstance(value, list):
            items = schema.get("items", {})
            return [each for item in value for each in self.unknown_fields(item, items, where)]
        if not isinstance(value, dict) or "properties" not in schema:
            return []
        found: list[str] = []
        for key, inner in value.items():
            if key == "id":  # WooCommerce describes a batch's entries without the id they need
                continue
            if key not in schema["properties"]:
                found.append(f"{where}/{key} is not described")
            else:
                found += self.unknown_fields(inner, schema["properties"][key], f"{where}/{key}")
        return found

    def resolved(self, schema: Any) -> Any:
        """Follow references to what they name."""
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _parsed(text: str, schema: Mapping[str, Any]) -> Any:
    """Read a parameter's text as its schema wants it, as text where it is not that."""
    kind = schema.get("type")
    if kind == "array":
        return [_parsed(each, schema.get("items", {})) for each in text.split(",")]
    if kind in ("integer", "number", "boolean"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _without_required(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_required(each) for key, each in schema.items() if key != "required"}
    return schema


def _nullable(schema: Any) -> Any:
    """Turn OpenAPI 3.0's `nullable` into a type."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _nullable(each) for key, each in schema.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
