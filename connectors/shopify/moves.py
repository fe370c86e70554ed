"""Orders whose units another location is to send now.

Whether an order's own time of change tells of such a move is not documented.
So changed fulfilment orders are read beside the orders, in the same calls, and
an order that was not read since is read by its id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.http import Row
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.document import PASS
from connectors.shopify.listings import search_time
from connectors.shopify.order_documents import MOVES


class Moves:
    """The open fulfilment orders that changed since a moment; `since` None reads none."""

    def __init__(self, since: datetime | None) -> None:
        self._since = since
        self._after: str | None = None
        self._rows = 0
        self._newest = since
        self._changed: dict[str, str] = {}  # order by fulfilment order

    @property
    def wanted(self) -> bool:
        return self._since is not None

    def variables(self) -> dict[str, Any]:
        """Say where in the list to go on."""
        return {"movesAfter": self._after, "movesQuery": self._query()}

    def take(self, page: Row) -> None:
        """Take in one page."""
        for each in page.rows("nodes"):
            stamp = each.moment("updatedAt")
            self._changed[each.text("id")] = each.text("orderId")
            self._newest = max(self._newest or stamp, stamp)
            self._rows += 1
        self._after = next_cursor(page)
        if self._after is None:
            self._since = None
        elif self._rows >= PASS:
            self._since, self._after, self._rows = self._newest, None, 0

    async def finish(self, client: GraphClient) -> None:
        """Read what is left of the list."""
        while self.wanted:
            given = {"after": self._after, "query": self._query()}
            answer = await client.read(MOVES, given)
            self.take(answer.data.row("fulfillmentOrders"))

    def missed(self, seen: set[str]) -> list[str]:
        """Name the orders that were not read; `seen` are the fulfilment orders read with theirs."""
        return list({order: None for each, order in self._changed.items() if each not in seen})

    def _query(self) -> str | None:
        return None if self._since is None else f"updated_at:>='{search_time(self._since)}'"
