"""Sending one list of numbers, by patches and by feeds, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.amazon.calls import PATCH_ITEM
from connectors.amazon.client import SellerClient
from connectors.amazon.errors import Invalid, NotFound
from connectors.amazon.feeds import send_feed
from connectors.amazon.handles import FeedHandle, PatchHandle
from connectors.amazon.items import read_problems
from connectors.amazon.keys import Seller
from connectors.amazon.stock import Change, urgency
from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.pace import Budget, abreast
from connectors.progress import Progress
from connectors.protocol import WriteOutcome

_LATER = "Amazon takes no more at the moment; the rest is sent another time."


class Sending(Progress):
    """One list of writes on its way."""

    def __init__(self, client: SellerClient, seller: Seller, count: int, time: Budget) -> None:
        super().__init__(count, _LATER)
        self._client = client
        self._seller = seller
        self._time = time
        self.unaddressed: list[Change] = []  # known to Amazon, but not by the address of its SKU

    async def singly(self, changes: Sequence[Change]) -> None:
        """Patch item by item, what lowers a number first."""
        await abreast(sorted(changes, key=urgency), self._one)

    async def feed(self, changes: Sequence[Change]) -> None:
        """Send one file; raises RateLimited, with nothing done."""
        try:
            feed = await send_feed(self._client, self._seller.id, changes, self._time)
        except RateLimited:
            raise
        except Invalid as refused:
            self.reject(changes, refused.said or str(refused), refused.code or "INVALID")
        except Unavailable as lost:
            self.lost(changes, lost)
            self.stop(lost)
        except StoreError as error:
            self.stop(error)
        else:
            sent_at = int(self._client.time.now().timestamp())
            for number, change in enumerate(changes, start=1):
                handle = str(FeedHandle(feed, sent_at, number, change.sku))
                self.note([change], WriteOutcome("accepted", handle=handle))

    async def _one(self, change: Change) -> None:
        if self.stopped:
            return
        if not change.fits_a_path:
            self.unaddressed.append(change)
            return
        try:
            outcome = await self._patch(change)
        except NotFound:
            # Read a moment ago, so it is there: only its address leads nowhere.
            self.unaddressed.append(change)
        except Invalid as refused:
            self.reject([change], refused.said or str(refused), refused.code or "INVALID")
        except Unavailable as lost:
            self.lost([change], lost)
        except StoreError as error:
            self.stop(error)
        else:
            self.answered(change, outcome)

    async def _patch(self, change: Change) -> WriteOutcome:
        """Send one number; taken is not applied yet, and a refusal comes as a success."""
        answer = await self._client.run(
            PATCH_ITEM,
            {"marketplaceIds": [change.marketplace]},
            path=PATCH_ITEM.path(seller=self._seller.id, sku=change.sku),
            body=change.body(),
            budget=self._time,
        )
        row = answer.row()
        match row.text("status"):
            case "ACCEPTED":
                sent_at = int(answer.at.timestamp())
                handle = str(PatchHandle(sent_at, change.value, change.sku))
                return WriteOutcome("accepted", handle=handle)
            case "INVALID":
                problems = read_problems(row)
                return WriteOutcome(
                    "rejected",
                    reason=problems[0].words if problems else "Amazon refused this number.",
                    code=problems[0].code if problems else "INVALID",
                )
            case other:
                raise Unavailable(f"Amazon's answer to a number is one we do not know: {other}")
