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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.pace import Budget
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.services import BudgetService
from connectors.walmart.calls import SET_NODE_STOCK, SET_STOCK
from connectors.walmart.client import MarketClient, abreast
from connectors.walmart.errors import Invalid, NotFound, TooLarge, problems_in
from connectors.walmart.feeds import (
    MOST_ITEMS,
    NAMED_NODE,
    ONE_NODE,
    Handle,
    Item,
    pack,
    send_feed,
)
from connectors.walmart.levels import LevelReader
from connectors.walmart.partner import Partner, Partners
from connectors.walmart.places import Places

# More at once would not shorten anything: it is one feed of one node.
BATCH = MOST_ITEMS
# Written one by one: the 200 that a full bucket holds and the 100 that come back in half a
# minute, so that a list ends within the minute that it may take (pace.WRITING).
SINGLES = 300
# How old the number of reserved units may be: for a call the time of reading and writing a
# list; for a feed as long as it takes at least until it is applied.
_FRESH, _FRESH_FOR_FEED = timedelta(minutes=2), timedelta(minutes=15)
# One item may be what Walmart stumbles over; so many in a row are Walmart itself.
_UNCLEAR_IN_A_ROW = 3
# Feeds are too few to find a bad item by halving.
_REFUSALS = 3
_INDEX = re.compile(r"\[(\d+)\]")
_APPLIED = WriteOutcome("applied")


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
        run = _Run(self._client, len(writes), named, time)
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
        self, run: _Run, items: Sequence[Item], fresh: timedelta
    ) -> list[Item]:
        """Add what Walmart takes off by itself; refuse what it does not know."""
        reserved = await self._reader.reserved([item.sku for item in items], within=fresh)
        for item in items:
            if item.sku not in reserved:
                run.reject([item], "Walmart has no stock of this item.", "UNKNOWN_ITEM")
        return [
            replace(item, reserved=reserved[item.sku]) for item in items if item.sku in reserved
        ]

    async def _by_feed(
        self, run: _Run, partner: Partner, items: Sequence[Item], named: str | None
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
        return sorted(left, key=_urgency)


class _Run:
    """One call of `write`: what is known so far about each item."""

    def __init__(self, client: MarketClient, count: int, named: str | None, time: Budget) -> None:
        self._client = client
        self._count = count
        self._named = named
        self._time = time
        self._known: dict[int, WriteOutcome] = {}
        self._unclear = 0
        self._stopped_by: StoreError | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing more should be sent."""
        return self._stopped_by is not None

    def sendable(self, writes: Sequence[LevelWrite], node: str, name: str) -> Iterator[Item]:
        """Refuse what Walmart would refuse; hand out the rest.

        Of several numbers for one item only the last is sent: two ways may overtake each other.
        """
        last = {write.ref: place for place, write in enumerate(writes)}
        for place, write in enumerate(writes):
            item = Item(
                place,
                write.ref,
                write.value,
                urgent=write.expected is None or write.value < write.expected,
            )
            if write.location not in (None, node):
                words = f"Stock is written at the ship node “{name}” only."
                self.reject([item], words, "OTHER_LOCATION")
            elif write.value < 0:
                self.reject([item], "Walmart keeps no stock below zero.", "QUANTITY_TOO_LOW")
            elif last[write.ref] == place:
                yield item

    def reject(self, items: Sequence[Item], reason: str, code: str) -> None:
        self._note(items, WriteOutcome("rejected", reason=reason, code=code))

    def outcomes(self) -> list[WriteOutcome]:
        """Answer for every write; raises what stopped us where nothing came of any."""
        if self._stopped_by is not None and not self._known:
            raise self._stopped_by
        reason = "Walmart takes no more at the moment; the rest is sent another time."
        if self._stopped_by is not None:
            reason = str(self._stopped_by)
        unsent = WriteOutcome("unsent", reason=reason)
        return [self._known.get(place, unsent) for place in range(self._count)]

    async def singly(self, items: Sequence[Item]) -> None:
        """Write item by item, what lowers a number first."""
        await abreast(sorted(items, key=_urgency), self._one)

    async def feed(self, items: Sequence[Item]) -> None:
        """Send one file; raises RateLimited, Invalid and TooLarge, with nothing done."""
        try:
            feed = await send_feed(self._client, items, self._named, self._time)
        except (RateLimited, Invalid, TooLarge):
            raise
        except Unavailable as lost:
            self._lost(items, lost)
            self._stopped_by = lost
        except StoreError as error:
            self._stopped_by = error
        else:
            sent_at = int(self._client.time.now().timestamp())
            for item in items:
                handle = str(Handle(feed, sent_at, item.sku))
                self._note([item], WriteOutcome("accepted", handle=handle))

    async def _one(self, item: Item) -> None:
        if self.stopped:
            return
        try:
            outcome = await self._put(item)
        except NotFound as gone:
            words = gone.said or "Walmart no longer has this item."
            self.reject([item], words, "UNKNOWN_ITEM")
        except Invalid as refused:
            self.reject([item], refused.said or str(refused), "INVALID")
        except Unavailable as lost:
            self._lost([item], lost)
            if not lost.sent or self._unclear >= _UNCLEAR_IN_A_ROW:
                self._stopped_by = lost
        except StoreError as error:
            self._stopped_by = error
        else:
            self._unclear = 0
            self._note([item], outcome)

    async def _put(self, item: Item) -> WriteOutcome:
        """Write one number; the answer repeats it, or says what became of the node."""
        quantity = {"unit": "EACH", "amount": item.amount}
        if self._named is None:
            body = {"sku": item.sku, "quantity": quantity}
            answer = await self._client.run(
                SET_STOCK, {"sku": item.sku}, body=body, budget=self._time
            )
            stands = answer.row().row("quantity").number("amount")
            if stands != item.amount:
                raise Unavailable("Walmart's answer names another number than the one written.")
            return _APPLIED
        node = {"shipNode": self._named, "inputQty": quantity}
        path = SET_NODE_STOCK.path(sku=item.sku)
        body = {"inventories": {"nodes": [node]}}
        answer = await self._client.run(SET_NODE_STOCK, path=path, body=body, budget=self._time)
        for row in answer.row().rows("nodes"):
            if row.text("shipNode") == self._named:
                if row.text("status").lower() == "success":
                    return _APPLIED
                problems = list(problems_in(row.raw("errors")))
                words = next((each.words for each in problems if each.words), None)
                code = next((each.code for each in problems if each.code), "INVALID")
                reason = words or "Walmart refused this number."
                return WriteOutcome("rejected", reason=reason, code=code)
        raise Unavailable("Walmart's answer does not name the ship node.")

    def _lost(self, items: Sequence[Item], lost: Unavailable) -> None:
        if lost.sent:
            self._unclear += 1
            self._note(items, WriteOutcome("unknown", reason=str(lost)))

    def _note(self, items: Sequence[Item], outcome: WriteOutcome) -> None:
        self._known |= {item.place: outcome for item in items}


def _shares(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Say what goes item by item, and what by feed."""
    if len(items) <= SINGLES:
        return list(items), []
    urgent = [item for item in items if item.urgent]
    if len(urgent) > SINGLES:
        return [], list(items)
    return urgent, [item for item in items if not item.urgent]


def _urgency(item: Item) -> tuple[bool, int]:
    return not item.urgent, item.value


def _named(items: Sequence[Item], refused: Invalid) -> list[Item]:
    """Find the items that a refusal names by their places in the file."""
    found = (_INDEX.search(each.field or "") for each in refused.problems)
    indices = {int(at.group(1)) for at in found if at is not None}
    return [items[index] for index in sorted(indices) if index < len(items)]
