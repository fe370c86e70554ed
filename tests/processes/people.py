"""What people do to shops and shelf meanwhile, and what is true because of it.

The truth is kept here, from what the shops' own control API said was done; nothing of
the product has a part in it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

Adjust = Callable[[str, int, str], Awaitable[None]]


@dataclass
class Truth:
    """Units on the shelf and units promised, by SKU."""

    on_hand: dict[str, int]
    committed: dict[str, int] = field(default_factory=dict)

    def take(self, sku: str, *, on_hand: int = 0, committed: int = 0) -> None:
        self.on_hand[sku] += on_hand
        self.committed[sku] = self.committed.get(sku, 0) + committed

    def levels(self) -> dict[str, tuple[int, int]]:
        """On hand and committed of every SKU."""
        return {sku: (units, self.committed.get(sku, 0)) for sku, units in self.on_hand.items()}

    def shown(self) -> dict[str, int]:
        """What a shopper should be able to buy of every SKU."""
        return {
            sku: max(0, on_hand - committed) for sku, (on_hand, committed) in self.levels().items()
        }


@dataclass(frozen=True)
class _Order:
    shop: str
    id: str
    sku: str
    units: int


class People:
    """Buyers, packers and a person at the shelf."""

    def __init__(
        self, http: httpx.AsyncClient, address: str, truth: Truth, adjust: Adjust, seed: int
    ) -> None:
        self.truth = truth
        self.acts = 0
        self._http = http
        self._address = address
        self._adjust = adjust
        self._random = random.Random(seed)
        self._open: list[_Order] = []
        self._keys = itertools.count(1)

    async def sell(self, shop: str, sku: str, units: int = 1) -> None:
        """Somebody buys, if the shop shows enough."""
        answer = await self._act(shop, "sell", sku=sku, quantity=units)
        if answer is not None:
            self._open.append(_Order(shop, answer["id"], sku, units))
            self.truth.take(sku, committed=units)

    async def cancel(self) -> None:
        """Somebody cancels an order of which nothing was sent."""
        if order := self._some_order():
            await self._act(order.shop, "cancel", order=order.id)
            self.truth.take(order.sku, committed=-order.units)

    async def fulfil(self) -> None:
        """Somebody sends an order."""
        if order := self._some_order():
            await self._act(order.shop, "fulfil", order=order.id)
            self.truth.take(order.sku, on_hand=-order.units, committed=-order.units)

    async def adjust(self, sku: str, units: int) -> None:
        """Somebody at the shelf finds more, or less."""
        self.acts += 1
        await self._adjust(sku, units, f"test-{next(self._keys)}")
        self.truth.take(sku, on_hand=units)

    async def anything(self) -> None:
        """Somebody does something."""
        shop = self._random.choice(("alpha", "beta"))
        sku = self._random.choice(sorted(self.truth.on_hand))
        match self._random.randrange(8):
            case 0:
                await self.cancel()
            case 1:
                await self.fulfil()
            case 2 | 3:
                await self.adjust(sku, self._random.choice((-2, -1, 1, 3)))
            case _:
                await self.sell(shop, sku, self._random.randint(1, 2))

    @asynccontextmanager
    async def busy(self, pause: float = 0.15) -> AsyncIterator[None]:
        """Let people do one thing after another until the block ends."""
        stopping = asyncio.Event()
        doing = asyncio.create_task(self._go_on(stopping, pause))
        try:
            yield
        finally:
            stopping.set()
            await doing

    async def _go_on(self, stopping: asyncio.Event, pause: float) -> None:
        while not stopping.is_set():
            await self.anything()
            await asyncio.sleep(self._random.uniform(0, 2 * pause))

    def _some_order(self) -> _Order | None:
        if not self._open:
            return None
        return self._open.pop(self._random.randrange(len(self._open)))

    async def _act(self, shop: str, act: str, **given: object) -> dict[str, Any] | None:
        self.acts += 1
        answer = await self._http.post(f"{self._address}/_sandbox/{shop}/{act}", json=given)
        if answer.status_code == httpx.codes.CONFLICT and act == "sell":
            return None  # sold out
        answer.raise_for_status()
        done: dict[str, Any] = answer.json()
        return done
