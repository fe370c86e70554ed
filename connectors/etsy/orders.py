"""Reading receipts: every change since a moment, twice a round, or some by their numbers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from connectors.errors import Unavailable
from connectors.etsy.allowance import Use
from connectors.etsy.client import Answer, EtsyClient, Query
from connectors.etsy.errors import NotFound
from connectors.etsy.marks import Carried, Marks
from connectors.etsy.order_rows import Doubts, moment, read_order
from connectors.etsy.scopes import ORDERS
from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder

_PAGE = 100  # Etsy: at most so many a page
# How far each reading goes back before the last one: as far as a row may be late.
_OVERLAP = timedelta(minutes=2)
# Etsy: no time is older than this.
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
# How often the receipts of one second are read anew because they changed meanwhile.
_ROUNDS = 5
_ONE_SECOND = timedelta(seconds=1)
# Cancelled receipts were missing from the list for years; now they can be asked for by name.
_Which = Literal["all", "cancelled"]
_PASSES: tuple[_Which, ...] = ("all", "cancelled")


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The newest change that each of the two readings met; nothing in it expires."""

    all: datetime
    cancelled: datetime

    @classmethod
    def read(cls, text: str) -> _Cursor:
        given = json.loads(text)
        return cls(*(datetime.fromisoformat(given[which]) for which in _PASSES))

    def __str__(self) -> str:
        return json.dumps({which: self.of(which).isoformat() for which in _PASSES})

    def of(self, which: _Which) -> datetime:
        return self.all if which == "all" else self.cancelled

    def moved(self, which: _Which, to: datetime) -> _Cursor:
        if which == "all":
            return replace(self, all=max(self.all, to))
        return replace(self, cancelled=max(self.cancelled, to))


class OrderReader:
    """Reads receipts of one shop; `lag` is how late a change may become listable."""

    def __init__(self, client: EtsyClient, shop: int, marks: Marks, lag: timedelta) -> None:
        self._client = client
        self._shop = shop
        self._marks = marks
        self._overlap = max(_OVERLAP, lag)

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every receipt changed since, oldest change first; always at least one page.

        The cursor goes no further than the moment at which the reading began: a page was
        passed while rows with stamps before that were not listable yet.
        """
        if isinstance(since, str):
            cursor, overlap = _Cursor.read(since), self._overlap
        else:
            cursor, overlap = _Cursor(since.astimezone(UTC), since.astimezone(UTC)), timedelta()
        begun = self._client.time.now()
        carried = await self._marks.carried()
        for which in _PASSES:
            # A start in the future, by a clock of ours that is ahead, would find nothing.
            start = min(max(cursor.of(which) - overlap, _OLDEST), begun - self._overlap)
            async for rows in self._changes(which, start):
                newest = max((_changed(row) for row in rows), default=cursor.of(which))
                cursor = cursor.moved(which, min(newest, begun))
                doubts = await self._doubts()  # of now: what is being sent had to be marked first
                yield OrderPage(tuple(read_order(row, doubts) for row in rows), str(cursor))
        for window in carried:
            if window.end + self._overlap < begun:
                await self._marks.drop(window)

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read receipts live, by number; the ones that Etsy does not have are left out."""
        doubts = await self._doubts()
        found: list[RemoteOrder] = []
        for number in dict.fromkeys(ids):
            if not number.isascii() or not number.isdecimal():
                continue
            path = f"/shops/{self._shop}/receipts/{number}"
            try:
                answer = await self._client.read(path, ORDERS, Use.ORDERS)
            except NotFound:
                continue
            found.append(read_order(answer.row(), doubts))
        return found

    async def _doubts(self) -> Doubts:
        by_listing: dict[int, list[Carried]] = {}
        for window in await self._marks.carried():
            by_listing.setdefault(window.listing, []).append(window)
        return Doubts(await self._marks.repeated(), by_listing)

    async def _changes(self, which: _Which, start: datetime) -> AsyncIterator[list[Row]]:
        """Read the rows changed at or after a moment, page after page, none left out.

        Each page begins with the last stamp of the one before, so rows that move on meanwhile
        pull nothing over an edge: they are met again at the end. Where a page holds but one
        stamp, that second is read whole.
        """
        while True:
            answer = await self._page(which, start)
            rows = _rows(answer)
            if len(rows) < _PAGE or _count(answer) <= _PAGE:
                yield rows
                return
            start = _changed(rows[-1])
            if _changed(rows[0]) < start:
                yield rows
                continue
            pages = await self._second(which, start, answer)
            for page in pages:
                yield page
            if sum(map(len, pages)) == _count(answer):
                return
            start += _ONE_SECOND

    async def _second(self, which: _Which, stamp: datetime, first: Answer) -> list[list[Row]]:
        """Read all rows of one second, which thousands may share.

        A row that moves on meanwhile pulls another over the edge of a page. There are fewer
        then, and all are read anew; so they are where more follow than those of `first`, which
        was asked without an end.
        """
        pages, counts = [_rows(first)], {_count(first)}
        for _ in range(_ROUNDS):
            while True:
                offset = sum(map(len, pages))
                answer = await self._page(which, stamp, offset=offset, until=stamp)
                counts.add(_count(answer))
                pages.append(_rows(answer))
                if len(counts) > 1 or offset + len(pages[-1]) >= _count(answer):
                    break
            if len(counts) == 1:
                return pages
            pages, counts = [], set()
        raise Unavailable("The shop's orders change faster than they can be read.")

    async def _page(
        self, which: _Which, start: datetime, *, offset: int = 0, until: datetime | None = None
    ) -> Answer:
        query: dict[str, str | int] = {
            "min_last_modified": int(start.timestamp()),
            "sort_on": "updated",
            "sort_order": "asc",
            "limit": _PAGE,
            "offset": offset,
        }
        if until is not None:
            query["max_last_modified"] = int(until.timestamp())
        if which == "cancelled":
            query["was_canceled"] = "true"
        return await self._read(query)

    async def _read(self, query: Query) -> Answer:
        return await self._client.read(f"/shops/{self._shop}/receipts", ORDERS, Use.ORDERS, query)


def _rows(answer: Answer) -> list[Row]:
    return answer.row().rows("results")


def _count(answer: Answer) -> int:
    return answer.row().whole("count")


def _changed(row: Row) -> datetime:
    return moment(row, "updated_timestamp")
