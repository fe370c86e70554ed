"""Queries about changing which warehouse stands for which place of a store that is in sync."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.plans import Prospect
from storage.rows import fetch
from storage.targets import COMES_BEFORE, STANDS_FOR

# The store shows what we want; `greatest` alone would take unknown numbers for 0.
AGREES = """
    t.shown is not null and t.desired is not null
    and greatest(t.shown, 0) = greatest(t.desired, 0)"""


async def prospects(
    session: AsyncSession, store_id: int, location_ids: Collection[int], new: Collection[int]
) -> list[Prospect]:
    """Read what stands at some places: what is in sync there, at `new` ones all that is linked.

    Not at new ones either: listings that a person has not let in yet, and will be asked about.
    """
    return await fetch(
        session,
        Prospect,
        """
        select l.id as listing_id, lv.location_id, l.product_id, l.ref,
               coalesce(t.shown, lv.available) as now,
               l.tracked and l.offered and l.channel = 'merchant' as writable,
               l.chosen_id is not null as chosen
        from listing l join listing_level lv on lv.listing_id = l.id
        left join target t on t.listing_id = l.id and t.location_id = lv.location_id
        where l.store_id = :store and l.product_id is not null and l.gone_at is null
          and lv.location_id = any(cast(:locations as bigint[]))
          and case when lv.location_id = any(cast(:new as bigint[]))
              then exists (select from target o where o.listing_id = l.id and not o.stocking)
                   or not exists (select from listing_level v
                                  join location lo on lo.id = v.location_id
                                  where v.listing_id = l.id and lo.decision = 'linked')
              else t.id is not null end
        order by l.id, lv.location_id""",
        store=store_id,
        locations=sorted(location_ids),
        new=sorted(new),
    )


@dataclass(frozen=True, slots=True)
class IdleLine:
    """An order line that had no effect so far, whose item is linked by now.

    `location_id` is the place that its units leave from.
    """

    id: int
    order_id: int
    order_remote_id: str
    placed_at: datetime
    remote_id: str
    location_id: int
    location_remote_id: str
    listing_id: int
    product_id: int
    taken: int
    committed: int
    deducted: int
    booked_available: int
    booked_committed: int
    bookings: int


async def idle_lines(
    session: AsyncSession, store_id: int, location_ids: Collection[int], *, alone: bool
) -> list[IdleLine]:
    """Lock and read the lines without effect at some places.

    `alone`: there is no other place, so lines that name none belong there.
    """
    return await fetch(
        session,
        IdleLine,
        """
        select ol.id, ol.order_id, o.remote_id as order_remote_id, o.placed_at, ol.remote_id,
               lo.id as location_id, lo.remote_id as location_remote_id, li.id as listing_id,
               li.product_id, ol.taken, ol.committed, ol.deducted, ol.booked_available,
               ol.booked_committed, ol.bookings
        from order_line ol join customer_order o on o.id = ol.order_id
        join listing li on li.store_id = ol.store_id and li.product_id is not null
            and li.gone_at is null
            and (li.id = ol.listing_id or (ol.listing_id is null and li.ref = ol.ref))
        join location lo on lo.id = any(cast(:locations as bigint[]))
            and (lo.remote_id = ol.location_remote_id
                 or (ol.location_remote_id is null and :alone))
        where ol.store_id = :store and ol.unbooked is not null
        order by li.product_id, lo.id, ol.id for update of ol""",
        store=store_id,
        locations=sorted(location_ids),
        alone=alone,
    )


@dataclass(frozen=True, slots=True)
class BegunLine:
    """What becomes of a line when its effect begins."""

    id: int
    location_remote_id: str
    listing_id: int
    product_id: int
    warehouse_id: int
    baseline_taken: int
    booked_available: int
    booked_committed: int
    bookings: int


async def begin_lines(session: AsyncSession, lines: Sequence[BegunLine]) -> None:
    """Let the effect of lines begin, from what is booked for them at this moment."""
    await session.execute(
        text("""
            update order_line ol
            set unbooked = null, location_remote_id = b.location, listing_id = b.listing,
                product_id = b.product, warehouse_id = b.warehouse,
                baseline_taken = b.baseline, booked_available = b.available,
                booked_committed = b.committed, bookings = b.bookings
            from unnest(cast(:ids as bigint[]), cast(:locations as text[]),
                        cast(:listings as bigint[]), cast(:products as bigint[]),
                        cast(:warehouses as bigint[]), cast(:baselines as integer[]),
                        cast(:available as integer[]), cast(:committed as integer[]),
                        cast(:bookings as integer[]))
                as b (id, location, listing, product, warehouse, baseline, available, committed,
                      bookings)
            where ol.id = b.id"""),
        {
            "ids": [line.id for line in lines],
            "locations": [line.location_remote_id for line in lines],
            "listings": [line.listing_id for line in lines],
            "products": [line.product_id for line in lines],
            "warehouses": [line.warehouse_id for line in lines],
            "baselines": [line.baseline_taken for line in lines],
            "available": [line.booked_available for line in lines],
            "committed": [line.booked_committed for line in lines],
            "bookings": [line.bookings for line in lines],
        },
    )


async def undeducted(
    session: AsyncSession, store_id: int, location_ids: Collection[int]
) -> dict[tuple[int, int], int]:
    """Count the units sold at some places that the store's number still holds.

    By (listing, location); lines without effect count as well: it begins with the link.
    Where the store shows what we wrote, that lacks these units already.
    """
    found = await session.execute(
        text(f"""
            select ol.listing_id, lo.id, sum(ol.taken - ol.deducted)::integer as units
            from order_line ol join location lo on lo.id = any(cast(:locations as bigint[]))
                and lo.remote_id = ol.location_remote_id
            left join target t on t.listing_id = ol.listing_id and t.location_id = lo.id
                and lo.decision = 'linked'
            where ol.store_id = :store and ol.taken > ol.deducted and ol.listing_id is not null
              and not coalesce({AGREES}, false)
            group by 1, 2"""),
        {"store": store_id, "locations": sorted(location_ids)},
    )
    return {(row.listing_id, row.id): row.units for row in found}


# Targets ---------------------------------------------------------------------------------


async def make_targets(
    session: AsyncSession,
    store_id: int,
    plan_id: UUID,
    location_ids: Collection[int],
    *,
    copied: Collection[int],
    fence: datetime,
) -> None:
    """Make the targets of newly linked places as a plan says, all of them unknown.

    At `copied` places what is shown becomes ours once it is known, of listings that share a
    product that of one; elsewhere orders from before `fence` are early ones.
    """
    await session.execute(
        text(f"""
            insert into target (workspace_id, store_id, listing_id, location_id, product_id,
                                take_over, copied_lo, effect_at)
            select l.workspace_id, l.store_id, l.id, p.location_id, l.product_id,
                   p.location_id = any(cast(:copied as bigint[])) and not exists (
                       select from plan_line pf join listing lf on lf.id = pf.listing_id
                       where pf.plan_id = :plan and pf.location_id = p.location_id
                         and pf.kind not in ('left_alone', 'not_stocked')
                         and lf.product_id = l.product_id and {COMES_BEFORE}),
                   case when p.location_id = any(cast(:copied as bigint[])) then null
                        else cast(:fence as timestamptz) end,
                   (select max(o.stamp) from order_line ol
                    join customer_order o on o.id = ol.order_id where ol.listing_id = l.id)
            from plan_line p join listing l on l.id = p.listing_id
            where p.plan_id = :plan and p.kind not in ('left_alone', 'not_stocked')
              and l.store_id = :store and p.location_id = any(cast(:locations as bigint[]))
              and l.product_id is not null and l.gone_at is null
            order by l.id, p.location_id
            on conflict (listing_id, location_id) do update
            set product_id = excluded.product_id, effect_at = excluded.effect_at, shown = null,
                shown_before = null,
                held = 0, braked = 0, take_over = excluded.take_over, waits = false,
                stocking = false, stale_at = null, rebase_lo = null, rebase_hi = null,
                copied_lo = excluded.copied_lo, copied_hi = null, probe_shown = null,
                probe_lo = null, probe_hi = null, probe_after = 0, rejected = null, retry_at = null, refusals = 0,
                earlier = null, pushed_by_id = null, returns_to = null"""),
        {
            "store": store_id,
            "plan": plan_id,
            "locations": sorted(location_ids),
            "copied": sorted(copied),
            "fence": fence,
        },
    )


async def read_anew(session: AsyncSession, location_ids: Collection[int], since: datetime) -> None:
    """Make what places show unknown, and ours once it is known again.

    Where it is what we wrote, it lacks what was sold before `since`, on the store's clock.
    """
    await session.execute(
        text(f"""
            with locked as (
                select t.id from target t join listing l on l.id = t.listing_id
                where t.location_id = any(cast(:locations as bigint[]))
                  and not exists (select from target f where {STANDS_FOR})
                order by t.id for update of t)
            update target t
            set take_over = true, shown = null, shown_before = null, stale_at = null, copied_hi = null,
                copied_lo = case when {AGREES}
                                 then cast(:since as timestamptz) end, probe_shown = null, probe_lo = null, probe_hi = null,
                probe_after = 0, rejected = null, retry_at = null, refusals = 0
            from locked where t.id = locked.id"""),
        {"locations": sorted(location_ids), "since": since},
    )


async def let_wait(session: AsyncSession, location_ids: Collection[int]) -> None:
    """Let the targets of places wait for the numbers that are to become ours and theirs."""
    await session.execute(
        text("""
            with locked as (
                select t.id from target t
                where t.location_id = any(cast(:locations as bigint[])) and not t.take_over
                  and exists (
                      select from target s
                      join location_warehouse r on r.location_id = s.location_id and r.receives
                      join location_warehouse m on m.location_id = t.location_id
                           and m.warehouse_id = r.warehouse_id
                      where s.store_id = t.store_id and s.product_id = t.product_id
                        and s.take_over)
                order by t.id for update)
            update target t set waits = true from locked where t.id = locked.id"""),
        {"locations": sorted(location_ids)},
    )


async def let_go(session: AsyncSession, location_ids: Collection[int]) -> list[int]:
    """End what was kept back at places whose numbers a person has just confirmed; which."""
    found = await session.execute(
        text("""
            with locked as (select id from target
                            where location_id = any(cast(:locations as bigint[]))
                              and (held <> 0 or braked <> 0)
                            order by id for update)
            update target t set held = 0, braked = 0 from locked where t.id = locked.id
            returning t.id"""),
        {"locations": sorted(location_ids)},
    )
    return sorted(found.scalars())


async def drop_targets(session: AsyncSession, location_ids: Collection[int]) -> list[int]:
    """Forget the targets of places that are left out; which."""
    found = await session.execute(
        text("""
            with locked as (select id from target
                            where location_id = any(cast(:locations as bigint[]))
                            order by id for update)
            delete from target t using locked where t.id = locked.id returning t.id"""),
        {"locations": sorted(location_ids)},
    )
    return sorted(found.scalars())


async def products(session: AsyncSession, location_ids: Collection[int]) -> set[int]:
    """Name the products that the targets of places are of."""
    found = await session.execute(
        text("""
            select distinct product_id from target
            where location_id = any(cast(:locations as bigint[]))"""),
        {"locations": sorted(location_ids)},
    )
    return set(found.scalars())
