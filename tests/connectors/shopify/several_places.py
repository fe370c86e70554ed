"""A shop with several places, and its books held against what its orders' lines tell."""

from __future__ import annotations

from datetime import timedelta

from connectors.protocol import RemoteOrder, RemoteOrderLine
from tests.connectors.shopify.world import World


class Places:
    """A world with two more places, where S0 and S1 are stocked as well."""

    def __init__(self, **options: object) -> None:
        self.world = World(**options)
        self.shop = self.world.shop
        self.main = self.world.place
        self.north = self.shop.add_location("North")
        self.south = self.shop.add_location("South")
        self.places = [self.main, self.north, self.south]
        for sku in ("S0", "S1"):
            self.shop.add_listing(sku, 10, at=self.places)

    def tick(self, seconds: float = 600) -> None:
        self.world.clock.time += timedelta(seconds=seconds)


def assert_books(
    shop: Places, orders: list[RemoteOrder], start: dict[tuple[str, str], int] | None = None
) -> None:
    """`available` of every place fell by what its parts took, `committed` is theirs."""
    found: dict[tuple[str, str], list[RemoteOrderLine]] = {}
    for order in orders:
        for line in order.lines:
            found.setdefault((line.ref or "", line.location or ""), []).append(line)
    for level in shop.shop.levels():
        key = level.item.id, level.location.id
        own = found.get(key, [])
        assert level.available == (start[key] if start else 10) - sum(line.taken for line in own)
        assert level.committed == sum(line.committed for line in own)
