"""Stop-sell: one product shows 0 in every store, whatever the ledger says, until it is lifted."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, stopped
from storage.queue import work_key
from storage.stopped import Stop
from sync import ledger
from sync.deps import Deps


async def stop(
    session: AsyncSession, deps: Deps, *, workspace_id: int, product_id: int, actor: str
) -> Stop | None:
    """Stop a product; how it stands then, None when it is gone. Twice is as once."""
    held = await stopped.of_product(session, workspace_id, product_id, lock=True)
    if held is not None and held.at is None:
        await stopped.save(session, product_id, at=deps.clock.now(), by=actor)
        await _follow(session, deps, workspace_id, held, actor, "stock.stop")
    return await stopped.of_product(session, workspace_id, product_id)


async def lift(
    session: AsyncSession, deps: Deps, *, workspace_id: int, product_id: int, actor: str
) -> Stop | None:
    """Sell a product again: its numbers come back as any raise does (R5)."""
    held = await stopped.of_product(session, workspace_id, product_id, lock=True)
    if held is not None and held.at is not None:
        await stopped.save(session, product_id, at=None, by=None)
        await _follow(session, deps, workspace_id, held, actor, "stock.sell")
    return await stopped.of_product(session, workspace_id, product_id)


async def _follow(
    session: AsyncSession, deps: Deps, workspace_id: int, held: Stop, actor: str, act: str
) -> None:
    """Bring the targets up to it, ahead of what waits; the breaker does not count this (R14)."""
    now = deps.clock.now()
    changed = await ledger.follow(
        session,
        deps.queue,
        workspace_id=workspace_id,
        product_ids=[held.product_id],
        now=now,
    )
    for store_id in sorted({item.store_id for item in changed}):
        await deps.queue.enqueue(
            session, "push", key=work_key("push", store_id), hurry=True, store_id=store_id
        )
    await audit.record(session, workspace_id, actor, act, now, subject=held.sku)
