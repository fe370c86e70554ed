"""Somebody who buys at random, in one store after another, at a chosen pace."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from sandbox.story.member import StuckError
from sandbox.story.shopkeeper import Shopkeeper

FASTEST = 1.0  # seconds between two purchases


class Shopper:
    """Buys one unit each time; `every` in seconds, None while at rest."""

    def __init__(self, keepers: Sequence[Shopkeeper]) -> None:
        self._keepers = keepers
        self._dice = random.Random(7)  # noqa: S311 - nothing secret
        self._walk: asyncio.Task[None] | None = None
        self.every: float | None = None
        self.last = ""  # what was bought last, where

    async def go(self, every: float | None) -> None:
        """Buy at this pace from now on; None: no more."""
        await self.stop()
        if every is not None:
            self.every = max(FASTEST, every)
            self._walk = asyncio.create_task(self._shop(self.every))

    async def stop(self) -> None:
        """Buy nothing more."""
        self.every = None
        if self._walk is not None:
            self._walk.cancel()
            await asyncio.gather(self._walk, return_exceptions=True)
            self._walk = None

    async def _shop(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            keeper = self._dice.choice(self._keepers)
            try:
                kept, _ = await keeper.sellable()
                offered = sorted(sku for sku, number in kept.items() if number > 0)
                if offered:
                    sku = self._dice.choice(offered)
                    await keeper.sell(sku, 1)
                    self.last = f"1 x {sku} at {keeper.title}"
            except StuckError as sold_out:  # somebody else was faster, or the store is broken
                self.last = str(sold_out)
