"""Reading stock: what an inventory item shows at each of the shop's locations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import RemoteLevel
from connectors.shopify.batches import Batches
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.document import ALL_LEVELS, FEW_LEVELS
from connectors.shopify.documents import LEVELS, MORE_LEVELS


class LevelReader:
    """Reads levels, and remembers how much of them this shop lets us ask for at once."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self.first = FEW_LEVELS
        self._batches = Batches()

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read items live, by id; the ones that Shopify does not know are left out."""
        found = self._batches.each(refs, self._read_batch)
        return [level async for levels in found for level in levels]

    async def _read_batch(self, refs: Sequence[str]) -> list[RemoteLevel]:
        while True:
            answer = await self._client.run(LEVELS, {"ids": list(refs), "levels": self.first})
            # An unknown id is null; an id of something else has no fields of ours.
            items = [item for item in answer.data.maybe_rows("nodes") if item and "id" in item]
            if not self.too_few(item.row("inventoryLevels") for item in items):
                break
        levels: list[RemoteLevel] = []
        for item in items:
            levels += await self.of_item(item, answer.at)
        return levels

    def too_few(self, connections: Iterable[Row]) -> bool:
        """Ask for all levels from now on, if some item had more than asked for.

        True where the page is to be read again: one dearer page costs less than
        one more call for every item.
        """
        if self.first == ALL_LEVELS or not any(next_cursor(each) for each in connections):
            return False
        self.first = ALL_LEVELS
        return True

    async def of_item(self, item: Row, at: datetime) -> list[RemoteLevel]:
        """Take the levels of one item, reading the rest of them where a page was too short."""
        ref = item.text("id")
        connection = item.row("inventoryLevels")
        if next_cursor(connection) is None:
            return [read_level(ref, each, at) for each in connection.rows("nodes")]
        pages = self._client.pages(MORE_LEVELS, {"id": ref}, "inventoryItem", "inventoryLevels")
        return [read_level(ref, each, at) async for page in pages for each in page.rows("nodes")]


def read_level(ref: str, level: Row, at: datetime) -> RemoteLevel:
    """Read what one level shows; Unavailable where a quantity is missing."""
    quantities = {each.text("name"): each.whole("quantity") for each in level.rows("quantities")}
    if quantities.keys() < {"available", "committed"}:
        raise Unavailable("The store's answer lacks a quantity.")
    return RemoteLevel(
        ref=ref,
        location=level.row("location").text("id"),
        available=quantities["available"],
        reserved=quantities["committed"],
        as_of=at,
    )
