"""Writing stock: absolute numbers, each listing in the way of its own model.

Listings of the Inventory model go 25 a call, the others 4 a call, one call after
another. What eBay refuses is set aside with its own words, and the rest goes on. Numbers are
what a shopper should be able to buy: eBay takes nothing off them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.ebay.allowance import REVISIONS, Allowance
from connectors.ebay.client import EbayClient
from connectors.ebay.errors import Invalid
from connectors.ebay.levels import LevelReader, Way
from connectors.ebay.preferences import Preferences
from connectors.ebay.refs import Ref, read_ref
from connectors.ebay.write_calls import InventorySender, Item, Sender, TradingSender
from connectors.errors import StoreError, Unavailable
from connectors.pace import Budget, OutOfTime
from connectors.protocol import LevelWrite, WriteOutcome

# eBay: quantities are 32-bit numbers
_LIMIT = 2_147_483_647


class LevelWriter:
    """Writes levels of one account."""

    def __init__(self, client: EbayClient, reader: LevelReader) -> None:
        self._client = client
        self._reader = reader
        self._preferences = Preferences(client)

    async def write(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write in as few calls as can be, one outcome per write in order.

        Raises a StoreError only where nothing at all was applied. After a call without a
        usable answer no other is made: its writes are unknown, the later ones unsent.
        """
        if not writes:
            return []
        run = _Run(len(writes), Budget(self._client.time.ours))
        given = list(run.possible(writes))
        ways = await self._reader.ways([str(ref) for _, ref, _ in given])
        items = list(run.known(given, ways))
        if any(item.value == 0 and not item.offers for item in items):
            items = run.above_zero(items, allowed=await self._preferences.out_of_stock_control())
        items = await run.granted(items, self._client.allowance)
        senders: tuple[tuple[Sender, list[Item]], ...] = (
            (InventorySender(self._client), [item for item in items if item.offers]),
            (TradingSender(self._client), [item for item in items if not item.offers]),
        )
        for sender, own in senders:
            for chunk in _chunks(own, sender):
                if not await run.settle(chunk, sender):
                    break
        self._reader.forget(run.refused(items))
        return run.outcomes()


