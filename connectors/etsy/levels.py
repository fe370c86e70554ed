"""Reading stock: whole listings, a hundred a call, and what of them can be bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectors.etsy.allowance import Use
from connectors.etsy.client import EtsyClient
from connectors.etsy.errors import NotFound
from connectors.etsy.inventory import Listing, available, read_listing
from connectors.etsy.marks import Marks, Noted
from connectors.etsy.refs import Ref, read_ref
from connectors.etsy.scopes import LISTINGS
from connectors.protocol import RemoteLevel

# Etsy: at most as many listings by their numbers in one call
_IDS = 100


class LevelReader:
    """Reads listings of one shop live."""

    def __init__(self, client: EtsyClient, marks: Marks) -> None:
        self._client = client
        self._marks = marks

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read what units show; left out is what Etsy does not have, and drafts."""
        wanted = {text: ref for text in refs if (ref := read_ref(text)) is not None}
        listings, noted = await self.listings((ref.listing for ref in wanted.values()), Use.DROPS)
        found: list[RemoteLevel] = []
        for text, ref in wanted.items():
            listing = listings.get(ref.listing)
            number = None if listing is None else shown(listing, ref, noted)
            if listing is not None and number is not None:
                found.append(RemoteLevel(text, None, number, 0, listing.at))
        return found

    async def listings(self, ids: Iterable[int], use: Use) -> tuple[dict[int, Listing], Noted]:
        """Read listings by their numbers, and what is remembered about them."""
        wanted = list(dict.fromkeys(ids))
        noted = await self._marks.noted()
        found: dict[int, Listing] = {}
        for first in range(0, len(wanted), _IDS):
            for listing in await self._some(wanted[first : first + _IDS], use):
                await self._marks.notice(listing, noted, self._client.time.ours())
                found[listing.id] = listing
        return found, noted

    async def _some(self, ids: Sequence[int], use: Use) -> list[Listing]:
        """Read a batch; one number that Etsy does not know spoils it, and is narrowed down."""
        query = {"listing_ids": ",".join(map(str, ids))}
        try:
            answer = await self._client.read("/listings/batch/inventory", LISTINGS, use, query)
        except NotFound:
            if len(ids) == 1:
                return []
            middle = len(ids) // 2
            return [*await self._some(ids[:middle], use), *await self._some(ids[middle:], use)]
        return [read_listing(row, answer.at) for row in answer.row().rows("results")]


def shown(listing: Listing, ref: Ref, noted: Noted) -> int | None:
    """Tell what a shopper could buy of a unit; None where there is no such thing."""
    products = listing.units().get(ref)
    if products is None or listing.state == "draft":
        return None
    return 0 if noted.is_empty(listing) else available(products)
