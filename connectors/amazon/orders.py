"""Reading orders: every change since a moment, or some by their ids.

Amazon sorts them in no promised way, so only a whole window moves the cursor: to the time
up to which its answer says that it tells. A call comes back in three minutes only; where
the calls end in the middle of a window, the cursor says where to go on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.amazon.calls import ALL_ORDERS, ONE_ORDER
from connectors.amazon.client import Answer, SellerClient, next_token
from connectors.amazon.errors import Invalid, NotFound
from connectors.amazon.items import written_time
from connectors.amazon.keys import Seller
from connectors.amazon.order_rows import read_order
from connectors.pace import abreast
from connectors.protocol import OrderPage, RemoteOrder

logger = logging.getLogger(__name__)

# Amazon: at most 100 orders a page
_PAGE = 100
# Nothing about people: neither BUYER nor RECIPIENT.
_DATA = ["FULFILLMENT", "CANCELLATION"]
# How far each reading goes back before the last one.
_OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading goes on: from a time, or in the middle of the window that began there."""

    start: datetime
    token: str | None = None

    def __str__(self) -> str:
        return json.dumps({"from": self.start.isoformat(), "token": self.token})


class OrderReader:
    """Reads orders of one account; `lag` is how late a change may become listable."""

    def __init__(self, client: SellerClient, seller: Seller, lag: timedelta) -> None:
        self._client = client
        self._seller = seller
        self._overlap = max(_OVERLAP, lag)

    async def changed(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, a page at a time; always at least one page."""
        place = _read_place(since)
        while True:
            answer = await self._page(place)
            if answer is None:
                # Amazon remembers for a day where a window was left.
                logger.info("Amazon no longer knows where reading stopped; from the beginning.")
                place = _Place(place.start)
                continue
            body = answer.row()
            token = next_token(body)
            if token:
                place = _Place(place.start, token)
            else:
                covered = body.moment("lastUpdatedBefore") if "lastUpdatedBefore" in body else None
                place = _Place((covered or place.start + self._overlap) - self._overlap)
            orders = [read_order(row) for row in body.rows("orders")]
            yield OrderPage(tuple(each for each in orders if each is not None), str(place))
            if not token:
                return

    async def by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders live, by id; the ones that Amazon does not have are left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, RemoteOrder] = {}

        async def one(number: str) -> None:
            try:
                path = ONE_ORDER.path(order=number)
                answer = await self._client.read(ONE_ORDER, {"includedData": _DATA}, path=path)
            except NotFound:
                return
            order = read_order(answer.row().row("order"))
            if order is not None:
                found[number] = order

        await abreast(wanted, one)
        return [found[each] for each in wanted if each in found]

    async def _page(self, place: _Place) -> Answer | None:
        """Read a page; None where Amazon does not take the place any more."""
        query: dict[str, str | int | list[str]] = {
            "lastUpdatedAfter": written_time(place.start),
            "marketplaceIds": [site.id for site in self._seller.sites],
            "fulfilledBy": ["MERCHANT"],
            "maxResultsPerPage": _PAGE,
            "includedData": _DATA,
        }
        if place.token is not None:
            query["paginationToken"] = place.token
        try:
            return await self._client.read(ALL_ORDERS, query)
        except Invalid:
            if place.token is None:
                raise
            return None


def _read_place(since: datetime | str) -> _Place:
    if isinstance(since, datetime):
        return _Place(since.astimezone(UTC))
    told = json.loads(since)
    return _Place(datetime.fromisoformat(told["from"]), told["token"])
