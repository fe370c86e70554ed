"""Reading orders: every change since a moment, or some by their ids."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder
from connectors.woocommerce.answers import gmt, stamp
from connectors.woocommerce.client import PAGE, Parameters, Rows, StoreClient
from connectors.woocommerce.order_rows import FIELDS, read_order
from connectors.woocommerce.refs import chunks, listed
from connectors.woocommerce.states import States
from connectors.woocommerce.trash import Trash

_ONE_SECOND = timedelta(seconds=1)
# Stock, refunds and notes are saved a moment after the order that they belong to.
_LEAST_OVERLAP = timedelta(minutes=2)
# How often the orders of one second are read anew because they changed meanwhile.
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far orders are read; nothing in it expires.

    updated_at  newest change of an order
    trash       what the trash looked like
    """

    updated_at: datetime
    trash: str = ""

    @classmethod
    def read(cls, text: str) -> _Cursor:
        given = json.loads(text)
        return cls(datetime.fromisoformat(given["updated_at"]), given.get("trash", ""))

    def __str__(self) -> str:
        return json.dumps({"updated_at": self.updated_at.isoformat(), "trash": self.trash})


class OrderReader:
    """Reads orders of one store; `overlap` is how late a change may become listable."""

    def __init__(
        self, client: StoreClient, states: States, *, overlap: timedelta, history: timedelta
    ) -> None:
        self._client = client
        self._states = states
        self._overlap = max(overlap, _LEAST_OVERLAP)
        self._history = history

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, oldest change first; always at least one page.

        The trash is looked into at the end, for what is thrown there leaves the list. The
        cursor goes no further than the moment at which the reading began: a page was passed
        while rows with stamps before that were not listable yet.
        """
        if isinstance(since, str):
            cursor = _Cursor.read(since)
            start = cursor.updated_at - self._overlap
        else:
            cursor, start = _Cursor(since), since
        begun: datetime | None = None
        async for rows, at in self._changes(start):
            begun = begun or at
            newest = max((_modified(row) for row in rows), default=cursor.updated_at)
            cursor = replace(cursor, updated_at=max(cursor.updated_at, min(newest, begun)))
            yield OrderPage(await self._made(rows), str(cursor))
        trash = await Trash.open(self._client)
        if trash.mark == cursor.trash:
            return
        thrown = [row async for page in trash.pages(self._history) for row in page]
        yield OrderPage(await self._made(thrown), str(replace(cursor, trash=trash.mark)))

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id, the trash included; deleted ones are left out."""
        wanted = [int(each) for each in dict.fromkeys(ids) if each.isdecimal()]
        found: dict[str, RemoteOrder] = {}
        for status in ("any", "trash"):
            missing = [each for each in wanted if str(each) not in found]
            for chunk in chunks(missing, PAGE):
                parameters = {
                    "include": listed(chunk),
                    "status": status,
                    "per_page": PAGE,
                    "_fields": FIELDS,
                }
                page = await self._client.get_rows("/orders", parameters)
                found.update({order.id: order for order in await self._made(page.rows)})
        return [found[str(each)] for each in wanted if str(each) in found]

    async def _changes(self, start: datetime) -> AsyncIterator[tuple[list[Row], datetime]]:
        """Read the rows changed at or after a moment, page after page, none left out.

        With each page comes the store's own time at which it was answered.

        Each page begins after the last stamp of the one before, so rows that move on
        meanwhile pull nothing over an edge: they are met again at the end. What could be
        lost are rows of the very second at an edge. Those are counted: between two pages
        as many rows must be left as were before. While pages follow, only rows from before
        this reading are counted, which can become fewer but not more; a count that is off
        has the second at the edge read whole.
        """
        after = start - _ONE_SECOND
        left: int | None = 0  # rows that an earlier page has promised
        begun: datetime | None = None
        while True:
            is_last = begun is None or left is None or left <= PAGE
            page = await self._page(after, None if is_last else begun)
            if begun is not None and _promised(page, begun, is_last=is_last) != left:
                yield await self._second(after), page.at
            yield page.rows, page.at
            if is_last and len(page.rows) < PAGE:
                return
            if page.rows:
                after = _modified(page.rows[-1])
            left = None if page.total is None else page.total - len(page.rows)
            if is_last:
                begun = page.at.replace(microsecond=0)
                if left == 0:
                    return

    async def _page(self, after: datetime, before: datetime | None) -> Rows:
        parameters: dict[str, str | int] = {"orderby": "modified", "page": 1}
        return await self._client.get_rows("/orders", _between(after, before, parameters))

    async def _second(self, moment: datetime) -> list[Row]:
        """Read all rows of one second, by id; a bulk act may stamp thousands alike."""
        for _ in range(_ROUNDS):
            found: list[Row] = []
            totals: set[int | None] = set()
            page: Rows | None = None
            number = 0
            while page is None or len(page.rows) == PAGE:
                number += 1
                parameters: dict[str, str | int] = {"orderby": "id", "page": number}
                window = _between(moment - _ONE_SECOND, moment + _ONE_SECOND, parameters)
                page = await self._client.get_rows("/orders", window)
                totals.add(page.total)
                found += page.rows
            if len(totals) == 1:
                return found
        raise Unavailable("The store's orders change faster than they can be read.")

    async def _made(self, rows: Iterable[Row]) -> tuple[RemoteOrder, ...]:
        made = [await read_order(self._client, row, self._states) for row in rows]
        return tuple(order for order in made if order is not None)


def _between(
    after: datetime, before: datetime | None, parameters: dict[str, str | int]
) -> Parameters:
    bounds = {"modified_after": stamp(after), "dates_are_gmt": "true"}
    if before is not None:
        bounds["modified_before"] = stamp(before)
    return {
        **bounds,
        "status": "any",
        "order": "asc",
        "per_page": PAGE,
        "_fields": FIELDS,
        **parameters,
    }


def _promised(page: Rows, begun: datetime, *, is_last: bool) -> int | None:
    """Count the rows that were there when the reading began; None where that is not told."""
    if page.total is None:
        return -1  # never what was promised
    if is_last:
        return sum(_modified(row) < begun for row in page.rows)
    return page.total


def _modified(row: Row) -> datetime:
    return gmt(row, "date_modified_gmt")
