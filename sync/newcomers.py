"""Listings that come, or change their SKU, while their store is in sync: asked about in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, listings, locations, newcomers, stores
from storage import ledger as movements
from storage.ledger import Movement
from storage.newcomers import Newcomer, TakenOver
from storage.queue import Queue
from storage.rows import StoreRow
from sync import incidents, ledger, stocking
from sync.deps import Deps
from sync.incidents import TOLD_ITEMS, IncidentKind
from sync.limits import Limits

NewcomerChoice = Literal["ours", "theirs", "ignore"]
RenamedChoice = Literal["follow", "ignore"]


async def ask(
    session: AsyncSession, queue: Queue, *, store: StoreRow, since: datetime, now: datetime
) -> None:
    """Ask about the listings that an import begun at `since` found or found renamed."""
    if store.sync_status == "off" or not store.ships:
        return
    found = await newcomers.new(session, store.id, since=since)
    if found:
        await _ask(session, queue, store, IncidentKind.NEW_LISTINGS, found, now)
    renamed = await newcomers.renamed(session, store.id)
    if renamed:
        subject = ",".join(str(item.id) for item in renamed)
        await _ask(session, queue, store, IncidentKind.RENAMED, renamed, now, subject[:200])


async def ask_locations(
    session: AsyncSession, queue: Queue, *, store: StoreRow, now: datetime
) -> None:
    """Tell of locations that nobody has decided about."""
    if store.sync_status == "off" or not store.ships:
        return
    undecided = [
        place
        for place in await locations.of_store(session, store.id)
        if place.decision == "open" and place.active and place.ours
    ]
    if not undecided:
        await incidents.resolve(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.NEW_LOCATION],
            now=now,
        )
        return
    facts = {"count": len(undecided), "names": [p.name for p in undecided[:TOLD_ITEMS]]}
    await _once(session, queue, store, IncidentKind.NEW_LOCATION, facts, now)


async def _ask(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    kind: IncidentKind,
    found: Sequence[Newcomer],
    now: datetime,
    subject: str = "",
) -> None:
    facts = {
        "count": len(found),
        "until": now.isoformat(),
        "listings": [item.id for item in found],
        "items": [
            {"sku": item.sku, "title": item.title, "known_as": item.known_as}
            for item in found[:TOLD_ITEMS]
        ],
    }
    await _once(session, queue, store, kind, facts, now, subject)


async def _once(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    kind: IncidentKind,
    facts: dict[str, object],
    now: datetime,
    subject: str = "",
) -> None:
    """Report what is asked, unless the same is being asked already."""
    for held in await incidents.open_incidents(session, store.workspace_id, kind):
        same = (held.store_id, held.subject) == (store.id, subject)
        if same and held.facts["count"] == facts["count"]:
            return
    await incidents.report(
        session,
        queue,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind=kind,
        subject=subject,
        facts=facts,
        now=now,
    )


async def settle_newcomers(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    incident_id: int,
    choice: NewcomerChoice,
) -> bool:
    """Let new listings in with our numbers or with the store's, or leave them out; once."""
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.closed_at is not None or found.store_id is None:
        return False
    now = deps.clock.now()
    until = datetime.fromisoformat(found.facts["until"])
    if choice == "ignore":
        await newcomers.leave_out(session, found.store_id, until=until)
    else:
        products = await newcomers.let_in(
            session, found.store_id, until=until, take_over=choice == "theirs"
        )
        await ledger.follow(
            session, deps.queue, workspace_id=workspace_id, product_ids=products, now=now
        )
        await ledger.wake_push(session, deps.queue, [found.store_id])
    await _answered(session, deps, workspace_id, found.store_id, found.kind, found.subject)
    return True


async def settle_renamed(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    incident_id: int,
    choice: RenamedChoice,
) -> bool:
    """Link renamed listings by the SKU they bear now, or leave them out; once."""
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.closed_at is not None or found.store_id is None:
        return False
    chosen = [int(listing) for listing in found.facts["listings"]]
    if choice == "ignore":
        await newcomers.ignore_renamed(session, found.store_id, chosen)
    else:
        now = deps.clock.now()
        await newcomers.follow_renamed(session, found.store_id, chosen, now)
        await listings.link(session, workspace_id=workspace_id, store_id=found.store_id, now=now)
    await _answered(session, deps, workspace_id, found.store_id, found.kind, found.subject)
    store = await stores.load(session, found.store_id)
    if store is not None:
        await ask(session, deps.queue, store=store, since=deps.clock.now(), now=deps.clock.now())
    return True


async def _answered(
    session: AsyncSession, deps: Deps, workspace_id: int, store_id: int, kind: str, subject: str
) -> None:
    await incidents.resolve(
        session,
        deps.queue,
        workspace_id=workspace_id,
        store_id=store_id,
        kinds=[IncidentKind(kind)],
        subject=subject,
        now=deps.clock.now(),
    )


async def take_over(session: AsyncSession, deps: Deps, store: StoreRow) -> None:
    """Make ours what is shown where a person said so, now that it is known.

    It sets, it never adds; a number of ours that the store's own limits only hide stays.
    Units that the store has sold and not taken off yet come off at once.
    """
    taken = await newcomers.taken_over(session, store.id)
    if taken:
        await _take_over(session, deps, store, taken)
        await stocking.begin(session, deps.queue, store, deps.clock.now())
    await newcomers.end_waits(session, store.id)


async def _take_over(
    session: AsyncSession, deps: Deps, store: StoreRow, taken: Sequence[TakenOver]
) -> None:
    now = deps.clock.now()
    limits = Limits(store.buffer, store.maximum)
    change_set = await movements.add_change_set(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind="take_over",
        actor=audit.SYSTEM,
        note=f"Took over numbers that {store.name} shows",
        now=now,
    )
    levels = await movements.ensure_levels(
        session,
        workspace_id=store.workspace_id,
        places={(item.product_id, item.warehouse_id) for item in taken},
    )
    posted = []
    ours = {place: level.available for place, level in levels.items()}
    for item in taken:
        place = item.product_id, item.warehouse_id
        level, available = levels[place], ours[place]
        if level.counted_at is not None and limits.hides(item.shown, available, item.beside):
            continue
        ours[place] = item.shown - item.undeducted
        posted.append(
            Movement(
                product_id=item.product_id,
                warehouse_id=item.warehouse_id,
                on_hand_delta=ours[place] - available,
                committed_delta=0,
                cause="copy",
                cause_key=f"take_over:{change_set}:{item.id}",
                change_set_id=change_set,
            )
        )
    await movements.post(session, workspace_id=store.workspace_id, movements=posted, now=now)
    await ledger.follow(
        session,
        deps.queue,
        workspace_id=store.workspace_id,
        product_ids={item.product_id for item in taken},
        now=now,
    )
    await newcomers.have_taken(session, [item.id for item in taken])
