"""Orders in the trash, which no list of changes shows."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from connectors.http import Row
from connectors.woocommerce.answers import gmt
from connectors.woocommerce.client import PAGE, Parameters, Rows, StoreClient
from connectors.woocommerce.order_rows import FIELDS


class Trash:
    """One look into the trash of a store."""

    def __init__(self, client: StoreClient, first: Rows) -> None:
        self._client = client
        self._first = first

    @classmethod
    async def open(cls, client: StoreClient) -> Trash:
        return cls(client, await client.get_rows("/orders", _page(1)))

    @property
    def mark(self) -> str:
        """What the trash looks like from above; the same as long as nothing was thrown in."""
        seen = [[each.whole("id"), each.raw("date_modified_gmt")] for each in self._first.rows]
        text = f"{self._first.total}{seen}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    async def pages(self, history: timedelta) -> AsyncIterator[list[Row]]:
        """Read what is in it, newest first, as far back as orders are of interest."""
        oldest = self._first.at - history
        page, number = self._first, 1
        while page.rows:
            yield page.rows
            if len(page.rows) < PAGE or _last(page) < oldest:
                return
            number += 1
            page = await self._client.get_rows("/orders", _page(number))


def _last(page: Rows) -> datetime:
    return gmt(page.rows[-1], "date_modified_gmt")


def _page(number: int) -> Parameters:
    return {
        "status": "trash",
        "orderby": "modified",
        "order": "desc",
        "per_page": PAGE,
        "page": number,
        "_fields": FIELDS,
    }
