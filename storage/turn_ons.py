"""Queries about turning sync on: its run, its targets, the opening numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import TurnOnRow, columns, fetch, fetch_one
from storage.targets import STANDS_FOR


async def running(session: AsyncSession, store_id: int) -> TurnOnRow | None:
    """Read the run of turning a store's sync on that is under way."""
    return await fetch_one(
        session,
        TurnOnRow,
        f"select {columns(TurnOnRow, 't')} from turn_on t"
        " where t.store_id = :store and t.done_at is null",
        store=store_id,
    )


async def running_of_workspace(session: AsyncSession, workspace_id: int) -> dict[int, TurnOnRow]:
    """Read the runs under way in a workspace, by store."""
    found = await fetch(
        session,
        TurnOnRow,
        f"select {columns(TurnOnRow, 't')} from turn_on t"
        " where t.workspace_id = :workspace and t.done_at is null",
        workspace=workspace_id,
    )
    return {run.store_id: run for run in found}


async def begin(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int,
    plan_id: UUID | None,
    actor: str,
    channel: str | None,
    now: datetime,
    phase: str = "orders",
) -> int:
    """Begin a run; its id."""
    found = await session.execute(
        text("""
            insert into turn_on (workspace_id, store_id, plan_id, phase, actor, channel, started_at)
            values (:workspace, :store, :plan, :phase, :actor, :channel, :now) returning id"""),
        {
            "workspace": workspace_id,
            "store": store_id,
            "plan": plan_id,
            "phase": phase,
            "actor": actor,
            "channel": channel,
            "now": now,
        },
    )
    return int(found.scalar_one())


async def set_phase(
    session: AsyncSession, turn_on_id: int, phase: str, *, done_at: datetime | None = None
) -> None:
    """Move a run on to its next phase; with `done_at` it is over."""
    await session.execute(
        text("update turn_on set phase = :phase, done_at = :done where id = :id"),
        {"id": turn_on_id, "phase": phase, "done": done_at},
    )


async def place_lines(session: AsyncSession, store_id: int) -> None:
    """Link order lines that had no effect so far, where their item and place are linked now.

    Their state becomes part of what the opening numbers start from, like any other's.
    """
    await session.execute(
        text("""
            with linked as (
                select lo.remote_id, lw.warehouse_id, count(*) over () as places
                from location lo join location_warehouse lw
                    on lw.location_id = lo.id and lw.receives
                where lo.store_id = :store and lo.decision = 'linked'
            )
            update order_line ol
            set listing_id = li.id, product_id = li.product_id, unbooked = null,
                location_remote_id = p.remote_id, warehouse_id = p.warehouse_id
            from listing li, linked p
            where ol.store_id = :store and ol.unbooked is not null
              and li.store_id = :store and li.ref = ol.ref and li.product_id is not null
              and li.gone_at is null
              and (p.remote_id = ol.location_remote_id
                   or (ol.location_remote_id is null and p.places = 1))"""),
        {"store": store_id},
    )


async def make_targets(session: AsyncSession, store_id: int, plan_id: UUID) -> int:
    """Make the confirmed plan's targets, all of them unknown; how many.

    `effect_at` begins at the newest order news of the listing, so that no reading
    that might miss that order is taken for conclusive.
    """
    found = await session.execute(
        text("""
            insert into target (workspace_id, store_id, listing_id, location_id, product_id,
                                effect_at)
            select l.workspace_id, l.store_id, l.id, p.location_id, l.product_id,
                   (select max(o.stamp) from order_line ol
                    join customer_order o on o.id = ol.order_id where ol.listing_id = l.id)
            from plan_line p join listing l on l.id = p.listing_id
            where p.plan_id = :plan and p.kind not in ('left_alone', 'not_stocked')
              and l.store_id = :store and l.product_id is not null and l.gone_at is null
            order by l.id, p.location_id
            on conflict (listing_id, location_id) do update
            set product_id = excluded.product_id, effect_at = excluded.effect_at, shown = null,
                shown_before = null, desired = null, unsure = false, probe_unsure = false,
                discarded = 0, held = 0, braked = 0, take_over = false, waits = false, stocking = false,
                stale_at = null,
                rebase_lo = null, rebase_hi = null, copied_lo = null, copied_hi = null, probe_shown = null, probe_lo = null, probe_hi = null,
                probe_after = 0, rejected = null, retry_at = null, refusals = 0,
                earlier = null, pushed_by_id = null, returns_to = null
            returning id"""),
        {"plan": plan_id, "store": store_id},
    )
    return len(found.all())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a store's targets is."""

    total: int
    known: int
    unreadable: int


