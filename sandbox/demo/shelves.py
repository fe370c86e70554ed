"""The stores of a demo as one page shows them: every number, order and fault, in one form."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from sandbox.demo.ours import Ours
from sandbox.story.shopkeeper import Shopkeeper, folded
from sandbox.story.trades import Json

ORDERS_SHOWN = 8  # of each store, newest first


class Shelves:
    """Looks at all stores at once, and does in one of them what a person does there.

    `prices` in cents, by SKU.
    """

    def __init__(
        self, keepers: Sequence[Shopkeeper], prices: Mapping[str, int], ours: Ours
    ) -> None:
        self._keepers = {keeper.name: keeper for keeper in keepers}
        self._prices = prices
        self._ours = ours
        self._agreed: dict[str, float] = {}  # when a store and our numbers last agreed

    async def look(self) -> Json:
        """Read every store, and what Stockroom says each should show."""
        ours = await self._ours.look()
        looks = await asyncio.gather(*(keeper.look() for keeper in self._keepers.values()))
        stores = []
        for keeper, (state, faults) in zip(self._keepers.values(), looks, strict=True):
            listings = self._listings(keeper, state)
            stores.append(
                {
                    "name": keeper.name,
                    "title": keeper.title,
                    "platform": keeper.platform,
                    "keys": keeper.typed,
                    "listings": listings,
                    "orders": [
                        self._order(keeper, order) for order in state["orders"][::-1][:ORDERS_SHOWN]
                    ],
                    "fba": state.get("fba", {}),
                    "faults": faults,
                    "kinds": keeper.trade.faults,
                    **self._agreement(keeper, listings, ours),
                }
            )
        return {"stores": stores, "ours": ours.as_json()}

    async def act(self, name: str, act: str, given: Json) -> Json:
        """Do something in one store; what it answers. KeyError for a store that is not there."""
        return await self._keepers[name].act(act, given)

    async def forgive(self, name: str, kind: str | None) -> Json:
        """Switch a fault of one store off, or all of them."""
        return await self._keepers[name].forgive(kind)

    def _listings(self, keeper: Shopkeeper, state: Json) -> list[Json]:
        times = Counter((folded(one["sku"]), one.get("location")) for one in state["listings"])
        # Where there is one place only, its name says nothing.
        several = len({one.get("location") for one in state["listings"]}) > 1
        return [
            {
                "sku": one["sku"] or "",
                "title": one["title"],
                "place": one.get("location_name", "") if several else "",
                "available": one["available"],
                "price": self._prices.get(one["sku"] or ""),
                "left": _left(keeper, one, times[folded(one["sku"]), one.get("location")]),
            }
            for one in state["listings"]
        ]

    def _order(self, keeper: Shopkeeper, order: Json) -> Json:
        trade = keeper.trade
        return {
            "id": order["id"],
            "name": order["name"],
            "open": trade.is_open(order),
            "acts": trade.acts,
            "lines": [
                {
                    "sku": one["sku"],
                    "quantity": one["quantity"],
                    "refund": trade.refund(order, one) if trade.refund else None,
                }
                for one in order["lines"]
            ],
        }

    def _agreement(self, keeper: Shopkeeper, listings: Sequence[Json], ours: Ours) -> Json:
        """Put our number beside each listing, and say since when all of them agree."""
        agree = compared = 0
        for one in listings:
            number = ours.of(keeper.title, one["sku"], one["place"]) if not one["left"] else None
            one["ours"] = number
            if number is not None:
                compared += 1
                agree += max(0, one["available"] or 0) == number
        if compared and agree == compared:
            self._agreed[keeper.name] = ours.read_at
        return {
            "agree": agree,
            "compared": compared,
            "agreed_at": self._agreed.get(keeper.name) if compared else None,
        }


def _left(keeper: Shopkeeper, one: Json, times: int) -> str:
    """Say why Stockroom leaves a listing alone; empty where it does not."""
    if not folded(one["sku"]):
        return "no SKU"
    if times > 1:
        return "SKU used twice"
    if not keeper.trade.tracked(one):
        return "sent by the platform" if keeper.platform in ("amazon", "walmart") else "not counted"
    return "" if keeper.trade.on_sale(one) else "not on sale"
