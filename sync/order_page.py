"""One page of orders into the ledger and the store's own targets, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import RemoteOrder, RemoteOrderLine, StoreTraits
from storage import orders, targets
from storage.ledger import Movement
from storage.ledger import post as append
from storage.orders import KnownOrder, LineRow, OrderHead
from storage.queue import Queue
from storage.rows import StoreRow
from storage.targets import Belief, Fence
from sync import ledger
from sync.booking import Booking, LineState, booking_key, early_baseline, outstanding
from sync.drift import no_drift
from sync.incidents import IncidentKind, report
from sync.line_finder import UNKNOWN_ITEM, UNKNOWN_LOCATION, LineFinder, deducted
from sync.line_parts import stay
from sync.targets import Effect, own_effect


@dataclass(frozen=True, slots=True)
class _Change:
    """One line whose latest state differs from what we hold."""

    order: RemoteOrder
    known: KnownOrder
    old: LineRow | None
    new: LineRow
    restock_known: bool

    @property
    def is_own_effect(self) -> bool:
        """Say whether the store's own number may have moved: sending what it sold moves none."""
        old, new = self.old, self.new
        return (
            old is None
            or not self.restock_known
            or (old.ordered, old.taken, old.deducted) != (new.ordered, new.taken, new.deducted)
        )

    @property
    def effect(self) -> Effect:
        before = self.old.deducted if self.old else 0
        return Effect(
            change=before - self.new.deducted,
            lo=self.known.stamp or self.order.created_at,
            hi=self.order.updated_at,
            restock_known=self.restock_known,
        )


async def take_in(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    traits: StoreTraits,
    page: Sequence[RemoteOrder],
    booking: bool,
    now: datetime,
) -> bool:
    """Take in one page; whether anything in it was news.

    Rows equal to what we hold and rows older than it do nothing, so any repetition
    and any order of news ends the same (R2). Without `booking` (sync is being turned
    on) lines are remembered and the store's own targets follow, the ledger does not.
    """
    latest = _latest(page)
    if not latest:
        return False
    known = await orders.lock_heads(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        heads=[_head(order) for order in latest],
        now=now,
    )
    held: dict[int, dict[str, LineRow]] = defaultdict(dict)
    for line in await orders.lines(session, [order.id for order in known.values()]):
        held[line.order_id][line.remote_id] = line
    find = await LineFinder.load(session, store, latest)
    changes: list[_Change] = []
    newer: dict[int, OrderHead] = {}
    for order in latest:
        row = known[order.id]
        if _is_old(order, row.stamp):
            continue
        news = list(_changes(order, row, held[row.id], find))
        changes += news
        if news or row.stamp is None or row.state != order.state:
            newer[row.id] = _head(order)
    if newer:
        await orders.save_heads(session, newer)
    if changes:
        await _apply(session, queue, store, traits, changes, booking=booking, now=now)
    return bool(changes)


def _is_old(order: RemoteOrder, stamp: datetime | None) -> bool:
    """Say whether a newer version is held; with equal stamps another content is news (B1)."""
    return stamp is not None and order.updated_at < stamp


def _latest(page: Iterable[RemoteOrder]) -> list[RemoteOrder]:
    """Keep the newest version of each order; of equal stamps the one listed last."""
    found: dict[str, RemoteOrder] = {}
    for order in page:
        other = found.get(order.id)
        if other is None or order.updated_at >= other.updated_at:
            found[order.id] = order
    return list(found.values())


def _head(order: RemoteOrder) -> OrderHead:
    return OrderHead(
        remote_id=order.id,
        name=order.name,
        state=order.state,
        placed_at=order.created_at,
        stamp=order.updated_at,
    )


def _changes(
    order: RemoteOrder, known: KnownOrder, held: dict[str, LineRow], find: LineFinder
) -> Iterable[_Change]:
    lines = stay(order.lines, held)
    for line in lines:
        old = held.get(line.id)
        new = find.row(known.id, line) if old is None else _moved_on(old, line)
        if new != old:
            yield _Change(order, known, old, new, line.restock_known)
    # A line that its order no longer names was taken off it: all of it is given back. Of an
    # order that is gone altogether nobody says whether the store gave its units back.
    for gone in held.keys() - {line.id for line in lines}:
        old = held[gone]
        new = replace(old, taken=0, committed=0, deducted=0)
        if new != old:
            yield _Change(order, known, old, new, restock_known=bool(order.lines))


def _moved_on(old: LineRow, line: RemoteOrderLine) -> LineRow:
    """Take over a known line's state; what it is a line of stays pinned."""
    return replace(
        old,
        ordered=line.ordered,
        taken=line.taken,
        committed=line.committed,
        deducted=deducted(line),
    )