async def progress(session: AsyncSession, store_id: int) -> Progress:
    """Count the targets whose number is known, and those the store would not tell."""
    found = await fetch_one(
        session,
        Progress,
        """
        select count(*) as total, count(*) filter (where shown is not null) as known,
               count(*) filter (where shown is null and rejected is not null) as unreadable
        from target where store_id = :store and not stocking""",
        store=store_id,
    )
    return found or Progress(0, 0, 0)


async def settle_early_lines(
    session: AsyncSession,
    store_id: int,
    *,
    copied: bool,
    still_counted: bool,
    gap_since: datetime | None,
    asked: datetime | None,
) -> None:
    """Make the present state of every order line the one that our numbers start from.

    What a line took is then no longer booked against available, but for units that a
    `copied` number still holds, since the store lowers its own later. With
    `still_counted` its units to be sent are: a person said that they are still in the
    numbers. With `gap_since` what happened to lines since then is left to be booked as
    ever. Orders placed since `asked`, when the person was told of the open ones, are
    ordinary sales; so are those of a listing that shares its product, placed since the number
    of the one that stands for it was read: a copied number cannot lack them.
    """
    await session.execute(
        text(f"""
            update order_line
            set baseline_taken = taken + booked_available
                    - case when :counted then greatest(committed - booked_committed, 0)
                           when :copied then greatest(taken - deducted, 0)
                           else 0 end
            where store_id = :store and unbooked is null and product_id is not null
              and (cast(:gap as timestamptz) is null
                   or (bookings = 0 and baseline_taken = 0 and not exists (
                       select from customer_order o where o.id = order_id
                       and o.placed_at >= cast(:gap as timestamptz))))
              and not (bookings = 0 and baseline_taken = 0 and exists (
                       select from customer_order o where o.id = order_id
                       and o.placed_at >= cast(:asked as timestamptz)))
              and not (:copied and bookings = 0 and baseline_taken = 0 and exists (
                       select from target t join listing l on l.id = t.listing_id
                       join target f on {STANDS_FOR}
                       join customer_order o on o.id = order_line.order_id
                       join location lo on lo.id = t.location_id
                       where t.listing_id = order_line.listing_id
                         and lo.remote_id = order_line.location_remote_id
                         and o.placed_at >= f.rebase_lo))"""),
        {
            "store": store_id,
            "counted": still_counted,
            "copied": copied,
            "gap": gap_since,
            "asked": asked,
        },
    )


@dataclass(frozen=True, slots=True)
class EarlyLine:
    """A line with units to be booked when sync is turned on."""

    id: int
    order_remote_id: str
    remote_id: str
    product_id: int
    warehouse_id: int
    taken: int
    committed: int
    baseline_taken: int
    booked_available: int
    booked_committed: int
    bookings: int


async def early_lines(session: AsyncSession, store_id: int) -> list[EarlyLine]:
    """Read the lines whose state is not wholly booked."""
    return await fetch(
        session,
        EarlyLine,
        """
        select l.id, o.remote_id as order_remote_id, l.remote_id, l.product_id, l.warehouse_id,
               l.taken, l.committed, l.baseline_taken, l.booked_available, l.booked_committed,
               l.bookings
        from order_line l join customer_order o on o.id = l.order_id
        where l.store_id = :store and l.unbooked is null
          and (l.committed <> l.booked_committed
               or l.baseline_taken - l.taken <> l.booked_available)
        order by l.product_id, l.warehouse_id, l.id for update of l""",
        store=store_id,
    )


