"""Reading purchase orders: every change since a moment, or some by their ids.

Walmart sorts them in no promised way and tells no time of change, so only a whole window
moves the cursor: to the time on Walmart's clock at which its reading began. Nothing is
ever acknowledged: that is for whoever sends the parcels.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.errors import Refused, Unavailable
from connectors.http import Row
from connectors.pace import abreast
from connectors.protocol import OrderPage, RemoteOrder
from connectors.walmart.calls import ALL_ORDERS, ONE_ORDER
from connectors.walmart.client import Answer, MarketClient
from connectors.walmart.errors import NotFound, problems_in
from connectors.walmart.order_rows import read_order
from connectors.walmart.places import Places

logger = logging.getLogger(__name__)

# Walmart: at most 200 orders a page, 10,000 in one search, 180 days back
_PAGE = 200
_MOST = 10_000
HISTORY = timedelta(days=180)
# How far each reading goes back before the last one: beyond what a row is late.
_OVERLAP = timedelta(minutes=10)
# Windows are not cut smaller than this: Walmart takes whole seconds.
_SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Window:
    """Changes from `start` on, up to `end`, or up to now where that is None."""

    start: datetime
    end: datetime | None


class OrderReader:
    """Reads orders of one account; `lag` is how late a change may become listable."""

    def __init__(self, client: MarketClient, places: Places, lag: timedelta) -> None:
        self._client = client
        self._places = places
        self._overlap = max(_OVERLAP, lag)

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, oldest windows first; always at least one page."""
        if isinstance(since, str):
            covered = datetime.fromisoformat(json.loads(since)["read_to"])
            start = covered - self._overlap
        else:
            covered = start = since.astimezone(UTC)
        place = await self._places.only()
        waiting = [_Window(start, None)]
        while waiting:
            window = waiting.pop()
            first = await self._first(window)
            begun = self._client.time.now() if first is None else first.at
            if first is not None and _total(first) > _MOST:
                waiting += reversed(_halves(window, begun))
                continue
            rows: list[Row] = []
            async for page in self._pages(window, first):
                if rows:
                    yield OrderPage(_orders(rows, place), _cursor(covered))
                rows = page
            covered = max(covered, begun if window.end is None else min(window.end, begun))
            yield OrderPage(_orders(rows, place), _cursor(covered))

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id; the ones that Walmart does not have are left out."""
        place = await self._places.only()
        wanted = [each for each in dict.fromkeys(ids) if each.isascii() and each.isalnum()]
        found: dict[str, RemoteOrder] = {}

        async def one(number: str) -> None:
            path = ONE_ORDER.path(order=number)
            try:
                answer = await self._client.read(ONE_ORDER, {"replacementInfo": "true"}, path=path)
            except NotFound:
                return
            order = read_order(answer.row().row("order"), place)
            if order is not None:
                found[number] = order

        await abreast(wanted, one)
        return [found[each] for each in wanted if each in found]

    async def _first(self, window: _Window) -> Answer | None:
        query: dict[str, str | int] = {
            # Walmart looks back 7 days only where this is missing, whatever else is asked.
            "createdStartDate": _time(self._client.time.now() - HISTORY + timedelta(minutes=1)),
            "lastModifiedStartDate": _time(window.start),
            "limit": _PAGE,
            "replacementInfo": "true",  # without it they are not listed at all
            "shipNodeType": "SellerFulfilled",
        }
        if window.end is not None:
            # Whole seconds are cut off; and whether the end itself is meant is not said.
            query["lastModifiedEndDate"] = _time(window.end + timedelta(seconds=1))
        try:
            return await self._client.read(ALL_ORDERS, query)
        except NotFound:
            return None  # nothing changed

    async def _pages(self, window: _Window, first: Answer | None) -> AsyncIterator[list[Row]]:
        """Read a window; once more where rows slipped over a page's edge meanwhile.

        Raises Unavailable where neither reading lists all that Walmart counts.
        """
        if first is None:
            return
        seen: set[str] = set()
        async for rows in self._pages_once(first):
            seen |= _numbers(rows)
            yield rows
        if len(seen) >= _total(first):
            return
        logger.warning("Walmart listed fewer orders than it counted; reading them again.")
        again = await self._first(window)
        async for rows in self._pages_once(again):
            seen |= _numbers(rows)
            yield rows
        if again is None or len(seen) < _total(again):
            raise Unavailable("Walmart lists fewer orders than it counts.")

    async def _pages_once(self, first: Answer | None) -> AsyncIterator[list[Row]]:
        answer = first
        while answer is not None:
            yield _rows(answer)
            tail = _more(answer)
            answer = await self._next(tail) if tail else None

    async def _next(self, tail: str) -> Answer:
        try:
            return await self._client.read(ALL_ORDERS, tail=tail)
        except NotFound as gone:
            # Only a search as a whole can be empty: there is more, or this was not asked for.
            words = "Walmart lost the place in its list of orders."
            raise Unavailable(words, said=gone.said) from None


def _halves(window: _Window, now: datetime) -> list[_Window]:
    """Cut a window that holds too many orders in two."""
    end = now if window.end is None else window.end
    if end - window.start < _SHORTEST:
        raise Refused(f"Walmart lists no more than {_MOST:,} orders that changed at one moment.")
    middle = (window.start + (end - window.start) / 2).replace(microsecond=0)
    return [_Window(window.start, middle), _Window(middle, window.end)]


def _list(answer: Answer) -> Row:
    """Read an answer's list; Unavailable where Walmart says beside it what went wrong."""
    found = answer.row().row("list")
    if found.raw("errors"):
        said = next((each.words for each in problems_in(found.raw("errors"))), None)
        raise Unavailable("Walmart could not list all orders.", said=said)
    return found


def _total(answer: Answer) -> int:
    meta = _list(answer).row("meta")
    return meta.whole("totalCount") if "totalCount" in meta else 0


def _more(answer: Answer) -> str | None:
    """Say how to ask for the next page: a whole query, to be used as it is."""
    meta = _list(answer).row("meta")
    cursor = meta.text("nextCursor") if "nextCursor" in meta else ""
    return f"?{cursor.removeprefix('?')}" if cursor else None


def _rows(answer: Answer) -> list[Row]:
    elements = _list(answer).row("elements")
    return elements.rows("order") if "order" in elements else []


def _numbers(rows: Sequence[Row]) -> set[str]:
    return {row.text("purchaseOrderId") for row in rows}


def _orders(rows: Sequence[Row], place: str | None) -> tuple[RemoteOrder, ...]:
    made = [read_order(row, place) for row in rows]
    return tuple(order for order in made if order is not None)


def _cursor(covered: datetime) -> str:
    return json.dumps({"read_to": covered.isoformat()})


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
