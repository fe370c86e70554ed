"""What eBay allows in a day, counted over all stores and processes before it is spent."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.errors import RateLimited
from connectors.pace import Clock
from connectors.services import BudgetService

_DAY = timedelta(days=1)
# eBay: calls of the Trading API in a day, of all sellers of one application together, unless
# it has passed the Application Growth Check.
TRADING_CALLS = 5000
# eBay: changes of one listing in a calendar day, each variation's counted by itself
REVISIONS = 250
# ENGINE A5: the last fifth is kept for what cannot wait.
_SHARE = 0.8


class Allowance:
    """The budgets that one account draws from."""

    def __init__(self, budget: BudgetService, client_id: str, calls: int, clock: Clock) -> None:
        self._budget = budget
        self._name = f"ebay:trading:{client_id}"
        self._calls = calls
        self._clock = clock

    async def call(self, *, urgent: bool) -> None:
        """Take one Trading call. RateLimited, with nothing sent, where none is left."""
        again = await self._budget.take(
            self._name, 1, ceiling=_ceiling(self._calls, urgent=urgent), period=_DAY
        )
        if again is not None:
            rest = " but for the ones kept for sales" if not urgent else ""
            raise RateLimited(
                f"The eBay application has used up its calls of the Trading API for today{rest}.",
                retry_after=max(again - self._clock(), timedelta(seconds=1)),
            )

    async def revision(self, item: str, *, urgent: bool) -> datetime | None:
        """Take one change of a listing; None when granted, else when to try again."""
        return await self._budget.take(
            f"ebay:listing:{item}", 1, ceiling=_ceiling(REVISIONS, urgent=urgent), period=_DAY
        )


def _ceiling(whole: int, *, urgent: bool) -> int:
    return whole if urgent else int(whole * _SHARE)
