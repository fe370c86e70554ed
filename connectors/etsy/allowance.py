"""How many calls Etsy allows: in a day, for all shops of an application, and in a second.

What reading the orders of a day needs is kept for that alone. A call that lowers a number may
use all the rest, any other call four fifths of the rest: a long push or import never keeps sales
from being read, nor from being told to the shop.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

import httpx

from connectors.errors import RateLimited
from connectors.pace import Clock
from connectors.services import BudgetService

_DAY = timedelta(days=1)
# Etsy: calls of one application within 24 hours, of all of its shops together, unless it was
# granted more.
CALLS_A_DAY = 10_000
# How often orders are read where nobody says more often. Shops of one application do not know of
# each other: read less often each, as the README asks for, they need no more together.
ORDERS_EVERY = timedelta(minutes=1)
# A round of orders asks for all of them, and for the cancelled ones.
_CALLS_A_ROUND = 2
# For second pages, and for orders that are read by their numbers: a tenth more.
_MARGIN = 1.1
# Where even that is too much for an application, something has to be left for stock.
_MOST_FOR_ORDERS = 0.8
# ENGINE A5: raises stop at 80 %, here of what orders leave.
_FOR_ALL = 0.8
# Etsy: a day's window moves on in twelve blocks, so what was spent comes back block by block.
_BLOCKS = 12
# It is asked again often enough to notice.
_LOOK_AGAIN = timedelta(minutes=15)
_SECOND = timedelta(seconds=1)
# Calls for orders are counted only to know whether they have gone on for a day; not anew too
# often, since in each first day calls are kept for them that they do not need.
_YEAR = timedelta(days=365)
_NO_END = 2**31 - 1


class Use(Enum):
    """What a call is for."""

    ORDERS = auto()
    DROPS = auto()
    REST = auto()


class Allowance:
    """The calls that one connector may make; what Etsy tells with each answer is believed."""

    def __init__(
        self,
        budget: BudgetService,
        keystring: str,
        calls: int,
        clock: Clock,
        orders_every: timedelta = ORDERS_EVERY,
    ) -> None:
        self._budget = budget
        self._name = f"etsy:{keystring}"
        self._orders_name = f"etsy:{keystring}:orders"
        self._calls = calls
        self._rounds = _DAY / max(min(orders_every, ORDERS_EVERY), _SECOND)
        self._clock = clock
        self._left: int | None = None  # of this day, as the latest answer told
        self._ready_at: datetime | None = None

    async def take(self, use: Use) -> None:
        """Take one call. RateLimited, with nothing sent, where it has to wait."""
        now = self._clock()
        if self._ready_at is not None and self._ready_at > now:
            raise RateLimited("Etsy asks us to slow down.", retry_after=self._ready_at - now)
        if use is Use.ORDERS:
            # How many of these there are Etsy itself decides: never our own count.
            await self._budget.take(self._orders_name, 1, ceiling=_NO_END, period=_YEAR)
            return
        if await self._is_short(use):
            raise _spent(use, _LOOK_AGAIN)
        most = self._calls - self._for_orders - self._for_drops(use)
        again = await self._budget.take(self._name, 1, ceiling=most, period=_DAY)
        if again is not None:
            raise _spent(use, max(again - now, _SECOND))

    def note(self, response: httpx.Response) -> None:
        """Learn from an answer what is left; odd numbers say nothing."""
        limit, left = _number(response, "x-limit-per-day"), _number(response, "x-remaining-today")
        if limit is not None and left is not None:
            self._calls, self._left = limit, left
        this_second = _number(response, "x-remaining-this-second")
        self._ready_at = self._clock() + _SECOND if this_second == 0 else None

    @property
    def _for_orders(self) -> int:
        """How many calls the orders of a day need."""
        needed = self._rounds * _CALLS_A_ROUND * _MARGIN
        return int(min(needed, self._calls * _MOST_FOR_ORDERS))

    def _for_drops(self, use: Use) -> int:
        """How many calls of a day are kept for drops from a call of this kind."""
        if use is Use.DROPS:
            return 0
        return int((self._calls - self._for_orders) * (1 - _FOR_ALL))

    async def _is_short(self, use: Use) -> bool:
        """Say whether what Etsy says is left is needed for orders, and for drops.

        Once orders have been read for a day, as many of their calls come back as they need, but
        for the block that is under way. Until then the rest of a day's calls is kept for them.
        """
        if self._left is None:
            return False
        free = self._left - self._for_orders // _BLOCKS - self._for_drops(use)
        if free <= 0 or free > self._for_orders:
            return free <= 0
        # None is taken: it is granted where orders have taken so few that they need the rest.
        known = self._for_orders - free
        asked = await self._budget.take(self._orders_name, 0, ceiling=known, period=_YEAR)
        return asked is None


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
