"""What a seller offers, and how much of it is at which ship node."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sandbox.walmart.feeds import Feed, Feeds, Result
from sandbox.walmart.model import Fulfilment, Item, Lifecycle, Node, NodeKind, Stock

Answer = Literal["ok", "unknown", "retired", "not_yours", "no_node"]
WORDS: dict[Answer, str] = {
    "unknown": "SKU {sku} does not exist for this seller.",
    "retired": "SKU {sku} is not active: its inventory cannot be updated.",
    "not_yours": "SKU {sku} is fulfilled by Walmart: its inventory cannot be updated.",
    "no_node": "Ship node is not associated with the seller.",
}


class Assortment:
    """The ship nodes, items and stock of one account.

    `read_lag` is for how long readings show the numbers from before a change by the API.
    """

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.read_lag = timedelta()
        number = zlib.crc32(name.encode())
        self.partner_id = str(10_000_000 + number % 80_000_000)
        # Seen on live accounts: a virtual node with the partner's own id is the default one.
        self.nodes: list[Node] = [Node(self.partner_id, "Virtual node", "VIRTUAL")]
        self.items: dict[str, Item] = {}
        self.feeds = Feeds(name, now)
        self._numbers = itertools.count(number % 1000 + 100)

    # The ship nodes

    def add_location(self, name: str, *, active: bool = True, kind: NodeKind = "PHYSICAL") -> Node:
        node = Node(str(721_000_000_000 + self._next()), name, kind, active)
        self.nodes.append(node)
        return node

    def location(self, id_or_name: str | int) -> Node:
        """Find a ship node by its id or its name; KeyError where there is none."""
        for node in self.nodes:
            if str(id_or_name) in (node.id, node.name):
                return node
        raise KeyError(id_or_name)

    # The items

    def add_listing(
        self,
        sku: str,
        available: int = 0,
        *,
        title: str = "",
        tracked: bool = True,
        at: Sequence[Node] | None = None,
        group: str | None = None,
        published: str = "PUBLISHED",
        lifecycle: Lifecycle = "ACTIVE",
        duplicate: bool = False,
        fulfilment: Fulfilment | None = None,
    ) -> Item:
        """Add an item, stocked at the default node unless `at` says where.

        Walmart counts everything; what is not `tracked` it counts itself, in its own
        warehouses (WFS). ValueError where the SKU is there already, or none is given.
        """
        if not sku or sku in self.items:
            raise ValueError("an item needs a SKU of its own")
        number = self._next()
        item = Item(
            sku,
            title or sku,
            wpid=f"WPID{number:08}",
            gtin=f"{number:014}",
            published=published,
            lifecycle=lifecycle,
            group=group,
            duplicate=duplicate,
            fulfilment=fulfilment or ("SellerFulfilled" if tracked else "WFSFulfilled"),
        )
        self.items[sku] = item
        for node in self.nodes[:1] if at is None else at:
            item.stock[node.id] = Stock(available)
        return item

    def item(self, sku: str) -> Item:
        """Find an item by its SKU; KeyError where there is none."""
        return self.items[sku]

    def variant(self, sku: str) -> Item:
        """Find an item under the name that the other platforms' stores use."""
        return self.items[sku]

    def rename_sku(self, sku: str, to: str) -> None:
        if to in self.items:
            raise ValueError("that SKU is taken")
        item = self.items.pop(sku)
        item.sku = to
        self.items[to] = item

    def archive(self, sku: str) -> None:
        self.items[sku].lifecycle = "ARCHIVED"

    def retire(self, sku: str) -> None:
        """End an item: it is listed still, and takes no stock any more."""
        self.items[sku].lifecycle = "RETIRED"

    def delete(self, sku: str) -> None:
        """Delete an item for ever."""
        del self.items[sku]

    # The stock

    def stock(self, sku: str, node: Node | None = None) -> Stock:
        """Find the units of a SKU at a node, the default one unless named; KeyError without."""
        self.apply_due()
        return self.items[sku].stock[(node or self.nodes[0]).id]

    def available(self, sku: str, node: Node | None = None) -> int:
        return self.stock(sku, node).available

    def set_by_hand(self, sku: str, available: int, node: Node | None = None) -> None:
        """Type a number into Seller Center, past every app."""
        stock = self.stock(sku, node)
        stock.input = available + stock.reserved

    def stock_at(self, sku: str, node: Node, available: int) -> Stock:
        """Stock something at one more node."""
        return self.items[sku].stock.setdefault(node.id, Stock(available))

    def put(self, sku: str, node: str, amount: int) -> Answer:
        """Take an absolute number by the API; whether it was taken."""
        item = self.items.get(sku)
        if item is None:
            return "unknown"
        if item.lifecycle != "ACTIVE":
            return "retired"
        if item.fulfilment == "WFSFulfilled":
            return "not_yours"
        if node not in {each.id for each in self.nodes if each.active and each.kind != "3PL"}:
            return "no_node"
        stock = item.stock.setdefault(node, Stock(0))
        now = self.now()
        stock.before = stock.read(now)
        stock.old_until = now + self.read_lag if self.read_lag else None
        stock.input = amount
        return "ok"

    def apply_due(self) -> None:
        """Give effect to the feeds whose time has come, in their order."""
        for feed in self.feeds.take_due():
            self._apply(feed)

    def _apply(self, feed: Feed) -> None:
        for place, (sku, nodes) in enumerate(feed.entries):
            broken = feed.spoilt if place % 2 else None
            if broken is not None:
                words = "A downstream system returned an error."
                feed.results.append(Result(sku, broken, "ERR_EXT_SYSTEM_0001", words))
                continue
            refused: Answer = "ok"
            for node, amount in nodes:
                taken = self.put(sku, node or self.nodes[0].id, amount)
                refused = taken if refused == "ok" else refused
            if refused == "ok":
                feed.results.append(Result(sku, "SUCCESS"))
            else:
                words = WORDS[refused].format(sku=sku)
                feed.results.append(Result(sku, "DATA_ERROR", "ERR_PDI_0001", words))

    def _next(self) -> int:
        return next(self._numbers)
