"""Rows as the rest of the product sees them: frozen values, no session behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


def columns(kind: type[Any], alias: str) -> str:
    """Name the columns that make up one row type, for a select list."""
    return ", ".join(f"{alias}.{column.name}" for column in fields(kind))


async def fetch(session: AsyncSession, kind: type[T], sql: str, /, **values: Any) -> list[T]:
    """Run a query whose columns are the fields of `kind`, in any order."""
    rows = (await session.execute(_statement(sql), values)).mappings()
    return [kind(**row) for row in rows]


async def fetch_one(session: AsyncSession, kind: type[T], sql: str, /, **values: Any) -> T | None:
    """Run such a query and return its first row, or None."""
    row = (await session.execute(_statement(sql), values)).mappings().first()
    return None if row is None else kind(**row)


@lru_cache(maxsize=1_000)  # more than there are queries in the product
def _statement(sql: str) -> TextClause:
    """Look for a query's parameters once, not each time it is run."""
    return text(sql)


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One connected account on one platform."""

    id: int
    workspace_id: int
    platform: str
    account_id: str
    name: str
    currency: str
    base_url: str | None
    settings: dict[str, Any]
    sync_status: str
    health: str
    buffer: int
    maximum: int | None
    scopes: list[str] | None
    orders_cursor: str | None
    orders_read_at: datetime | None
    read_to: datetime | None
    pushed_at: datetime | None
    products_full_at: datetime | None
    products_changed_at: datetime | None
    failures: int
    throttled: int
    on_since: datetime | None
    off_since: datetime | None
    looked_back_at: datetime | None
    orders_from: datetime | None
    lines_checked_at: datetime | None
    early_orders_counted: bool
    connected_at: datetime
    disconnected_at: datetime | None
    fulfilment: str

    @property
    def ships(self) -> bool:
        """Whether the merchant sends goods: orders are read, and numbers written."""
        return self.fulfilment != "platform"

    @property
    def tracks_fba(self) -> bool:
        """Whether what the platform keeps in its own warehouses is copied."""
        return self.fulfilment != "merchant"


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A place that a store knows, and the warehouse that receives what it counts.

    What it shows is the sum of all `warehouse_ids`, the receiving one among them. A store
    without locations has one such place to write to, and its name is empty. For a place
    that was linked while sync was on, `early_orders_counted` says instead of its store
    whether our numbers still held the units of its open orders.
    """

    id: int
    remote_id: str
    name: str
    active: bool
    ours: bool
    decision: str
    warehouse_id: int | None
    warehouse_ids: list[int] = field(default_factory=list)
    early_orders_counted: bool | None = None


@dataclass(frozen=True, slots=True)
class TurnOnRow:
    """One run of turning sync on."""

    id: int
    workspace_id: int
    store_id: int
    plan_id: Any  # None where nothing but FBA is turned on
    phase: str
    actor: str
    channel: str | None
    message_ts: str | None
    started_at: datetime
