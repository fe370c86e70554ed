"""Shopify's search filters, as far as this shop knows them.

They fail open: a filter that is not understood is ignored, and only a warning
beside the data tells.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_TERM = re.compile(r"(?P<field>\w+):(?P<sign>>=|<=|>|<)?(?P<value>'[^']*'|\S+)")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Search:
    """The conditions on `updated_at` and `id` that were understood, and the warnings."""

    query: str
    stamps: tuple[tuple[str, datetime], ...]
    ids: tuple[tuple[str, int], ...]
    warnings: tuple[dict[str, str], ...]

    def matches(self, stamp: datetime, number: int) -> bool:
        return all(_SIGNS[sign](stamp, limit) for sign, limit in self.stamps) and all(
            _SIGNS[sign](number, limit) for sign, limit in self.ids
        )

    def report(self, path: str) -> dict[str, Any]:
        return {"path": [path], "query": self.query, "warnings": list(self.warnings)}


def parse(query: str | None) -> Search:
    """Read a filter; what is not understood ends as a warning."""
    stamps: list[tuple[str, datetime]] = []
    ids: list[tuple[str, int]] = []
    warnings: list[dict[str, str]] = []
    for term in _TERM.finditer(query or ""):
        field, sign, value = term["field"], term["sign"], term["value"]
        moment = _moment(value)
        if field not in ("updated_at", "id"):
            words = "Invalid search field for this query."
            warnings.append({"field": field, "message": words, "code": "invalid_field"})
        elif field == "updated_at" and sign and moment:
            stamps.append((sign, moment))
        elif field == "id" and sign and value.isdecimal():
            ids.append((sign, int(value)))
        else:
            words = "Invalid value for this search field."
            warnings.append({"field": field, "message": words, "code": "invalid_value"})
    return Search(query or "", tuple(stamps), tuple(ids), tuple(warnings))


def _moment(value: str) -> datetime | None:
    """Read a time; without its quotes the colons end it early."""
    if not value.startswith("'"):
        return None
    try:
        moment = datetime.fromisoformat(value.strip("'"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
