"""Differences that neither our writes nor a store's orders explain, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import held as held_back
from storage import ledger as movements
from storage.ledger import Movement
from storage.queue import Queue
from storage.rows import StoreRow
from storage.targets import Settled
from sync import incidents, ledger
from sync.deps import Deps
from sync.incidents import IncidentKind

# More than this many at once have one cause, not many: they are told in one message.
TOLD_APART = 3
TOLD_ITEMS = 20  # as many lines as a message takes without hiding its point


async def tell_drift(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    settled: Sequence[Settled],
    now: datetime,
) -> None:
    """Report readings that differed from what we believed; close what went away by itself."""
    for item in settled:
        if item.held == 0:
            await incidents.resolve(
                session,
                queue,
                workspace_id=store.workspace_id,
                store_id=store.id,
                kinds=[IncidentKind.DRIFT],
                subject=str(item.id),
                now=now,
            )
    standing = [item for item in settled if item.held != 0]
    groups = [standing] if len(standing) > TOLD_APART else [[item] for item in standing]
    for group in groups:
        if not group:
            continue
        subject = str(group[0].id) if len(group) == 1 else f"several:{now.isoformat()}"
        await incidents.report(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kind=IncidentKind.DRIFT,
            subject=subject,
            facts={
                "targets": [item.id for item in group],
                "items": [
                    {
                        "sku": item.sku,
                        "title": item.title,
                        "ours": item.shown - item.held,
                        "theirs": item.shown,
                    }
                    for item in group[:TOLD_ITEMS]
                ],
                "count": len(group),
            },
            now=now,
        )


async def settle_drift(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    incident_id: int,
    choice: Literal["put_back", "adopt"],
    actor: str,
) -> bool:
    """Put our numbers back, or take the store's over; False when it was decided before.

    Taking over books a movement of the same size in the same transaction; putting
    back needs nothing more than that our number counts again.
    """
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.closed_at is not None or found.store_id is None:
        return False
    now = deps.clock.now()
    held = await held_back.held(session, workspace_id, found.facts["targets"])
    if choice == "adopt":
        change_set = await movements.add_change_set(
            session,
            workspace_id=workspace_id,
            store_id=found.store_id,
            kind="adopt",
            actor=actor,
            note=f"Took over what {found.store_name} shows",
            now=now,
        )
        await movements.post(
            session,
            workspace_id=workspace_id,
            movements=[
                Movement(
                    product_id=item.product_id,
                    warehouse_id=item.warehouse_id,
                    on_hand_delta=item.held,
                    committed_delta=0,
                    cause="adopt",
                    cause_key=f"adopt:{incident_id}:{item.id}",
                    change_set_id=change_set,
                )
                for item in held
            ],
            now=now,
        )
    await ledger.follow(
        session,
        deps.queue,
        workspace_id=workspace_id,
        product_ids={item.product_id for item in held},
        now=now,
    )
    await held_back.let_go(session, [item.id for item in held])
    await ledger.wake_push(session, deps.queue, [found.store_id])
    await incidents.resolve(
        session,
        deps.queue,
        workspace_id=workspace_id,
        store_id=found.store_id,
        kinds=[IncidentKind.DRIFT],
        subject=found.subject,
        now=now,
    )
    return True
