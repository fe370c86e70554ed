"""The operations that are called, the errors that eBay knows, and a run that meets them.

The rows are the samples of the platform's fact sheet, but for those of calls that are never
made. A row counts as met when its answer went over the wire *and* the connector understood it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.errors import StoreError
from connectors.protocol import Connector, WriteOutcome
from sandbox.ebay import Fault
from tests.connectors.ebay.world import Exchange, World

Seen = Callable[[Exchange], bool]

OPERATIONS = {
    "token",
    "getPrivileges",
    "getUser",
    "getInventoryItems",
    "bulkGetInventoryItem",
    "getOffers",
    "bulkUpdatePriceQuantity",
    "getOrders",
    "GetUserPreferences",
    "GetSellerList",
    "GetSellerEvents",
    "GetItem",
    "ReviseInventoryStatus",
}
# Samples of calls that the connector never makes; test_recorded.py reads them all the same.
NOT_CALLED = {"inventory.unknown_sku.get", "inventory.migrate_failed", "feed.quota"}


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _rest(status: int, number: int, path: str = "") -> Seen:
    """An answer of a REST call that holds an error's number."""
    words = f'"errorId":{number},'
    return lambda one: (
        one.status == status and words in one.content.decode() and one.path.endswith(path)
    )


def _oauth(status: int, kind: str) -> Seen:
    return lambda one: one.status == status and f'"error":"{kind}"' in one.content.decode()


def _trading(ack: str, number: int) -> Seen:
    """An answer of a Trading call: HTTP says 200 whatever happened."""
    words = (f"<Ack>{ack}</Ack>", f"<ErrorCode>{number}</ErrorCode>")
    return lambda one: one.status == 200 and all(each in one.content.decode() for each in words)


# Each row, and how its answer looks on the wire
ROWS: dict[str, Seen] = {
    "auth.access_token_expired": _rest(401, 1001),
    "auth.refresh_token_invalid": _oauth(400, "invalid_grant"),
    "auth.client_credentials_wrong": _oauth(401, "invalid_client"),
    "auth.scope_missing": _rest(403, 1100),
    "throttled": _rest(429, 2001),
    "inventory.unknown_sku.bulk_get": _rest(207, 25702, "/bulk_get_inventory_item"),
    "inventory.push.partial_failure": _rest(207, 25709, "/bulk_update_price_quantity"),
    "inventory.push.user_error": _rest(400, 25002),
    "inventory.push.auction_allocation": _rest(400, 25759),
    "inventory.sku_invalid_characters": _rest(400, 25707, "/offer"),
    "inventory.pagination_invalid": _rest(400, 25706),
    "orders.filter_invalid": _rest(400, 30800),
    "orders.start_date_in_future": _rest(400, 30850),
    "orders.too_many_ids": _rest(400, 30900),
    "server_error.inventory": _rest(500, 25001),
    "server_error.fulfillment": _rest(500, 30500),
    "warning_with_success": _rest(200, 25402),
    "trading.token_expired": _trading("Failure", 21917053),
    "trading.call_limit": _trading("Failure", 518),
    "trading.revise_limit_per_seller": _trading("Failure", 21919144),
    "trading.quantity_zero_without_out_of_stock_control": _trading("Failure", 515),
    "trading.ended_listing": _trading("Failure", 21916750),
    "trading.partial_failure": _trading("PartialFailure", 21916750),
    "trading.warning": _trading("Warning", 21917091),
    "trading.server_error": lambda one: one.status == 500 and b"<html>" in one.content,
}


class Run:
    """One fresh seller, a connector to him, and the rows that are met here."""

    def __init__(self, world: World, connector: Connector, evidence: Evidence) -> None:
        self.world = world
        self.connector = connector
        self._evidence = evidence

    def switch_on(self, kind: Any, count: int | None = 1, **options: Any) -> None:
        self.world.shop.faults.switch_on(Fault(kind, count, **options))

    async def meets(self, row: str, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do something during which a row's answer comes, and is got over."""
        before = len(self.world.line.exchanges)
        answer = await act()
        self._found(row, before)
        return answer

    async def fails(
        self, row: str, kind: type[StoreError], act: Callable[[], Awaitable[Any]]
    ) -> None:
        """Do something that ends with a row's answer, understood as `kind`."""
        before = len(self.world.line.exchanges)
        with pytest.raises(kind) as raised:
            await act()
        assert raised.type is not StoreError
        self._found(row, before)

    async def writes(self, row: str, **numbers: int) -> list[WriteOutcome]:
        """Write during which a row's answer comes; SKUs have `_` where they stand for `-`."""
        writes = [self.world.write(sku, value) for sku, value in numbers.items()]
        outcomes: list[WriteOutcome] = await self.meets(
            row, lambda: self.connector.set_levels(writes)
        )
        return outcomes

    def forget(self) -> None:
        """Leave the last exchange out of the evidence: not ours, or sent wrong on purpose."""
        self.world.line.exchanges.pop()

    def _found(self, row: str, before: int) -> None:
        assert any(ROWS[row](each) for each in self.world.line.exchanges[before:]), row
        self._evidence.met.add(row)
