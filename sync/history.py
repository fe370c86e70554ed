"""What happened to a product's stock, newest first, and its level over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import history
from storage.facts import ProductRow
from storage.history import Line, Stretch

PAGE = 15  # movements of a page: more than an eye takes in at a glance, less than it gets lost in


@dataclass(frozen=True, slots=True)
class History:
    """One page of a product's movements.

    top   the movement that all its pages begin with
    """

    product: ProductRow
    lines: tuple[Line, ...]
    top: int | None
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Available in all warehouses, from the first movement until now."""

    begun: datetime
    until: datetime
    stretches: tuple[Stretch, ...]

    @property
    def lowest(self) -> int:
        return min(stretch.lowest for stretch in self.stretches)

    @property
    def highest(self) -> int:
        return max(stretch.highest for stretch in self.stretches)

    @property
    def last(self) -> int:
        return self.stretches[-1].last


async def read_page(
    session: AsyncSession,
    workspace_id: int,
    product: ProductRow,
    *,
    page: int = 0,
    top: int | None = None,
) -> History:
    """Read one page; what came since the first one was read does not move the others."""
    found = await history.lines(
        session, workspace_id, product.id, top=top, offset=page * PAGE, limit=PAGE
    )
    total = found[0].total if found else 0
    begin = found[0].id if top is None and found else top
    return History(product, tuple(found), begin, page, max(1, -(-total // PAGE)), total)


async def read_curve(
    session: AsyncSession, workspace_id: int, product_id: int, *, now: datetime, stretches: int
) -> Curve | None:
    """Read the level over time; None where nothing was ever booked."""
    found = await history.curve(session, workspace_id, product_id, until=now, stretches=stretches)
    return Curve(found[0].begun, max(now, found[0].begun), tuple(found)) if found else None
