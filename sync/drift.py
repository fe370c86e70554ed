"""Differences that neither our writes nor a store's orders explain, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, differences, stores
from storage import held as held_back
from storage import incidents as incident_rows
from storage import ledger as movements
from storage.differences import Difference
from storage.incidents import IncidentRow
from storage.ledger import Movement
from storage.queue import Queue
from storage.rows import StoreRow
from storage.targets import Settled
from sync import incidents, ledger
from sync.deps import Deps
from sync.incidents import TOLD_ITEMS, IncidentKind

ON_DRIFT = "on_drift"  # the setting of a store: "ask", or "put_back"
DAY = timedelta(days=1)

# More than this many at once have one cause, not many: they are told in one message.
TOLD_APART = 3

# A store that puts ours back by itself, and shows another number all the same so often in a
# day, has somebody else who writes to it: from then on a person is asked.
FIGHT = 3

DriftChoice = Literal["put_back", "adopt", "ignore"]


async def judge_drift(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    settled: Sequence[Settled],
    now: datetime,
) -> None:
    """Put our numbers back where the store's settings say so, and ask about the others."""
    standing = [item.id for item in settled if item.held != 0]
    if not standing or not puts_back(store):
        await tell_drift(session, queue, store=store, settled=settled, now=now)
        return
    fought = await differences.put_back_alone(
        session, store.workspace_id, standing, since=now - DAY, often=FIGHT
    )
    ours = [item for item in settled if item.held != 0 and item.id not in fought]
    if ours:
        await held_back.let_go(session, [item.id for item in ours])
        await audit.record(
            session,
            store.workspace_id,
            audit.SYSTEM,
            differences.PUT_BACK_ALONE,
            now,
            subject=f"{store.name}: {', '.join(item.sku for item in ours[:TOLD_ITEMS])}",
            detail={
                "store": store.id,
                "targets": [item.id for item in ours],
                "numbers": [[item.shown - item.held, item.shown] for item in ours],
            },
        )
    settled = [replace(item, held=0) if item.id not in fought else item for item in settled]
    await tell_drift(session, queue, store=store, settled=settled, now=now)


def puts_back(store: StoreRow) -> bool:
    """Say whether our numbers are put back at a store without asking."""
    return store.settings.get(ON_DRIFT) == "put_back"


async def tell_drift(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    settled: Sequence[Settled],
    now: datetime,
) -> None:
    """Report readings that differed from what we believed; close what went away by itself."""
    explained = [item.id for item in settled if item.held == 0]
    await no_drift(session, queue, store=store, targets=explained, now=now)
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


async def no_drift(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    targets: Sequence[int],
    now: datetime,
) -> None:
    """Close the questions about differences that are none any more."""
    for target_id in targets:
        await incidents.resolve(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.DRIFT],
            subject=str(target_id),
            now=now,
        )


async def settle_drift(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    incident_id: int,
    choice: DriftChoice,
    actor: str,
) -> bool:
    """Put our numbers back, or take the store's over; False when it was decided before.

    Taking over books a movement of the same size in the same transaction; putting
    back needs nothing more than that our number counts again. Ignoring leaves the
    difference standing and what changes later goes on top of it: nobody is asked again
    until the store shows yet another number, or a person wants to be.
    """
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.closed_at is not None or found.store_id is None:
        return False
    if found.kind != IncidentKind.DRIFT:
        return False
    now = deps.clock.now()
    if choice == "ignore":
        await incident_rows.add_facts(session, incident_id, {"ignored_by": actor})
        await _over(session, deps, found, now)
        return True
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
    await _over(session, deps, found, now)
    return True


async def _over(session: AsyncSession, deps: Deps, found: IncidentRow, now: datetime) -> None:
    await incidents.resolve(
        session,
        deps.queue,
        workspace_id=found.workspace_id,
        store_id=found.store_id,
        kinds=[IncidentKind.DRIFT],
        subject=found.subject,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Differences that one incident asks about; None: those that nobody is asked about."""

    incident_id: int | None
    found: tuple[Difference, ...]


async def questions(
    session: AsyncSession, workspace_id: int, store_ids: Collection[int]
) -> list[Question]:
    """List the differences of some stores by the incident that asks, ignored ones last."""
    by_incident: dict[int | None, list[Difference]] = {}
    for item in await differences.held(session, workspace_id, store_ids):
        by_incident.setdefault(item.incident_id, []).append(item)
    return [
        Question(incident_id, tuple(by_incident[incident_id]))
        for incident_id in sorted(by_incident, key=lambda key: (key is None, key))
    ]


async def ask_again(
    session: AsyncSession, deps: Deps, *, workspace_id: int, store_ids: Collection[int]
) -> int:
    """Ask anew about the differences that nobody is asked about; how many."""
    now, count = deps.clock.now(), 0
    for store_id in sorted(store_ids):
        # The store's row keeps a second press, and a reading that settles, out meanwhile.
        store = await stores.load(session, store_id, lock=True)
        if store is None or store.workspace_id != workspace_id:
            continue
        left = [
            Settled(
                id=item.id,
                sku=item.sku,
                title=item.title,
                before=item.desired,
                shown=max(item.desired, 0) + item.held,
                held=item.held,
            )
            for item in await differences.held(session, workspace_id, [store_id])
            if item.incident_id is None
        ]
        await tell_drift(session, deps.queue, store=store, settled=left, now=now)
        count += len(left)
    return count
