"""A store's orders with units still to be sent, asked for before a plan is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.protocol import RemoteOrder
from storage import stores
from sync.deps import Deps
from sync.line_finder import deducted


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """A store's orders with units still to be sent.

    by_ref      those units by listing
    undeducted  units sold of each listing that the store's own number still holds
    asked       when they were read, on the store's clock: later orders are ordinary sales
    """

    orders: int
    units: int
    by_ref: Mapping[str, int] = field(default_factory=dict)
    undeducted: Mapping[str, int] = field(default_factory=dict)
    asked: str | None = None


async def read_open_orders(deps: Deps, store_id: int) -> OpenOrders:
    """Ask the store which units are still to be sent. Slow; raises StoreError."""
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None:
        return OpenOrders(0, 0)
    latest: dict[str, RemoteOrder] = {}
    begun = deps.clock.now()
    async with deps.open_store(store) as connector:
        since = deps.clock.now() - connector.traits.order_history
        async for page in connector.orders(since):
            latest.update({order.id: order for order in page.orders})
        asked = begun + connector.skew
    by_ref: Counter[str] = Counter()
    undeducted: Counter[str] = Counter()
    waiting = 0
    for order in latest.values():
        waiting += any(line.committed for line in order.lines)
        for line in order.lines:
            ref = line.within or line.ref or ""
            by_ref[ref] += line.committed
            undeducted[ref] += max(line.taken - deducted(line), 0)
    return OpenOrders(
        orders=waiting,
        units=by_ref.total(),
        by_ref=dict(+by_ref),
        undeducted=dict(+undeducted),
        asked=asked.isoformat(),
    )
