"""Reading listings: a hundred a call with all their products, one state after another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.etsy.allowance import Use
from connectors.etsy.client import EtsyClient
from connectors.etsy.inventory import Listing, available, read_listing
from connectors.etsy.levels import LevelReader
from connectors.etsy.marks import Marks, Noted
from connectors.etsy.refs import Ref, read_ref
from connectors.etsy.scopes import LISTINGS
from connectors.protocol import RemoteLevel, RemoteListing
from connectors.services import ListingService

_PAGE = 100  # Etsy: at most so many a page
# Drafts were never for sale. In this order a listing that sells out meanwhile is met twice.
_STATES = ("active", "inactive", "sold_out", "expired")
# Etsy cannot be asked for what changed. Up to so many pages a pass for changes reads all of
# them: 96 such passes take a fifth of a day's 10,000 calls. Of a larger shop it reads the first
# page of each state, where the newest listings stand, and in as many calls as the other would
# take the linked ones that were not for sale: put back on sale, they have their old numbers. The
# rest waits for the daily pass, and numbers are read live wherever one is needed.
_ALWAYS_WHOLE = 20
# Where even these are more, each pass reads another part of them.
_BETWEEN_PASSES = timedelta(minutes=15)


@dataclass
class _Pass:
    """One reading of one state: what it met, and how much Etsy counts."""

    state: str
    met: set[int] = field(default_factory=set)
    count: int = 0

    @property
    def pages(self) -> int:
        return -(-self.count // _PAGE)


async def read_listings(
    client: EtsyClient,
    shop: int,
    marks: Marks,
    levels: LevelReader,
    known: ListingService,
    since: datetime | None,
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or, since a moment, all that can be read at little cost."""
    reader = _Reader(client, shop, marks, await marks.noted())
    passes = [_Pass(state) for state in _STATES]
    firsts = [await reader.page(each, 0) for each in passes]
    whole = since is None or sum(each.pages for each in passes) <= _ALWAYS_WHOLE
    for each, first in zip(passes, firsts, strict=True):
        yield first
        if whole:
            async for page in reader.rest(each):
                yield page
    if not whole:
        met = set().union(*(each.met for each in passes))
        for some in _resting(await known.resting(), met, client.time.ours()):
            listings, noted = await levels.listings(some, Use.REST)
            yield [
                told
                for each in listings.values()
                if each.state != "draft"
                for told in _told(each, noted)
            ]
    if since is not None:
        return
    # What was renewed or activated while the other states were read stands in none of them.
    active = passes[0]
    before = len(active.met)
    yield await reader.page(active, 0)
    if active.count > before:
        async for page in reader.rest(active):
            yield page


def _resting(refs: Sequence[str], met: Collection[int], now: datetime) -> list[list[int]]:
    """Choose which listings a pass reads by their numbers, a page's worth at a time."""
    units = (read_ref(ref) for ref in refs)
    ids = sorted({unit.listing for unit in units if unit is not None} - set(met))
    pages = [ids[first : first + _PAGE] for first in range(0, len(ids), _PAGE)]
    if len(pages) <= _ALWAYS_WHOLE:
        return pages
    turn = int(now.timestamp() / _BETWEEN_PASSES.total_seconds())
    return [pages[(turn * _ALWAYS_WHOLE + each) % len(pages)] for each in range(_ALWAYS_WHOLE)]


class _Reader:
    def __init__(self, client: EtsyClient, shop: int, marks: Marks, noted: Noted) -> None:
        self._client = client
        self._shop = shop
        self._marks = marks
        self._noted = noted

    async def rest(self, one: _Pass) -> AsyncIterator[list[RemoteListing]]:
        """Read a state from its second page on, again where listings slipped over an edge.

        As long as fewer were met than Etsy counts, and another reading brings some, there may
        be more.
        """
        offset, known = _PAGE, -1
        while True:
            while offset < one.count:
                yield await self.page(one, offset)
                offset += _PAGE
            if len(one.met) >= one.count or len(one.met) == known:
                return
            offset, known = 0, len(one.met)

    async def page(self, one: _Pass, offset: int) -> list[RemoteListing]:
        """Read one page of a state."""
        answer = await self._client.read(
            f"/shops/{self._shop}/listings",
            LISTINGS,
            Use.REST,
            {"state": one.state, "includes": "Inventory", "limit": _PAGE, "offset": offset},
        )
        body = answer.row()
        one.count = body.whole("count")
        found: list[RemoteListing] = []
        for row in body.rows("results"):
            listing = read_listing(row, answer.at)
            one.met.add(listing.id)
            await self._marks.notice(listing, self._noted, self._client.time.ours())
            found += _told(listing, self._noted)
        return found


def _told(listing: Listing, noted: Noted) -> list[RemoteListing]:
    units = listing.units()
    if not units:
        # Etsy has no inventory of what was never edited with its tools for it.
        units = {Ref(listing.id): ()}
    found = []
    for ref, products in units.items():
        tracked = bool(products) and not listing.is_digital
        number = available(products) if tracked else 0
        number = 0 if noted.is_empty(listing) else number
        state = noted.state(listing)
        if state == "active" and products and not any(each.enabled for each in products):
            state = "inactive"  # switched off by the seller, alone of its listing
        level = RemoteLevel(str(ref), None, number, 0, listing.at)
        found.append(
            RemoteListing(
                ref=str(ref),
                sku=ref.sku,
                title=_title(listing, len(units), ref, products[0].values if products else ()),
                state=state,
                tracked=tracked,
                channel="merchant",
                levels=(level,) if tracked else (),
            )
        )
    return found


def _title(listing: Listing, units: int, ref: Ref, values: tuple[str, ...]) -> str:
    return f"{listing.title} - {', '.join(values)}" if units > 1 and values else listing.title
