"""Shopify's search filters, as far as this shop knows them.

They fail open: a filter that is not understood is ignored, and only a warning
beside the data tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_TERM = re.compile(r"(?P<field>\w+):(?P<sign>>=|<=|>|<)?(?P<value>'[^']*'|\S+)")
_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": lambda stamp, limit: stamp >= limit,
    "<=": lambda stamp, limit: stamp <= limit,
    ">": lambda stamp, limit: stamp > limit,
    "<": lambda stamp, limit: stamp < limit,
}


@dataclass(frozen=True)
class Search:
    """The conditions on `updated_at` that were understood, and the warnings."""

    query: str
    conditions: tuple[tuple[str, datetime], ...]
    warnings: tuple[dict[str, str], ...]

    def matches(self, stamp: datetime) -> bool:
        return all(_COMPARE[sign](stamp, limit) for sign, limit in self.conditions)

    def report(self, path: str) -> dict[str, Any]:
        return {"path": [path], "query": self.query, "warnings": list(self.warnings)}


def parse(query: str | None) -> Search:
    """Read a filter; what is not understood ends as a warning."""
    conditions: list[tuple[str, datetime]] = []
    warnings: list[dict[str, str]] = []
    for term in _TERM.finditer(query or ""):
        field, sign, value = term["field"], term["sign"], term["value"]
        if field != "updated_at":
            warnings.append(_warning(field, "invalid_field", "This field cannot be searched."))
            continue
        moment = _moment(value)
        if moment is None or sign is None:
            warnings.append(_warning(field, "invalid_value", "This is not a quoted time."))
            continue
        conditions.append((sign, moment))
    return Search(query or "", tuple(conditions), tuple(warnings))


def _moment(value: str) -> datetime | None:
    """Read a time; without its quotes the colons end it early."""
    if not value.startswith("'"):
        return None
    try:
        moment = datetime.fromisoformat(value.strip("'"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _warning(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}
