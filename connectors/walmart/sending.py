"""Sending one list of numbers, by calls and by feeds, and what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.pace import Budget, abreast
from connectors.progress import Progress
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.walmart.calls import SET_NODE_STOCK, SET_STOCK
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, NotFound, TooLarge, problems_in
from connectors.walmart.feeds import Handle, Item, send_feed

_APPLIED = WriteOutcome("applied")
_LATER = "Walmart takes no more at the moment; the rest is sent another time."


class Sending(Progress):
    """One list of writes on its way."""

    def __init__(self, client: MarketClient, count: int, named: str | None, time: Budget) -> None:
        super().__init__(count, _LATER)
        self._client = client
        self._named = named
        self._time = time

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
            self.lost(items, lost)
            self.stop(lost)
        except StoreError as error:
            self.stop(error)
        else:
            sent_at = int(self._client.time.now().timestamp())
            for item in items:
                handle = str(Handle(feed, sent_at, item.sku))
                self.note([item], WriteOutcome("accepted", handle=handle))

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
            self.lost([item], lost, direct=True)
        except StoreError as error:
            self.stop(error)
        else:
            self.answered(item, outcome)

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


def urgency(item: Item) -> tuple[bool, int]:
    """Order what lowers a number before what does not, the lowest first."""
    return not item.urgent, item.value
