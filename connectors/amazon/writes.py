"""Writing stock: a patch for each item while they are few, a feed for many.

Patches run five a second, so a list of some hundred ends within the minute that it may take;
a feed takes three calls whatever is in it and is worked through within minutes. Of a long
list those that lower a number go by patches where they are few: a sale does not wait.
Either way Amazon says "accepted" first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from connectors.amazon.account import Accounts, where
from connectors.amazon.client import SellerClient
from connectors.amazon.feeds import pack
from connectors.amazon.items import Item
from connectors.amazon.keys import Seller
from connectors.amazon.levels import LevelReader
from connectors.amazon.sending import Sending
from connectors.amazon.stock import Change, urgency
from connectors.errors import RateLimited
from connectors.pace import Budget
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.services import BudgetService

# One feed, and the levels that are read before it
BATCH = 10_000
# Patched one by one: the 5 that a full bucket holds and the 5 a second that come back, in
# fifty seconds of the minute that a list may take (pace.WRITING).
SINGLES = 250
# Read here at most, where the caller did not read them before: 25 calls, 4 seconds.
_READ_FIRST = 500
# Amazon: one createFeed in two minutes for as long as one likes, and 5 feeds of listings in
# five minutes: five in ten minutes are within both.
_FEEDS, _FEEDS_IN = 5, timedelta(minutes=10)
# Listings Feed schema: quantities are whole numbers; Amazon's catalogue takes 9 digits.
_LIMIT = 999_999_999


class LevelWriter:
    """Writes levels of one account."""

    def __init__(
        self,
        client: SellerClient,
        seller: Seller,
        accounts: Accounts,
        reader: LevelReader,
        budget: BudgetService,
    ) -> None:
        self._client = client
        self._seller = seller
        self._accounts = accounts
        self._reader = reader
        self._budget = budget

    async def write(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write by the cheapest way that is fast enough, one outcome per write in order.

        Raises a StoreError only where nothing at all was applied. Where Amazon stops
        answering, what was not sent by then is unsent.
        """
        if not writes:
            return []
        run = Sending(self._client, self._seller, len(writes), Budget(self._client.time.ours))
        given = list(_sendable(run, writes))
        live = await self._reader.items([write.ref for _, write in given], _READ_FIRST)
        suspended = await self._accounts.suspended()
        changes = list(self._changes(run, given, live, suspended))
        singles, bulk = _shares(changes)
        await run.singly(singles)
        if not run.stopped:
            left = await self._by_feed(run, [*run.unaddressed, *bulk])
            singly = [change for change in left if change.fits_a_path]
            await run.singly(singly[: SINGLES - len(singles)])
        return run.outcomes()

    def _changes(
        self,
        run: Sending,
        given: Sequence[tuple[int, LevelWrite]],
        live: dict[str, Item | None],
        suspended: frozenset[str],
    ) -> Iterator[Change]:
        """Refuse what must not or cannot be written; hand out the rest."""
        for place, write in given:
            if write.ref not in live:
                continue  # unsent: nobody has looked yet whose it is
            item = live[write.ref]
            places = self._places(item)
            change = Change(
                place,
                write.ref,
                write.value,
                write.expected is None or write.value < write.expected,
                item.product_type if item else "",
                next((each for each in places if each not in suspended), ""),
            )
            if item is None or not places:
                words = "Amazon no longer has this listing."
                run.reject([change], words, "UNKNOWN_ITEM")
            elif item.channel == "platform":
                words = "Amazon ships this listing itself (FBA): its number is not ours to set."
                run.reject([change], words, "CHANNEL")
            elif not change.marketplace:
                run.reject(
                    [change],
                    f"Amazon has made the account's listings inactive in {where(places)}; a number "
                    "sent there has no effect.",
                    "SUSPENDED",
                )
            else:
                yield change

    def _places(self, item: Item | None) -> list[str]:
        """Say where an item is listed, the store's most important marketplace first."""
        listed = item.marketplaces if item is not None else ()
        return [site.id for site in self._seller.sites if site.id in listed]

    async def _by_feed(self, run: Sending, changes: Sequence[Change]) -> list[Change]:
        """Send files of stock; answer what no file was taken for, the most urgent first."""
        left: list[Change] = []
        for chunk in pack(changes):
            if run.stopped:
                break
            name = f"amazon:feeds:{self._seller.id}"
            ready_at = await self._budget.take(name, 1, ceiling=_FEEDS, period=_FEEDS_IN)
            if ready_at is not None:
                left += chunk
                continue
            try:
                await run.feed(chunk)
            except RateLimited:
                left += chunk
        return sorted(left, key=urgency)


def _sendable(run: Sending, writes: Sequence[LevelWrite]) -> Iterator[tuple[int, LevelWrite]]:
    """Refuse what no listing can show; of several numbers for one item only the last is sent."""
    last = {write.ref: place for place, write in enumerate(writes)}
    for place, write in enumerate(writes):
        refused = Change(place, write.ref, write.value, False, "", "")
        if write.location is not None:
            words = "Amazon shows one number for a listing, not one for each location."
            run.reject([refused], words, "OTHER_LOCATION")
        elif write.value < 0:
            run.reject([refused], "Amazon keeps no stock below zero.", "QUANTITY_TOO_LOW")
        elif write.value > _LIMIT:
            words = f"Amazon keeps at most {_LIMIT:,} of a listing."
            run.reject([refused], words, "QUANTITY_TOO_HIGH")
        elif last[write.ref] == place:
            yield place, write


def _shares(changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """Say what goes item by item, and what by feed."""
    if len(changes) <= SINGLES:
        return list(changes), []
    urgent = [change for change in changes if change.urgent]
    if len(urgent) > SINGLES:
        return [], list(changes)
    return urgent, [change for change in changes if not change.urgent]
