"""Low stock: people are told when a product falls to its level, and when it is well above again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, facts, low_stock
from storage.queue import Queue
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve

# A product that sells around its level would be told of all day: it counts as recovered
# only when it is above by a fifth of the level, and by one unit at least.
CLEAR_SHARE = 5


def is_low(available: int | None, level: int | None, *, told: bool) -> bool:
    """Say whether so much is low; what was told of stays so until it is well above."""
    if available is None or level is None:
        return False
    return available <= level + (max(1, level // CLEAR_SHARE) if told else 0)


async def watch(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    product_ids: Collection[int],
    now: datetime,
) -> None:
    """Tell of products that fell to their low-stock level, and of those that came back.

    While it is low, only selling out is told once more.
    """
    for level in await low_stock.standing(session, workspace_id, product_ids):
        subject = str(level.product_id)
        low = is_low(level.available, level.low_level, told=level.told is not None)
        if not low and level.told is not None:
            await resolve(
                session,
                queue,
                workspace_id=workspace_id,
                store_id=None,
                kinds=[IncidentKind.LOW_STOCK],
                subject=subject,
                now=now,
            )
        elif low and _is_news(level.available or 0, level.told):
            await report(
                session,
                queue,
                workspace_id=workspace_id,
                store_id=None,
                kind=IncidentKind.LOW_STOCK,
                subject=subject,
                facts={
                    "sku": level.sku,
                    "title": level.title,
                    "available": level.available,
                    "level": level.low_level,
                },
                now=now,
            )


def _is_news(available: int, told: int | None) -> bool:
    return told is None or (available <= 0 < told)


async def set_low_level(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    product_id: int,
    level: int | None,
    actor: str,
) -> bool:
    """Set a product's low-stock level, or None for none; False when the product is gone.

    One that is low already is told of at once.
    """
    product = await facts.product_by_id(session, workspace_id, product_id)
    if product is None:
        return False
    if product.low_level == level:  # pressed twice, or it was so before
        return True
    now = deps.clock.now()
    await low_stock.set_level(session, workspace_id, product_id, level)
    await audit.record(
        session,
        workspace_id,
        actor,
        "stock.low_level",
        now,
        subject=product.sku,
        detail={"level": [product.low_level, level]},
    )
    await watch(session, deps.queue, workspace_id=workspace_id, product_ids=[product_id], now=now)
    return True