async def mark_booked(session: AsyncSession, store_id: int) -> None:
    """Note that the ledger now holds the present state of every line."""
    await session.execute(
        text("""
            update order_line
            set booked_available = baseline_taken - taken, booked_committed = committed,
                bookings = bookings + 1
            where store_id = :store and unbooked is null
              and (committed <> booked_committed or baseline_taken - taken <> booked_available)"""),
        {"store": store_id},
    )


async def open_lines(session: AsyncSession, store_id: int) -> list[EarlyLine]:
    """Read the lines of a store for which units are committed."""
    return await fetch(
        session,
        EarlyLine,
        """
        select l.id, o.remote_id as order_remote_id, l.remote_id, l.product_id, l.warehouse_id,
               l.taken, l.committed, l.baseline_taken, l.booked_available, l.booked_committed,
               l.bookings
        from order_line l join customer_order o on o.id = l.order_id
        where l.store_id = :store and l.unbooked is null and l.booked_committed <> 0
        order by l.product_id, l.warehouse_id, l.id for update of l""",
        store=store_id,
    )


async def mark_released(session: AsyncSession, store_id: int) -> None:
    """Note that the ledger holds nothing for a store's lines any more."""
    await session.execute(
        text("""
            update order_line
            set booked_available = booked_available + booked_committed, booked_committed = 0,
                bookings = bookings + 1
            where store_id = :store and unbooked is null and booked_committed <> 0"""),
        {"store": store_id},
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What a copy makes available of one product, and what is available now.

    `beside`: what is available in the other warehouses that the copied locations add to it.
    """

    product_id: int
    warehouse_id: int
    shown: int
    available: int
    counted: bool
    beside: int


async def openings(
    session: AsyncSession, store_id: int, location_ids: Sequence[int], workspace_id: int
) -> list[Opening]:
    """Read, with the levels locked, what the copied locations show of each product."""
    given: dict[str, Any] = {
        "store": store_id,
        "locations": list(location_ids),
        "workspace": workspace_id,
    }
    copied = f"""
        from target t join location_warehouse lw on lw.location_id = t.location_id and lw.receives
        join listing l on l.id = t.listing_id
        where t.store_id = :store and t.shown is not null
          and t.location_id = any(cast(:locations as bigint[]))
          and not exists (select from target f where {STANDS_FOR})"""
    # Levels that do not exist yet cannot be locked: make them first, uncounted.
    await session.execute(
        text(f"""
            insert into stock (product_id, warehouse_id, workspace_id)
            select distinct t.product_id, lw.warehouse_id, cast(:workspace as bigint) {copied}
            order by 1, 2 on conflict do nothing"""),
        given,
    )
    return await fetch(
        session,
        Opening,
        f"""
        with shown as (
            select t.product_id, lw.warehouse_id, sum(t.shown)::integer as shown {copied}
            group by 1, 2)
        select s.product_id, s.warehouse_id, shown.shown, s.available,
               s.counted_at is not null as counted,
               (select coalesce(sum(b.available), 0)::integer from stock b
                where b.product_id = s.product_id and b.warehouse_id <> s.warehouse_id
                  and b.warehouse_id in (
                      select w.warehouse_id from location_warehouse w
                      join location_warehouse r on r.location_id = w.location_id and r.receives
                      where r.warehouse_id = s.warehouse_id
                        and w.location_id = any(cast(:locations as bigint[])))) as beside
        from stock s join shown using (product_id, warehouse_id)
        order by 1, 2 for update of s""",
        **given,
    )


async def fix_fences(session: AsyncSession, store_id: int, fence: datetime | None) -> None:
    """Remember from when on orders are ordinary: the reading that was copied, or a `fence`."""
    await session.execute(
        text(f"""
            update target t
            set copied_lo = coalesce(cast(:fence as timestamptz),
                                     (select min(f.rebase_lo) from target f where {STANDS_FOR}),
                                     t.rebase_lo),
                copied_hi = t.rebase_hi
            from listing l
            where t.store_id = :store and t.shown is not null and l.id = t.listing_id"""),
        {"store": store_id, "fence": fence},
    )


async def products(session: AsyncSession, store_id: int) -> set[int]:
    """Name the products that a store's targets are of."""
    found = await session.execute(
        text("select distinct product_id from target where store_id = :store"),
        {"store": store_id},
    )
    return set(found.scalars())
