"""The breaker: a change that would empty or multiply much of a store stops and asks (R14).

A level-triggered pusher has no runs to limit, so effects are watched: what changes by
people did to each store within a quarter of an hour. Orders, and plans that somebody
confirmed, pass. Only the change set that went too far is kept back; what orders take
meanwhile goes out on top of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage import breaker, undo
from storage.breaker import Jolt
from storage.incidents import IncidentRow
from storage.ledger import Retargeted
from storage.people import WorkspaceRow
from storage.queue import Queue
from sync import incidents
from sync.incidents import TOLD_ITEMS, IncidentKind
from sync.sheet import to_csv

# ENGINE.md A6: over 15 minutes, more than max(20, 10 %) of a store's listings.
WINDOW = timedelta(minutes=15)
LISTINGS = 20
PERCENT = 10.0
TENFOLD = 10


def is_jolt(before: int | None, after: int | None) -> bool:
    """Say whether a change empties a listing, or shows ten times as many of it."""
    if before is None or after is None or before <= 0:
        return False
    return after <= 0 or after >= TENFOLD * before


def trips(jolted: int, targets: int, percent: float | None) -> bool:
    """Say whether that many jolted listings of a store are too many, by its own limit if any."""
    return jolted > max(LISTINGS, (percent or PERCENT) / 100 * targets)


async def watch(
    session: AsyncSession,
    queue: Queue,
    *,
    change_set_id: int,
    changed: Sequence[Retargeted],
    now: datetime,
) -> None:
    """Watch what a change set did to targets, whose rows are locked; keep it back if need be."""
    # Whoever changes a number again has thought about it again: the old hold ends.
    await breaker.let_go(session, [item.id for item in changed])
    jolts = [
        Jolt(item.id, item.store_id, item.before or 0, item.after or 0)
        for item in changed
        if is_jolt(item.before, item.after)
    ]
    if not jolts:
        return
    await breaker.forget(session, before=now - WINDOW)
    await breaker.record(session, change_set_id=change_set_id, jolts=jolts, now=now)
    shaken = await breaker.shaken(
        session, sorted({jolt.store_id for jolt in jolts}), since=now - WINDOW
    )
    for store in shaken:
        if not trips(store.jolted, store.targets, store.percent):
            continue
        braked = await breaker.brake(session, store.store_id, change_set_id)
        if not braked:
            continue
        undoable = await undo.load(session, store.workspace_id, change_set_id) is not None
        await incidents.report(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.store_id,
            kind=IncidentKind.BREAKER,
            subject=str(change_set_id),
            facts={
                "change_set": change_set_id,
                "count": len(braked),
                "targets": store.targets,
                "change": await breaker.kind_of(session, change_set_id),
                "undoable": undoable,
                "items": [
                    {
                        "sku": item.sku,
                        "title": item.title,
                        "now": item.before,
                        "becomes": item.after,
                    }
                    for item in braked[:TOLD_ITEMS]
                ],
            },
            now=now,
        )


async def held_csv(session: AsyncSession, found: IncidentRow) -> str:
    """Write all that an incident keeps back as a table for a spreadsheet."""
    held = await breaker.kept_back(session, found.store_id or 0, int(found.subject))
    return to_csv(
        ("SKU", "Title", "Shows now", "Would show"),
        ((item.sku, item.title, item.before, max(item.after, 0)) for item in held),
    )


async def needs_another(
    session: AsyncSession, workspace: WorkspaceRow, found: IncidentRow, actor: str
) -> bool:
    """Say whether somebody else than this person has to let a change go out: they made it."""
    if not workspace.second_person:
        return False
    return await breaker.made_by(session, workspace.id, int(found.subject)) == actor


async def over(
    session: AsyncSession, queue: Queue, *, workspace_id: int, change_set_id: int, now: datetime
) -> None:
    """End what is asked about a change set that was taken back, at every store."""
    for found in await incidents.open_incidents(session, workspace_id, IncidentKind.BREAKER):
        if found.subject == str(change_set_id):
            await incidents.resolve(
                session,
                queue,
                workspace_id=workspace_id,
                store_id=found.store_id,
                kinds=[IncidentKind.BREAKER],
                subject=found.subject,
                now=now,
            )


async def release(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    incident_id: int,
    now: datetime,
) -> tuple[int, int] | None:
    """Let a change set that was kept back go out; (store id, listings), None when it did before."""
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.closed_at is not None or found.store_id is None:
        return None
    if found.kind != IncidentKind.BREAKER:
        return None
    targets = await breaker.of_change_set(session, found.store_id, int(found.subject))
    released = await breaker.let_go(session, targets)
    await incidents.resolve(
        session,
        queue,
        workspace_id=workspace_id,
        store_id=found.store_id,
        kinds=[IncidentKind.BREAKER],
        subject=found.subject,
        now=now,
    )
    return found.store_id, len(released)