async def _apply(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    traits: StoreTraits,
    changes: Sequence[_Change],
    *,
    booking: bool,
    now: datetime,
) -> None:
    """Book changed lines, then let the store's own targets follow them."""
    listing_ids = {c.new.listing_id for c in changes if c.new.listing_id is not None}
    fences = await targets.fences(session, store.id, sorted(listing_ids))
    rows: list[LineRow] = []
    booked: list[tuple[LineRow, Booking]] = []
    for change in changes:
        row = change.new
        if booking and row.unbooked is None:
            if change.old is None and change.known.stamp is None:
                row = _with_baseline(row, change, traits, fences)
            row, due = _book(row)
            if due is not None:
                booked.append((row, due))
        rows.append(row)
    ids = await orders.save_lines(
        session, workspace_id=store.workspace_id, store_id=store.id, lines=rows
    )
    names = {change.known.id: change.order.id for change in changes}
    movements = [
        _movement(store.id, names[row.order_id], row, due, ids[row.order_id, row.remote_id])
        for row, due in booked
    ]
    if booking:
        # Levels first, then all targets of these products at once (storage/ledger.py).
        await append(session, workspace_id=store.workspace_id, movements=movements, now=now)
        products = {c.new.product_id for c in changes if c.new.product_id is not None}
        await ledger.follow(
            session, queue, workspace_id=store.workspace_id, product_ids=products, now=now
        )
        await _tell_unbooked(session, queue, store, changes, now)
    await _follow_own(session, queue, store, traits, changes, now)


def _with_baseline(
    row: LineRow,
    change: _Change,
    traits: StoreTraits,
    fences: dict[tuple[int, str], Fence],
) -> LineRow:
    """Give a line of an order first seen now, but older than our numbers, its baseline then.

    A new part of an order that we know is a move or a split: the part it came from is
    given back, baseline and all. Of an order that has changed since then only its first state
    is known: all that it ordered was taken, and still to be sent.
    """
    if row.listing_id is None or row.location_remote_id is None:
        return row
    fence = fences.get((row.listing_id, row.location_remote_id))
    effect = change.effect.widened(traits.clock_margin)
    if fence is None or effect.lo >= fence.at:
        return row
    then = row
    if effect.hi >= fence.at:
        if change.order.created_at + traits.clock_margin >= fence.at:
            return row  # too near to say
        then = replace(row, taken=row.ordered, committed=row.ordered, deducted=row.ordered)
    return replace(
        row,
        baseline_taken=early_baseline(
            taken=then.taken,
            committed=then.committed,
            deducted=then.deducted,
            still_counted=fence.still_counted,
        ),
    )


def _book(row: LineRow) -> tuple[LineRow, Booking | None]:
    due = outstanding(
        LineState(
            taken=row.taken,
            committed=row.committed,
            baseline_taken=row.baseline_taken,
            booked_available=row.booked_available,
            booked_committed=row.booked_committed,
        )
    )
    if due.on_hand_delta == 0 and due.committed_delta == 0:
        return row, None
    return (
        replace(
            row,
            booked_available=row.booked_available + due.available_delta,
            booked_committed=row.booked_committed + due.committed_delta,
            bookings=row.bookings + 1,
        ),
        due,
    )


def _movement(
    store_id: int, order_remote_id: str, row: LineRow, due: Booking, line_id: int
) -> Movement:
    """Make the movement of one booking of a line, keyed by the booking's number."""
    if row.product_id is None or row.warehouse_id is None:  # `unbooked` says so beforehand
        raise LookupError(f"order line {line_id} has no product or warehouse")
    return Movement(
        product_id=row.product_id,
        warehouse_id=row.warehouse_id,
        on_hand_delta=due.on_hand_delta,
        committed_delta=due.committed_delta,
        cause="order",
        cause_key=booking_key(store_id, order_remote_id, row.remote_id, row.bookings),
        order_line_id=line_id,
    )


async def _follow_own(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    traits: StoreTraits,
    changes: Sequence[_Change],
    now: datetime,
) -> None:
    """Let what the store did to its own numbers move what we believe it shows."""
    changes = [change for change in changes if change.is_own_effect]
    listing_ids = sorted({c.new.listing_id for c in changes if c.new.listing_id is not None})
    rows = {
        (row.listing_id, row.location): row
        for row in await targets.own(session, store.id, listing_ids)
    }
    moved: dict[int, Belief] = {}
    for change in changes:
        row = rows.get((change.new.listing_id or 0, change.new.location_remote_id or ""))
        if row is not None:
            before = moved.get(row.id, row)
            moved[row.id] = own_effect(before, change.effect.widened(traits.clock_margin))
    if moved:
        await targets.save_beliefs(session, list(moved.values()))
        was_held = {row.id for row in rows.values() if row.held}
        explained = [one.id for one in moved.values() if one.id in was_held and not one.held]
        await no_drift(session, queue, store=store, targets=explained, now=now)
        await ledger.wake_push(session, queue, [store.id])


async def _tell_unbooked(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    changes: Sequence[_Change],
    now: datetime,
) -> None:
    """Say which new orders name something that nobody knows (R7)."""
    strange = [
        change
        for change in changes
        if change.old is None and change.new.unbooked in (UNKNOWN_ITEM, UNKNOWN_LOCATION)
    ]
    if strange:
        last = strange[-1]
        await report(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kind=IncidentKind.UNKNOWN_ITEM_ORDER,
            facts={
                "order": last.order.name,
                "sku": last.new.sku,
                "reason": last.new.unbooked,
                "lines": len(strange),
            },
            now=now,
        )
