"""Sending one list of numbers, by calls and by feeds, and what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.pace import Budget, abreast
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.walmart.calls import SET_NODE_STOCK, SET_STOCK
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, NotFound, TooLarge, problems_in
from connectors.walmart.feeds import Handle, Item, send_feed

# One item may be what Walmart stumbles over; so many in a row are Walmart itself.
_UNCLEAR_IN_A_ROW = 3
_APPLIED = WriteOutcome("applied")


class Sending:
    """One list of writes on its way: what is known so far about each item."""

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
        await abreast(sorted(items, key=urgency), self._one)

    async def feed(self, items: Sequence[Item]) -> None:
        """Send one file; raises RateLimited, Invalid and TooLarge, with nothing done."""
        try:
            feed = await send_feed(self._client, items, self._named, self._time)
        except (RateLimited, Invalid, TooLarge):
            raise
        except Unavailable as lost:
            self._lost(items, lost, direct=False)
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
            self._lost([item], lost, direct=True)
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

    def _lost(self, items: Sequence[Item], lost: Unavailable, *, direct: bool) -> None:
        if lost.sent:
            self._unclear += 1
            self._note(items, WriteOutcome("unknown", reason=str(lost), direct=direct))

    def _note(self, items: Sequence[Item], outcome: WriteOutcome) -> None:
        self._known |= {item.place: outcome for item in items}


def urgency(item: Item) -> tuple[bool, int]:
    """Order what lowers a number before what does not, the lowest first."""
    return not item.urgent, item.value
