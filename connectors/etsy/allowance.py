"""How many calls Etsy allows: in a day, for all shops of an application, and in a second.

A call for orders may use all of a day, one that lowers a number nearly all, the rest four
fifths: a long push or import never keeps sales from being read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

import httpx

from connectors.errors import RateLimited
from connectors.pace import Clock
from connectors.services import BudgetService

_DAY = timedelta(days=1)
# Etsy: calls of one application within 24 hours, of all of its shops together, unless it was
# granted more.
CALLS_A_DAY = 10_000
# A day's window moves on in blocks of two hours: it is asked again often enough to notice.
_LOOK_AGAIN = timedelta(minutes=15)
_SECOND = timedelta(seconds=1)


class Use(Enum):
    """What a call is for, and which share of a day's calls may be spent when it is made."""

    ORDERS = 1.0
    DROPS = 0.9
    REST = 0.8  # ENGINE A5: raises stop at 80 % of a daily budget


class Allowance:
    """The calls that one connector may make; what Etsy tells with each answer is believed."""

    def __init__(self, budget: BudgetService, keystring: str, calls: int, clock: Clock) -> None:
        self._budget = budget
        self._name = f"etsy:{keystring}"
        self._calls = calls
        self._clock = clock
        self._left: int | None = None  # of this day, as the latest answer told
        self._ready_at: datetime | None = None

    async def take(self, use: Use) -> None:
        """Take one call. RateLimited, with nothing sent, where it has to wait."""
        now = self._clock()
        if self._ready_at is not None and self._ready_at > now:
            raise RateLimited("Etsy asks us to slow down.", retry_after=self._ready_at - now)
        # How many calls there are for orders Etsy itself decides: never our own count.
        kept = int(self._calls * (1 - use.value))
        if use is not Use.ORDERS and self._left is not None and self._left <= kept:
            raise _spent(use, _LOOK_AGAIN)
        ceiling = 2**31 - 1 if use is Use.ORDERS else int(self._calls * use.value)
        again = await self._budget.take(self._name, 1, ceiling=ceiling, period=_DAY)
        if again is not None:
            raise _spent(use, max(again - now, _SECOND))

    def note(self, response: httpx.Response) -> None:
        """Learn from an answer what is left; odd numbers say nothing."""
        limit, left = _number(response, "x-limit-per-day"), _number(response, "x-remaining-today")
        if limit is not None and left is not None:
            self._calls, self._left = limit, left
        this_second = _number(response, "x-remaining-this-second")
        self._ready_at = self._clock() + _SECOND if this_second == 0 else None


def _spent(use: Use, wait: timedelta) -> RateLimited:
    rest = "reading orders" if use is Use.DROPS else "reading orders and sales"
    return RateLimited(
        f"The Etsy app has used up its calls for today, but for those kept for {rest}.",
        retry_after=wait,
    )


def _number(response: httpx.Response, name: str) -> int | None:
    try:
        return int(response.headers[name])
    except (KeyError, ValueError):
        return None
