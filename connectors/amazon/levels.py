"""Reading stock live, and remembering whose channel each SKU was seen on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from connectors.amazon.client import SellerClient
from connectors.amazon.items import DATA, Item, read_items
from connectors.amazon.keys import Seller
from connectors.protocol import RemoteLevel

# ENGINE A7: nothing is written to a SKU whose channel was not read live within the hour.
_FRESH = timedelta(hours=1)


class LevelReader:
    """Reads levels of one account."""

    def __init__(self, client: SellerClient, seller: Seller) -> None:
        self._client = client
        self._seller = seller
        self._items: dict[str, Item] = {}

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read items live; unknown ones are left out, and those that only Amazon ships."""
        found = await self._read(list(dict.fromkeys(refs)))
        levels = (item.level() for item in found.values())
        return [level for level in levels if level is not None]

    async def items(self, refs: Sequence[str], most: int) -> dict[str, Item | None]:
        """Hand out what was read within the hour, and the first so many of the others, read now.

        None for what Amazon does not know; what is still unread is left out.
        """
        since = self._client.time.now() - _FRESH
        known: dict[str, Item | None] = {
            ref: self._items[ref]
            for ref in refs
            if ref in self._items and self._items[ref].at >= since
        }
        unread = [ref for ref in dict.fromkeys(refs) if ref not in known][:most]
        found = await self._read(unread)
        return known | {ref: found.get(ref) for ref in unread}

    async def _read(self, refs: list[str]) -> dict[str, Item]:
        found = await read_items(self._client, self._seller, refs, DATA)
        for ref in refs:
            self._items.pop(ref, None)
        self._items |= found
        return found
