"""A change of the ledger and all that follows from it, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import ledger, levels, orders
from storage.ledger import Movement, Retargeted
from storage.orders import Collision
from storage.queue import Queue, work_key
from sync import breaker, low_stock
from sync.incidents import IncidentKind, report, resolve

TOLD_ORDERS = 5  # as many order names as a person takes in at a glance


async def post(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    movements: Sequence[Movement],
    change_set_id: int,
    now: datetime,
) -> set[str]:
    """Book a change by people: movements, levels, targets, under the breaker's eye.

    Returns the cause keys that were new.
    """
    new = await ledger.post(session, workspace_id=workspace_id, movements=movements, now=now)
    products = {m.product_id for m in movements if m.cause_key in new}
    await follow(
        session,
        queue,
        workspace_id=workspace_id,
        product_ids=products,
        change_set_id=change_set_id,
        now=now,
    )
    return new


async def follow(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    product_ids: Collection[int],
    now: datetime,
    change_set_id: int | None = None,
) -> Sequence[Retargeted]:
    """Bring targets up to changed levels, tell of oversold and low ones, wake the pushers.

    What it changed comes back.
    A change set given here is watched by the breaker; orders and confirmed plans are not.
    """
    if not product_ids:
        return ()
    changed = await ledger.retarget(session, product_ids, now)
    if change_set_id is not None:
        await breaker.watch(session, queue, change_set_id=change_set_id, changed=changed, now=now)
    await _tell_oversold(session, queue, workspace_id, product_ids, now)
    await low_stock.watch(
        session, queue, workspace_id=workspace_id, product_ids=product_ids, now=now
    )
    await wake_push(session, queue, {item.store_id for item in changed})
    return changed


async def wake_push(session: AsyncSession, queue: Queue, store_ids: Collection[int]) -> None:
    """Wake the pushers of some stores, when this transaction commits."""
    for store_id in sorted(store_ids):
        await queue.enqueue(session, "push", key=work_key("push", store_id), store_id=store_id)


async def _tell_oversold(
    session: AsyncSession,
    queue: Queue,
    workspace_id: int,
    product_ids: Collection[int],
    now: datetime,
) -> None:
    for level in await levels.near_zero(session, product_ids):
        subject = f"{level.product_id}:{level.warehouse_id}"
        if level.available >= 0:
            await resolve(
                session,
                queue,
                workspace_id=workspace_id,
                store_id=None,
                kinds=[IncidentKind.OVERSOLD],
                subject=subject,
                now=now,
            )
            continue
        await report(
            session,
            queue,
            workspace_id=workspace_id,
            store_id=None,
            kind=IncidentKind.OVERSOLD,
            subject=subject,
            facts={
                "sku": level.sku,
                "title": level.title,
                "warehouse": level.warehouse,
                "missing": -level.available,
                "orders": collided(
                    await orders.collisions(
                        session, level.product_id, level.warehouse_id, TOLD_ORDERS
                    ),
                    -level.available,
                ),
            },
            now=now,
        )


def collided(newest: Sequence[Collision], missing: int) -> list[dict[str, object]]:
    """Tell orders in the order they came, and for which of them units are missing: the last ones.

    `newest`: the newest first.
    """
    told: list[dict[str, object]] = []
    for order in newest:
        told.append(
            {
                "name": order.name,
                "store": order.store,
                "units": order.units,
                "at": order.placed_at.isoformat(),
                "short": max(0, min(order.units, missing)),
            }
        )
        missing -= order.units
    return told[::-1]
