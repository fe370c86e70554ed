"""Lists: filters, order, pages, and the fields that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.woocommerce.dates import BadDate, bound
from sandbox.woocommerce.refusal import bad_parameter

_MOST = 100
Body = dict[str, Any]
Listed = tuple[int, datetime, Callable[[], Body]]  # id, time of change, how it is written


@dataclass(frozen=True)
class Query:
    """The parameters of one request for a list."""

    given: Mapping[str, str]
    offset: timedelta  # of the store's time zone

    def number(self, name: str, default: int) -> int:
        text = self.given.get(name, str(default))
        if not text.lstrip("-").isdecimal():
            raise bad_parameter(name, f"{name} is not of type integer.")
        return int(text)

    def ids(self, name: str) -> set[int] | None:
        """Read a list of ids, None where none is given."""
        indexed = [value for key, value in self.given.items() if key.startswith(f"{name}[")]
        texts = indexed or [each for each in self.given.get(name, "").split(",") if each]
        if not texts:
            return None
        if not all(each.isdecimal() for each in texts):
            raise bad_parameter(f"{name}[0]", f"{name}[0] is not of type integer.")
        return {int(each) for each in texts}

    def choice(self, name: str, default: str, *known: str) -> str:
        value = self.given.get(name, default)
        if value not in known:
            words = f"{name} is not one of {', '.join(known)}."
            raise bad_parameter(name, words, "rest_not_in_enum")
        return value

    def moment(self, name: str) -> datetime | None:
        text = self.given.get(name)
        if text is None:
            return None
        are_gmt = self.given.get("dates_are_gmt", "").lower() in ("true", "1")
        try:
            return bound(text, self.offset, dates_are_gmt=are_gmt)
        except BadDate:
            raise bad_parameter(name, "Invalid date.", "rest_invalid_date") from None

    def within(self, modified: datetime) -> bool:
        """Say whether a time of change lies between the bounds, neither of which is in."""
        after, before = self.moment("modified_after"), self.moment("modified_before")
        return (after is None or modified > after) and (before is None or modified < before)


def page(query: Query, rows: Iterable[Listed], *, totals: bool = True) -> Response:
    """Answer one page of rows."""
    size, number = query.number("per_page", 10), query.number("page", 1)
    if not 1 <= size <= _MOST:
        words = "per_page must be between 1 (inclusive) and 100 (inclusive)"
        raise bad_parameter("per_page", words, "rest_out_of_bounds")
    if number < 1:
        raise bad_parameter("page", "page must be greater than or equal to 1", "rest_out_of_bounds")
    order_by = query.choice("orderby", "date", "date", "id", "include", "title", "slug", "modified")
    descending = query.choice("order", "desc", "asc", "desc") == "desc"
    keys: dict[str, Callable[[Listed], Any]] = {"modified": lambda row: (row[1], row[0])}
    key = keys.get(order_by, lambda row: row[0])
    found = sorted(rows, key=key, reverse=descending)
    bodies = [make() for _, _, make in found[(number - 1) * size : number * size]]
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(-(-len(found) // size))}
    return JSONResponse(
        [only(body, query.given.get("_fields")) for body in bodies],
        headers=headers if totals else {},
    )


def only(body: Body, fields: str | None) -> Body:
    """Keep the fields that are asked for, `outer.inner` included."""
    if not fields:
        return body
    kept: Body = {}
    for path in fields.split(","):
        _keep(body, kept, path.strip().split("."))
    return kept


def _keep(body: Body, kept: Body, path: Sequence[str]) -> None:
    first, rest = path[0], path[1:]
    if first not in body:
        return
    if not rest or not isinstance(body[first], dict):
        kept[first] = body[first]
        return
    _keep(body[first], kept.setdefault(first, {}), rest)
