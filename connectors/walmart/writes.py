"""Writing stock: a call for each item while they are few, a feed for many.

The number written is what is on hand. Walmart takes the units of its own open orders off
by itself, so those are added to what a shopper should be able to buy. They are read right
before: an order that comes in between is taken off all the same, one that is sent in
between is not, and leaves its units too many until they are read back.

A call is applied at once and takes one of 200 a minute; a feed takes one of ten an hour
whatever is in it, and is applied within 15 minutes to 4 hours. In the time until the next
feed may be sent, calls write 1,200 items. So a few hundred go by calls, and of a longer
list those that lower a number, where they are few: a sale does not wait for a feed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.errors import RateLimited
from connectors.pace import Budget
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.services import BudgetService
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, TooLarge
from connectors.walmart.feeds import (
    MOST_ITEMS,
    NAMED_NODE,
    ONE_NODE,
    Item,
    pack,
)
from connectors.walmart.levels import LevelReader
from connectors.walmart.partner import Partner, Partners
from connectors.walmart.places import Places
from connectors.walmart.sending import Sending, urgency

# More at once would not shorten anything: it is one feed of one node.
BATCH = MOST_ITEMS
# Written one by one: the 200 that a full bucket holds and the 100 that come back in half a
# minute, so that a list ends within the minute that it may take (pace.WRITING).
SINGLES = 300
# How old the number of reserved units may be: for a call the time of reading and writing a
# list; for a feed as long as it takes at least until it is applied.
_FRESH, _FRESH_FOR_FEED = timedelta(minutes=2), timedelta(minutes=15)
# Feeds are too few to find a bad item by halving.
_REFUSALS = 3
_INDEX = re.compile(r"\[(\d+)\]")


class LevelWriter:
    """Writes levels of one account."""

    def __init__(
        self,
        client: MarketClient,
        places: Places,
        partners: Partners,
        reader: LevelReader,
        budget: BudgetService,
    ) -> None:
        self._client = client
        self._places = places
        self._partners = partners
        self._reader = reader
        self._budget = budget

    async def write(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write by the cheapest way that is fast enough, one outcome per write in order.

        Raises a StoreError only where nothing at all was applied. Where Walmart stops
        answering, what was not sent by then is unsent.
        """
        if not writes:
            return []
        time = Budget(self._client.time.ours)
        node = await self._places.chosen()
        named = None if await self._places.only() == node.id else node.id
        run = Sending(self._client, len(writes), named, time)
        sendable = list(run.sendable(writes, node.id, node.name))
        singles, bulk = _shares(sendable)
        singles = await self._with_reserved(run, singles, _FRESH)
        bulk = await self._with_reserved(run, bulk, _FRESH_FOR_FEED)
        # Before anything is written: what goes wrong with it must not hide what was.
        partner = await self._partners.read() if bulk else None
        await run.singly(singles)
        if partner is not None and not run.stopped:
            left = await self._by_feed(run, partner, bulk, named)
            await run.singly(left[: SINGLES - len(singles)])
        return run.outcomes()

    async def _with_reserved(
        self, run: Sending, items: Sequence[Item], fresh: timedelta
    ) -> list[Item]:
        """Add what Walmart takes off by itself; refuse what it does not know."""
        reserved = await self._reader.reserved([item.sku for item in items], within=fresh)
        for item in items:
            if item.sku not in reserved:
                run.reject([item], "Walmart shows no stock of this item.", "UNKNOWN_ITEM")
        return [
            replace(item, reserved=reserved[item.sku]) for item in items if item.sku in reserved
        ]

    async def _by_feed(
        self, run: Sending, partner: Partner, items: Sequence[Item], named: str | None
    ) -> list[Item]:
        """Send files of stock; answer what no file was taken for, the most urgent first."""
        kind = ONE_NODE if named is None else NAMED_NODE
        limit = partner.limit(kind)
        waiting = list(pack(items, named, limit.size))
        left: list[Item] = []
        refusals = 0
        while waiting and not run.stopped:
            chunk = waiting.pop(0)
            ready_at = await self._budget.take(
                f"walmart {kind} {partner.id}", 1, ceiling=limit.count, period=limit.window
            )
            if ready_at is not None:
                left += [item for each in (chunk, *waiting) for item in each]
                break
            try:
                await run.feed(chunk)
            except TooLarge as large:
                middle = len(chunk) // 2
                if middle:
                    waiting[:0] = [chunk[:middle], chunk[middle:]]
                else:
                    run.reject(chunk, large.said or str(large), "TOO_LARGE")
            except Invalid as refused:
                refusals += 1
                aside = _named(chunk, refused) if refusals <= _REFUSALS else []
                run.reject(aside, refused.said or str(refused), "INVALID")
                rest = [item for item in chunk if item not in aside]
                if aside and rest:
                    waiting.insert(0, rest)
                else:
                    left += rest
            except RateLimited:
                left += [item for each in (chunk, *waiting) for item in each]
                break
        return sorted(left, key=urgency)


def _shares(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Say what goes item by item, and what by feed."""
    if len(items) <= SINGLES:
        return list(items), []
    urgent = [item for item in items if item.urgent]
    if len(urgent) > SINGLES:
        return [], list(items)
    return urgent, [item for item in items if not item.urgent]


def _named(items: Sequence[Item], refused: Invalid) -> list[Item]:
    """Find the items that a refusal names by their places in the file."""
    found = (_INDEX.search(each.field or "") for each in refused.problems)
    indices = {int(at.group(1)) for at in found if at is not None}
    return [items[index] for index in sorted(indices) if index < len(items)]
