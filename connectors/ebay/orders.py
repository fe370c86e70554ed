"""Reading orders: every change since a moment, or some by their ids."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from connectors.ebay.client import EbayClient, Query
from connectors.ebay.errors import Invalid
from connectors.ebay.order_rows import read_order
from connectors.ebay.scopes import ORDERS
from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder

_PATH = "/sell/fulfillment/v1/order"
# eBay: at most 200 orders a page, and 50 by their ids
LIMIT, _IDS = 200, 50
# How far each reading goes back before the last one: far beyond what a row is late.
_OVERLAP = timedelta(minutes=5)
# eBay: no order older than two years is told; a day less, for years differ.
_OLDEST = timedelta(days=729)
_ID = re.compile(r"[\w!-]{1,64}", re.ASCII)


class OrderReader:
    """Reads orders of one account; `lag` is how late a change may become listable."""

    def __init__(self, client: EbayClient, lag: timedelta) -> None:
        self._client = client
        self._overlap = max(_OVERLAP, lag)

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, page by page; always at least one page.

        eBay does not say in which order it lists, so that an order changed meanwhile may stand
        anywhere, and one that moves pulls another over a page's edge. As long as fewer were
        met than eBay counts, and a reading brings some that were not met before, all pages
        are read again. The cursor stays where it was until the last page, and then goes no
        further than the moment at which the first reading began.
        """
        if isinstance(since, str):
            newest = datetime.fromisoformat(json.loads(since)["updated_at"])
            start = newest - self._overlap
        else:
            newest = start = since.astimezone(UTC)
        begun = self._client.time.now()
        # A start in the future, by a clock of ours that is ahead, eBay would refuse.
        start = min(max(start, begun - _OLDEST), begun - self._overlap)
        met: dict[str, datetime] = {}
        offset, known_before = 0, -1
        while True:
            rows, total = await self._page(start, offset)
            orders = sorted((read_order(row) for row in rows), key=lambda order: order.updated_at)
            met.update({order.id: order.updated_at for order in orders})
            offset += len(rows)
            through = not rows or offset >= total
            is_last = through and (len(met) >= total or len(met) == known_before)
            if is_last:
                newest = max(newest, min(max(met.values(), default=newest), begun))
            yield OrderPage(tuple(orders), json.dumps({"updated_at": newest.isoformat()}))
            if is_last:
                return
            if through:
                offset, known_before = 0, len(met)

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id; the ones that eBay does not have are left out."""
        wanted = [each for each in dict.fromkeys(ids) if _ID.fullmatch(each)]
        found: list[RemoteOrder] = []
        for first in range(0, len(wanted), _IDS):
            found += await self._some(wanted[first : first + _IDS])
        return found

    async def _some(self, ids: Sequence[str]) -> list[RemoteOrder]:
        try:
            answer = await self._client.read(_PATH, ORDERS, {"orderIds": ",".join(ids)})
        except Invalid:
            # One id that eBay does not know may spoil the call.
            if len(ids) == 1:
                return []
            middle = len(ids) // 2
            return [*await self._some(ids[:middle]), *await self._some(ids[middle:])]
        return [read_order(row) for row in answer.row().rows("orders")]

    async def _page(self, start: datetime, offset: int) -> tuple[list[Row], int]:
        query: Query = {
            # Alone: with a filter for the time of creation beside it, eBay drops this one.
            "filter": f"lastmodifieddate:[{_time(start)}..]",
            "limit": LIMIT,
            "offset": offset,  # orders, not pages
        }
        body = (await self._client.read(_PATH, ORDERS, query)).row()
        return body.rows("orders"), body.whole("total")


def _time(when: datetime) -> str:
    """Write a time as eBay itself writes it: UTC, milliseconds, Z."""
    moment = when.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
