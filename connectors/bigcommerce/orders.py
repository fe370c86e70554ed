"""Reading orders: every change since a moment, or some by their ids."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from connectors.bigcommerce.client import Query, RestClient
from connectors.bigcommerce.errors import NotFound
from connectors.bigcommerce.order_rows import moment, read_order
from connectors.bigcommerce.rules import RuleBook
from connectors.bigcommerce.scopes import ORDERS
from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder

_PATH = "/v2/orders"
# BigCommerce: at most 250 orders a page
LIMIT = 250
_LINES: Query = {"include": "consignments.line_items", "consignment_structure": "object"}
# How far each reading goes back before the last one: far beyond what a row is late.
_OVERLAP = timedelta(minutes=5)
# Stamps are whole seconds.
_STEP = timedelta(seconds=1)


class OrderReader:
    """Reads orders of one store; `lag` is how late a change may become listable."""

    def __init__(self, client: RestClient, rules: RuleBook, lag: timedelta) -> None:
        self._client = client
        self._rules = rules
        self._overlap = max(_OVERLAP, lag)

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, oldest change first; always at least one page.

        The cursor goes no further than the moment at which the reading began: a page was
        passed while rows with stamps before that were not listable yet.
        """
        if isinstance(since, str):
            newest = datetime.fromisoformat(json.loads(since)["updated_at"])
            start = newest - self._overlap
        else:
            newest = start = since.astimezone(UTC)
        await self._rules.of_store()  # before any order: what it did depends on them
        begun = self._client.time.now()
        async for rows, covered in self._pages(start):
            newest = max(newest, min(covered, begun))
            yield OrderPage(await self._orders(rows), json.dumps({"updated_at": str(newest)}))

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id; the ones that BigCommerce does not have are left out.

        Ids that lie close together are listed in one call. A list may leave out what is
        archived, so what it does not hold is asked for by itself.
        """
        numbers = sorted({int(each) for each in ids if each.isdecimal() and each.isascii()})
        found: dict[int, Row] = {}
        for first, last in _stretches(numbers):
            query = {"min_id": first, "max_id": last, "sort": "id:asc", "limit": LIMIT, **_LINES}
            answer = await self._client.read(_PATH, ORDERS, query)
            found |= {row.whole("id"): row for row in answer.rows()}
        singles = [number for number in numbers if number not in found]
        for number in singles:
            if (row := await self._one(number)) is not None:
                found[number] = row
        if any(number not in found for number in singles):
            # A store that is gone has no order either: asked for a list, it says so.
            await self._client.read(_PATH, ORDERS, {"limit": 1})
        return list(await self._orders([found[each] for each in numbers if each in found]))

    async def _one(self, number: int) -> Row | None:
        try:
            answer = await self._client.read(f"{_PATH}/{number}", ORDERS, _LINES)
        except NotFound:
            return None
        return answer.row()

    async def _pages(self, start: datetime) -> AsyncIterator[tuple[list[Row], datetime]]:
        """Read pages by time of change, each from where the last one ended.

        Numbered pages would shift: an order that changes meanwhile moves to the end, and
        another one slips onto a page already read. Beginning anew at the last stamp, and
        one second before it, nothing slips, equal stamps included. Answers each page with
        the time up to which nothing is missing.
        """
        while True:
            query = {"min_date_modified": _time(start), "sort": "date_modified:asc"}
            rows = await self._list(query)
            stamps = [moment(row, "date_modified") for row in rows]
            last = max(stamps, default=start)
            if len(rows) < LIMIT:
                yield rows, last
                return
            if last - _STEP > start:
                yield rows, last
                start = last - _STEP
                continue
            # More orders changed at once than a page holds: these are read by their ids.
            async for some in self._of_moment(start - _STEP, last + _STEP):
                yield some, start
            start = last + _STEP

    async def _of_moment(self, start: datetime, end: datetime) -> AsyncIterator[list[Row]]:
        beyond = 0
        while True:
            query: Query = {
                "min_date_modified": _time(start),
                "max_date_modified": _time(end),
                "sort": "id:asc",
                "min_id": beyond + 1,
            }
            rows = await self._list(query)
            yield rows
            if len(rows) < LIMIT:
                return
            last = max(row.whole("id") for row in rows)
            if last <= beyond:  # it would never end
                raise Unavailable("BigCommerce lists the same orders again.")
            beyond = last

    async def _list(self, query: Query) -> list[Row]:
        return (await self._client.read(_PATH, ORDERS, {**query, "limit": LIMIT, **_LINES})).rows()

    async def _orders(self, rows: Sequence[Row]) -> tuple[RemoteOrder, ...]:
        made = [await read_order(row, self._rules) for row in rows]
        return tuple(order for order in made if order is not None)


def _stretches(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Find the runs of several ids that one page can hold."""
    run: list[int] = []
    for number in numbers:
        if run and number - run[0] >= LIMIT:
            if len(run) > 1:
                yield run[0], run[-1]
            run = []
        run.append(number)
    if len(run) > 1:
        yield run[0], run[-1]


def _time(when: datetime) -> str:
    """Write a time as the V2 API itself writes it: RFC 2822 in UTC."""
    return format_datetime(when.astimezone(UTC))
