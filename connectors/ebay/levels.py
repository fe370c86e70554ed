"""Reading stock live, and learning on the way how each listing is written.

A listing belongs to one of two models. What the Inventory API knows by SKU, and offers in
this very listing, is read and written there; everything else with the Trading API.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from connectors.ebay.client import EbayClient
from connectors.ebay.inventory import BATCH, Record, read_offers, read_records, shown
from connectors.ebay.refs import Ref, read_ref
from connectors.ebay.trading import Page, one_item, seller_list
from connectors.protocol import RemoteLevel

# Of more than this many the whole list is read, 200 listings of either model a call, where it
# is short enough: the Inventory API would be asked about each, the Trading API for each 25.
_FEW = 200
# Of more than this many it is read however long it is: nothing here may take a call for each of
# so many, for until it ends no number is lowered.
_MANY = 2000
# No limit is documented for the Trading API: as many as are written at a time.
_SKUS = BATCH


@dataclass(frozen=True, slots=True)
class Way:
    """How a listing is written: by its offers, or (none) with the Trading API.

    variation  the Trading API is told the SKU besides the listing's number
    addressable  False for an auction, and for a variation without SKU
    """

    offers: tuple[str, ...] = ()
    variation: bool = False
    addressable: bool = True


class LevelReader:
    """Reads levels of one account, and remembers each listing's way for the writes to come."""

    def __init__(self, client: EbayClient) -> None:
        self._client = client
        self._ways: dict[str, Way] = {}

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read listings live; ended ones and those that eBay does not know are left out."""
        wanted = _wanted(refs)
        found = await (self._whole(wanted) if len(wanted) > _FEW else self._some(wanted))
        return [found[ref] for ref in wanted if ref in found]

    async def ways(self, refs: Sequence[str]) -> dict[str, Way]:
        """Say how listings are written, reading where it is not known; ended ones left out."""
        unknown = [ref for ref in dict.fromkeys(refs) if ref not in self._ways]
        for first in range(0, len(unknown), _FEW):
            await self._some(_wanted(unknown[first : first + _FEW]))
        return {ref: self._ways[ref] for ref in refs if ref in self._ways}

    def forget(self, refs: Iterable[str]) -> None:
        """Ask anew how these are written: one was refused, and may have changed its model."""
        for ref in refs:
            self._ways.pop(ref, None)

    async def _whole(self, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
        """Read many from the list of all, unless they are fewer calls by SKU."""
        found: dict[str, RemoteLevel] = {}
        longer = False
        async with aclosing(seller_list(self._client, urgent=True)) as pages:
            async for page in pages:
                found |= _levels(page, wanted)
                longer = len(wanted) <= _MANY and page.pages > len(wanted) / _SKUS
                if longer:
                    break
        missing = {ref: each for ref, each in wanted.items() if ref not in found}
        # Few missing ones may have slipped over a page's edge, many have ended.
        if longer or len(missing) <= _SKUS:
            found |= await self._some(missing)
        return found

    async def _some(self, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
        self.forget(wanted)
        found = await self._in_inventory(wanted)
        rest = {ref: each for ref, each in wanted.items() if ref not in found}
        return found | await self._in_trading(rest)

    async def _in_inventory(self, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
        """Read what the Inventory API offers: a call for 25, and one for each it knows."""
        records: dict[str, Record] = await read_records(
            self._client, (each.sku for each in wanted.values() if each.sku)
        )
        offers = await read_offers(self._client, list(records))
        found = {}
        for ref, each in wanted.items():
            here = [offer for offer in offers.get(each.sku, ()) if offer.item == each.item]
            if here:
                found[ref] = shown(ref, records[each.sku], here)
                self._ways[ref] = Way(offers=tuple(offer.id for offer in here))
        return found

    async def _in_trading(self, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
        """Read by SKU, 25 a call, and by number, one a call, what that does not bring.

        Whether a SKU of a variation brings its listing is not documented, and listings
        may share a SKU; a number brings its listing always.
        """
        found: dict[str, RemoteLevel] = {}
        skus = list(dict.fromkeys(each.sku for each in wanted.values() if each.sku))
        for first in range(0, len(skus), _SKUS):
            some = skus[first : first + _SKUS]
            async for page in seller_list(self._client, skus=some, urgent=True):
                found |= self._learn(page, wanted)
        rest = {each.item for ref, each in wanted.items() if ref not in found}
        for item in sorted(rest):
            one = await one_item(self._client, item, urgent=True)
            if one is not None:
                found |= self._learn(one, wanted)
        return found

    def _learn(self, page: Page, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
        for piece in page.pieces:
            if piece.active and str(piece.ref) in wanted:
                way = Way(variation=piece.variation, addressable=piece.addressable)
                self._ways[str(piece.ref)] = way
        return _levels(page, wanted)


def _wanted(refs: Sequence[str]) -> dict[str, Ref]:
    found = {ref: read_ref(ref) for ref in refs}
    return {ref: each for ref, each in found.items() if each is not None}


def _levels(page: Page, wanted: dict[str, Ref]) -> dict[str, RemoteLevel]:
    """Tell what those of a page show that were asked for."""
    return {
        str(piece.ref): piece.level(page.at)
        for piece in page.pieces
        if piece.active and str(piece.ref) in wanted
    }