class _Run:
    """One call of `write`: what is known so far about each write."""

    def __init__(self, count: int, budget: Budget) -> None:
        self._count = count
        self._budget = budget
        self._known: dict[int, WriteOutcome] = {}
        self._applied_or_unclear = False
        self._stopped_by: StoreError | None = None

    def possible(self, writes: Sequence[LevelWrite]) -> Iterator[tuple[int, Ref, LevelWrite]]:
        """Refuse what no listing of eBay's can show; hand out the rest."""
        for place, write in enumerate(writes):
            ref = read_ref(write.ref)
            if ref is None:
                self._refuse(place, "eBay has no such listing.", "UNKNOWN_ITEM")
            elif ref.specifics:
                self._refuse(place, _NO_SKU, "NO_SKU")
            elif write.location is not None:
                words = "eBay shows one number for a listing, not one for each location."
                self._refuse(place, words, "OTHER_LOCATION")
            elif write.value < 0:
                self._refuse(place, "eBay keeps no stock below zero.", "QUANTITY_TOO_LOW")
            elif write.value > _LIMIT:
                words = f"eBay keeps at most {_LIMIT:,} of a listing."
                self._refuse(place, words, "QUANTITY_TOO_HIGH")
            else:
                yield place, ref, write

    def known(
        self, given: Sequence[tuple[int, Ref, LevelWrite]], ways: dict[str, Way]
    ) -> Iterator[Item]:
        """Refuse what eBay no longer sells, or sells by auction; hand out the rest."""
        for place, ref, write in given:
            way = ways.get(str(ref))
            if way is None:
                words = "eBay no longer has this listing, or it has ended."
                self._refuse(place, words, "UNKNOWN_ITEM")
            elif not way.addressable:
                words = "Only fixed price listings have a number that can be set."
                self._refuse(place, words, "NOT_FIXED_PRICE")
            else:
                yield Item(
                    place=place,
                    ref=ref,
                    value=write.value,
                    # A fall cannot wait; where nobody says what stands there, it may be one.
                    urgent=write.expected is None or write.value < write.expected,
                    offers=way.offers,
                    variation=way.variation,
                )

    def above_zero(self, items: Sequence[Item], *, allowed: bool) -> list[Item]:
        """Refuse to empty a listing that would be ended by it (R9), unless the seller agreed."""
        if allowed:
            return list(items)
        for item in items:
            if item.value == 0 and not item.offers:
                self._refuse(item.place, _NO_CONTROL, "OUT_OF_STOCK_CONTROL")
        return [item for item in items if item.place not in self._known]

    async def granted(self, items: Sequence[Item], allowance: Allowance) -> list[Item]:
        """Refuse what is beyond a listing's changes of this day.

        Refused and not unsent: that would hold up all other listings of the store (R6).
        """
        for item in items:
            again = await allowance.revision(item.ref.item, urgent=item.urgent)
            if again is not None:
                words = (
                    f"eBay allows {REVISIONS} changes of one listing a day"
                    f"{'' if item.urgent else ', the last fifth of which are kept for sales'}. "
                    f"It goes on after {again:%Y-%m-%d %H:%M} UTC."
                )
                self._refuse(item.place, words, "REVISIONS_USED_UP")
        return [item for item in items if item.place not in self._known]

    def refused(self, items: Sequence[Item]) -> list[str]:
        return [
            str(item.ref)
            for item in items
            if (known := self._known.get(item.place)) and known.kind == "rejected"
        ]

    def outcomes(self) -> list[WriteOutcome]:
        unsent = WriteOutcome("unsent", reason=str(self._stopped_by))
        return [self._known.get(place, unsent) for place in range(self._count)]

    async def settle(self, items: Sequence[Item], sender: Sender) -> bool:
        """Bring one list to its end; False where nothing more should be sent."""
        if self._stopped_by is not None:
            return False
        try:
            await self._settle(items, sender)
        except OutOfTime as late:
            # What is refused already stays so: the list would else begin anew for ever.
            if not self._known:
                raise
            self._stopped_by = late
        except StoreError as error:
            if not self._applied_or_unclear:
                raise
            self._stopped_by = error
        return self._stopped_by is None

    async def _settle(self, items: Sequence[Item], sender: Sender) -> None:
        """Send a list; where all of it is refused for one, narrow down which (R6)."""
        self._budget.check()
        try:
            told = await sender.send(items)
        except Invalid as refused:
            if len(items) == 1:
                self._refuse(items[0].place, refused.said or str(refused), sender.code(refused))
                return
            middle = len(items) // 2
            await self._settle(items[:middle], sender)
            await self._settle(items[middle:], sender)
            return
        except Unavailable as lost:
            if lost.sent:
                self._applied_or_unclear = True
                for item in items:
                    self._known[item.place] = WriteOutcome("unknown", reason=str(lost))
            raise
        self._known |= told
        if any(outcome.kind in ("applied", "unknown") for outcome in told.values()):
            self._applied_or_unclear = True

    def _refuse(self, place: int, reason: str, code: str) -> None:
        self._known[place] = WriteOutcome("rejected", reason=reason, code=code)


_NO_SKU = "eBay knows a variation by its SKU only, and this one has none. Give it a SKU at eBay."
_NO_CONTROL = (
    "Setting it to 0 would end this listing for good. Switch on the out-of-stock option in the "
    "eBay account's selling preferences: then eBay hides a sold-out listing and brings it back."
)


def _chunks(items: Sequence[Item], sender: Sender) -> Iterator[list[Item]]:
    """Cut into lists that eBay takes: nothing twice in one, order kept."""
    chunk: list[Item] = []
    names: set[str] = set()
    for item in items:
        name = sender.name(item)
        if len(chunk) == sender.most or name in names:
            yield chunk
            chunk, names = [], set()
        chunk.append(item)
        names.add(name)
    if chunk:
        yield chunk
