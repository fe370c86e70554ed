"""The result of a bulk query as lines of JSON, children named by their parent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_Row = tuple[int, dict[str, Any]]


def lines(data: Mapping[str, Any], *, grouped: bool) -> list[bytes]:
    """Write every object of every connection as a line of its own.

    Grouped, children stand right below their parent; else they may stand anywhere.
    """
    rows = [row for connection in data.values() for row in _objects(connection, None, 0)]
    if not grouped:
        rows.sort(key=lambda row: row[0])
    return [json.dumps(row, ensure_ascii=False).encode() + b"\n" for _, row in rows]


def roots(data: Mapping[str, Any]) -> int:
    return sum(len(connection["edges"]) for connection in data.values())


def _objects(connection: Mapping[str, Any], parent: str | None, depth: int) -> Iterator[_Row]:
    for edge in connection["edges"]:
        below: list[Mapping[str, Any]] = []
        row = _without_connections(edge["node"], below)
        if parent is not None:
            row["__parentId"] = parent
        yield depth, row
        for each in below:
            yield from _objects(each, row["id"], depth + 1)


def _without_connections(node: Mapping[str, Any], below: list[Mapping[str, Any]]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, Mapping):
            if "edges" in value:
                below.append(value)
                continue
            kept[key] = _without_connections(value, below)
        else:
            kept[key] = value
    return kept
