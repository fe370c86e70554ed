"""Reading orders: every change since a moment, or some by their ids."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder
from connectors.shopify.assigned import Assigned, read_assigned
from connectors.shopify.batches import Batches
from connectors.shopify.client import Answer, GraphClient, next_cursor
from connectors.shopify.document import PAGE, PASS
from connectors.shopify.errors import TooExpensive
from connectors.shopify.listings import search_time
from connectors.shopify.moves import Moves
from connectors.shopify.order_documents import ORDERS, ORDERS_BY_ID
from connectors.shopify.order_rows import read_order
from connectors.shopify.surroundings import Surroundings

# Shopify: the index of orders lags by 2 to 5 minutes at worst. Where nothing newer comes, rows
# that are three times as late are still met, and a burst is read again no longer than that.
LATEST_ROW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far orders are read; nothing in it expires.

    updated_at  orders are read up to here, but for changes that became listable too late
    moved_at    the same of fulfilment orders
    several     whether lines were read with their places
    """

    updated_at: datetime
    moved_at: datetime
    several: bool

    @classmethod
    def read(cls, text: str) -> _Cursor:
        given = json.loads(text)
        return cls(
            updated_at=datetime.fromisoformat(given["updated_at"]),
            moved_at=datetime.fromisoformat(given.get("moved_at", given["updated_at"])),
            several=given.get("several", True),
        )

    def __str__(self) -> str:
        return json.dumps(asdict(self), default=datetime.isoformat)


class OrderReader:
    """Reads orders of one shop; `overlap` is how late a change may become listable."""

    def __init__(self, client: GraphClient, overlap: timedelta) -> None:
        self._client = client
        self._overlap = overlap
        self._shop = Surroundings(client)
        self._batches = Batches()
        self._page = PAGE

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, oldest change first; always at least one page.

        Reading goes on `overlap` before a cursor, for rows become listable late. Lines,
        refunds and places beyond the first page are read a moment later than their
        order: should it change in between, it is listed again with that change.

        While reading, the cursor follows the newest change. A complete reading takes it on
        to LATEST_ROW before its own beginning: what was listable then was met, and a burst
        of orders is not read again until newer ones come.
        """
        if isinstance(since, str):
            known = _Cursor.read(since)
            self._shop.suppose(several=known.several)
            newest, start = known.updated_at, known.updated_at - self._overlap
            moves = Moves(known.moved_at - self._overlap)
        else:
            known, newest, start = None, since, since
            moves = Moves(None)  # what moves from now on is for the next reading to see
        begun: datetime | None = None
        surely = start
        seen: set[str] = set()
        async for answer in self._pages(start, moves):
            page = answer.data.row("orders")
            if begun is None:
                begun = answer.asked
                # Not beyond our own time: one answer with a wrong clock must not skip orders.
                surely = min(begun, answer.asked_us) - LATEST_ROW
            newest = max([newest, *_stamps(page)])
            # A page is passed while rows with stamps of these minutes are not listable yet.
            read_to = min(newest, begun)
            moved_at = known.moved_at if known else begun
            here = _Cursor(read_to, moved_at, self._shop.several)
            orders = await self._orders(page.rows("nodes"), answer.at, seen)
            if next_cursor(page) is not None:
                yield OrderPage(orders, str(here))
                continue
            missed = await self._missed(moves, seen)
            # What moves while we read is in the next reading: it begins where this one did.
            done = replace(here, updated_at=max(read_to, surely), moved_at=begun)
            yield OrderPage(orders, str(here if missed else done))
            for first in range(0, len(missed), PAGE):
                found = await self.by_id(missed[first : first + PAGE])
                last = first + PAGE >= len(missed)
                yield OrderPage(tuple(found), str(done if last else here))

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id; the ones that Shopify does not know are left out."""
        found: list[RemoteOrder] = []
        async for answer in self._batches.each(ids, self._ask):
            # An unknown id is null; an id of something else has no fields of ours.
            rows = [row for row in answer.data.maybe_rows("nodes") if row and "id" in row]
            found += await self._made(rows, await self._assigned(rows))
        return found

    async def _ask(self, ids: Sequence[str]) -> Answer:
        return await self._shop.read(ORDERS_BY_ID, {"ids": ids})

    async def _pages(self, start: datetime, moves: Moves) -> AsyncIterator[Answer]:
        """Read the pages of changed orders, and beside them what moved."""
        rows, after = 0, None
        while True:
            query = f"updated_at:>='{search_time(start)}'"
            variables = {"first": self._page, "after": after, "query": query, **moves.variables()}
            try:
                answer = await self._shop.read(ORDERS, variables, moves=moves.wanted)
            except TooExpensive:
                if self._page == 1:
                    raise
                self._page //= 2
                continue
            if "fulfillmentOrders" in answer.data:
                moves.take(answer.data.row("fulfillmentOrders"))
            yield answer
            page = answer.data.row("orders")
            after = next_cursor(page)
            if after is None:
                return
            stamps = _stamps(page)
            rows += len(stamps)
            if rows >= PASS:
                rows, after, start = 0, None, stamps[-1]

    async def _orders(
        self, rows: Sequence[Row], at: datetime, seen: set[str]
    ) -> tuple[RemoteOrder, ...]:
        """Make a page of orders, noting which fulfilment orders were read with them."""
        assigned = await self._assigned(rows)
        for each in assigned.values():
            seen.update(each.stamps)
        listed = [row for row in rows if not self._is_unrouted(row, assigned, at)]
        return tuple(await self._made(listed, assigned))

    async def _made(
        self, rows: Sequence[Row], assigned: Mapping[str, Assigned]
    ) -> list[RemoteOrder]:
        real = [row for row in rows if not row.flag("test")]
        if self._shop.several:  # without those that were deleted while their places were read
            real = [row for row in real if row.text("id") in assigned]
        return [
            await read_order(self._client, row, self._shop, assigned.get(row.text("id")))
            for row in real
        ]

    async def _assigned(self, rows: Sequence[Row]) -> dict[str, Assigned]:
        return await read_assigned(self._client, rows) if self._shop.several else {}

    def _is_unrouted(self, row: Row, assigned: Mapping[str, Assigned], at: datetime) -> bool:
        """Say whether Shopify has yet to choose the places of a new order.

        It does so in the background; until then the order counts as not listable.
        It is found again: the overlap reaches back as long as it is left out.
        """
        own = assigned.get(row.text("id"))
        is_new = row.moment("createdAt") > at - self._overlap
        return own is not None and not own.stamps and is_new

    async def _missed(self, moves: Moves, seen: set[str]) -> list[str]:
        if not self._shop.several:
            return []
        await moves.finish(self._client)
        return moves.missed(seen)


def _stamps(page: Row) -> list[datetime]:
    return [order.moment("updatedAt") for order in page.rows("nodes")]
