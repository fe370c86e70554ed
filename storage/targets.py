"""Queries about targets: what orders, readings and people change in them.

Rows are locked in order of their id. Claims and answers of writes: `attempts.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch

# R8: what may be written at all. `t`, `l`, `lo` are target, listing and location.
WRITABLE = """
    t.desired is not null and l.unlinked is null and l.gone_at is null and l.tracked
    and l.offered and l.channel = 'merchant' and l.product_id = t.product_id
    and lo.decision = 'linked' and lo.active and lo.ours and not t.take_over and not t.waits"""


# What a target should show: nothing while its product is stopped; its own earlier number where
# our push is being undone; null while nothing is counted.
SHOULD = """
    case when t.stopped then 0 when t.returns_to is not null then greatest(t.returns_to, 0)
         when t.desired is not null then greatest(t.desired, 0) end"""

# What it is to show now: the same, with what a person is asked about kept as it is. Computed in
# the row, so that those that differ are found by an index.
GOAL = "t.goal"

# Of several listings of a store that show one product at one place, a copy takes the number of
# one: of the first that is linked by its SKU, else of the first. `lf` comes before `l`.
COMES_BEFORE = "(lf.chosen_id is not null, lf.id) < (l.chosen_id is not null, l.id)"

# `f` is a target of the one that stands for `t`, a target of the listing `l`.
STANDS_FOR = f"""
    f.store_id = t.store_id and f.location_id = t.location_id and f.product_id = t.product_id
    and f.id <> t.id and f.shown is not null
    and exists (select from listing lf where lf.id = f.listing_id and {COMES_BEFORE})"""

# Until when a write that we sent may still land.
UNSETTLED = "greatest(t.unsettled_until, t.accepted_until)"


@dataclass(frozen=True, slots=True)
class Belief:
    """What we believe of one listing at one location; `shown` None means unknown.

    `shown_before` is what it shows if the write that the store has only accepted never lands.
    Its own store's orders move it (`sync/targets.py`). Times are on the store's clock.
    Writes that compare nothing leave windows behind, from `window_los` to `window_his`;
    the one in flight began at `flight_lo`. `held` is a difference that nothing explained, and
    that came about after `held_from`. `returns_to` is set while our first push is being undone.
    """

    id: int
    listing_id: int
    location: str
    shown: int | None
    shown_before: int | None
    stale_at: datetime | None
    effect_at: datetime | None
    rebase_lo: datetime | None
    rebase_hi: datetime | None
    copied_lo: datetime | None
    probe_shown: int | None
    probe_lo: datetime | None
    probe_hi: datetime | None
    probe_after: int
    probe_unsure: bool = False
    discarded: int = 0
    unsure: bool = False
    opens: bool = False
    held: int = 0
    held_from: datetime | None = None
    returns_to: int | None = None
    flight_lo: datetime | None = None
    window_los: Sequence[datetime] = ()
    window_his: Sequence[datetime] = ()


async def own(session: AsyncSession, store_id: int, listing_ids: Sequence[int]) -> list[Belief]:
    """Lock and read the targets of some of a store's listings."""
    return await fetch(
        session,
        Belief,
        """
        select t.id, t.listing_id, lo.remote_id as location, t.shown, t.shown_before,
               t.stale_at, t.effect_at, t.rebase_lo, t.rebase_hi, t.copied_lo, t.probe_shown,
               t.probe_lo, t.probe_hi, t.probe_after, t.probe_unsure, t.discarded, t.unsure,
               t.desired is null or t.take_over as opens, t.held, t.held_from, t.returns_to,
               a.read_from as flight_lo,
               array(select lower(w) from unnest(t.windows) w) as window_los,
               array(select upper(w) from unnest(t.windows) w) as window_his
        from target t join location lo on lo.id = t.location_id
        left join attempt a on a.id = t.attempt_id
        where t.store_id = :store and t.listing_id = any(cast(:listings as bigint[]))
        order by t.id for update of t""",
        store=store_id,
        listings=list(listing_ids),
    )


@dataclass(frozen=True, slots=True)
class Fence:
    """Since when the orders of a listing at a location are ordinary ones, on the store's clock.

    still_counted  our number still held the units of earlier ones that were to be sent
    """

    at: datetime
    still_counted: bool


async def fences(
    session: AsyncSession, store_id: int, listing_ids: Sequence[int]
) -> dict[tuple[int, str], Fence]:
    """Say where the numbers of listings at locations begin, by listing and location's remote id.

    That is when the number was read that sync began with there, or when a person said how
    our number stands to earlier orders.
    """
    found = await session.execute(
        text("""
            select t.listing_id, lo.remote_id, t.copied_lo,
                   coalesce(lo.early_orders_counted, st.early_orders_counted) as still_counted
            from target t join location lo on lo.id = t.location_id
            join store st on st.id = t.store_id
            where t.store_id = :store and t.listing_id = any(cast(:listings as bigint[]))
              and t.copied_lo is not null"""),
        {"store": store_id, "listings": list(listing_ids)},
    )
    return {
        (row.listing_id, row.remote_id): Fence(row.copied_lo, row.still_counted) for row in found
    }


async def save_beliefs(session: AsyncSession, believed: Sequence[Belief]) -> None:
    """Write back what own effects changed, in one statement."""
    await session.execute(
        text("""
            update target t
            set shown = b.shown, shown_before = b.before, stale_at = b.stale_at,
                effect_at = b.effect_at, probe_shown = b.probe_shown, probe_lo = b.probe_lo,
                probe_hi = b.probe_hi, probe_after = b.probe_after,
                probe_unsure = b.probe_unsure, discarded = b.discarded, held = b.held,
                returns_to = b.returns_to
            from unnest(cast(:ids as bigint[]), cast(:shown as integer[]),
                        cast(:before as integer[]), cast(:stale as timestamptz[]),
                        cast(:effect as timestamptz[]), cast(:probe_shown as integer[]),
                        cast(:probe_lo as timestamptz[]), cast(:probe_hi as timestamptz[]),
                        cast(:after as integer[]), cast(:probe_unsure as boolean[]),
                        cast(:discarded as integer[]), cast(:held as integer[]),
                        cast(:returns as integer[]))
                as b (id, shown, before, stale_at, effect_at, probe_shown, probe_lo, probe_hi,
                      probe_after, probe_unsure, discarded, held, returns_to)
            where t.id = b.id"""),
        {
            "ids": [b.id for b in believed],
            "shown": [b.shown for b in believed],
            "before": [b.shown_before for b in believed],
            "stale": [b.stale_at for b in believed],
            "effect": [b.effect_at for b in believed],
            "probe_shown": [b.probe_shown for b in believed],
            "probe_lo": [b.probe_lo for b in believed],
            "probe_hi": [b.probe_hi for b in believed],
            "after": [b.probe_after for b in believed],
            "probe_unsure": [b.probe_unsure for b in believed],
            "discarded": [b.discarded for b in believed],
            "held": [b.held for b in believed],
            "returns": [b.returns_to for b in believed],
        },
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """A reading that the orders have been read past, and what was believed before."""

    id: int
    sku: str
    title: str
    before: int
    shown: int
    held: int


async def settle_probes(
    session: AsyncSession, store_id: int, *, read_to: datetime, now: datetime
) -> list[Settled]:
    """Let every reading that orders were read past become what is shown.

    A difference from what we believed is kept standing until it is decided (it moves
    `held`), unless what we believed was unsure. Returns the readings that so differed.
    """
    return await fetch(
        session,
        Settled,
        """
        with ripe as (
            select id, case when not (unsure or probe_unsure) then shown end as before,
                   probe_shown + probe_after as found
            from target
            where store_id = :store and probe_hi <= :read_to order by id for update
        ), settled as (
            update target t
            set shown = r.found, rebase_lo = t.probe_lo, rebase_hi = t.probe_hi,
                probe_shown = null, probe_lo = null, probe_hi = null, probe_after = 0,
                unsure = t.probe_unsure,
                discarded = case when t.probe_unsure then t.discarded else 0 end,
                stale_at = null, audited_at = :now,
                held_from = case when t.held = 0 then t.rebase_hi else t.held_from end,
                held = t.held + case when t.desired is not null
                                     then coalesce(r.found - r.before, 0) else 0 end
            from ripe r where t.id = r.id
            returning t.id, t.listing_id, t.shown, t.held, t.desired, r.before
        )
        select s.id, l.sku, l.title, s.before, s.shown, s.held
        from settled s join listing l on l.id = s.listing_id
        where s.before <> s.shown and s.desired is not null order by s.id""",
        store=store_id,
        read_to=read_to,
        now=now,
    )


async def forget_windows(session: AsyncSession, store_id: int, read_to: datetime) -> None:
    """Drop the windows of writes that the orders have been read past."""
    await session.execute(
        text("""
            update target t
            set windows = coalesce((select range_agg(w) from unnest(t.windows) w
                                    where upper(w) > :read_to), '{}'::tstzmultirange)
            where t.store_id = :store and not isempty(t.windows)
              and exists (select from unnest(t.windows) w where upper(w) <= :read_to)"""),
        {"store": store_id, "read_to": read_to},
    )


@dataclass(frozen=True, slots=True)
class WantsReading:
    """A target whose shown number has to be read from its store."""

    id: int
    ref: str
    location: str


async def wanting_reading(
    session: AsyncSession,
    store_id: int,
    *,
    now: datetime,
    quiet_before: datetime,
    read_to: datetime | None,
    audit_before: datetime | None,
    raised_before: datetime | None,
    over_accepted: bool,
    passed: Collection[int],
    limit: int,
) -> list[WantsReading]:
    """Choose the targets to read: drops that were refused, unknown or unsure ones, the audit.

    With `over_accepted` also drops below a number that the store has only accepted.

    Left out until later: one in flight, one written or sold so near to now that the
    reading could not be told apart from it, one whose reading still waits for orders,
    and those that the caller has `passed` over.
    A refused raise is read only after the orders up to its refusal explained nothing; one
    from an unsure number, which may never be the right one, when its time has come.
    """
    return await fetch(
        session,
        WantsReading,
        f"""
        select t.id, l.ref, lo.remote_id as location
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id
        where t.store_id = :store and t.attempt_id is null
          and not t.stocking and l.gone_at is null and (t.retry_at is null or t.retry_at <= :now)
          and t.id <> all(cast(:passed as bigint[]))
          and (
            (t.stale_at is not null and {GOAL} < t.shown)
            or (t.stale_at is not null and t.unsure and {GOAL} > t.shown
                and (t.raised_at is null or t.raised_at <= cast(:raised as timestamptz)))
            or (:over_accepted and t.shown is null and t.accepted_until is not null
                and {GOAL} < t.pending and t.probe_hi is null)
            or (
              t.probe_hi is null
              and coalesce({UNSETTLED}, :quiet) <= :quiet
              and coalesce(t.written_at, :quiet) <= :quiet
              and coalesce(t.effect_at, :quiet) <= :quiet
              and (t.shown is null or t.unsure
                   or t.stale_at <= cast(:read_to as timestamptz)
                   or t.audited_at < cast(:audit as timestamptz)
                   or (t.audited_at is null and cast(:audit as timestamptz) is not null))))
        order by (t.stale_at is not null and {GOAL} < t.shown) desc,
                 (t.shown is null) desc, t.audited_at nulls first, t.id
        limit :limit""",
        store=store_id,
        now=now,
        quiet=quiet_before,
        read_to=read_to,
        audit=audit_before,
        raised=raised_before,
        over_accepted=over_accepted,
        passed=sorted(passed),
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """A number just read for one target."""

    id: int
    available: int


@dataclass(frozen=True, slots=True)
class Reread:
    """A target locked again after its reading, to decide what the reading is for.

    unsettled_until  an earlier write may still land before this
    pending          the number which the newest of them brings, waited for until `pending_until`
    touched_at       end of the newest write or own effect of the store that we know of
    raised_at        newest increase of what it should show
    """

    id: int
    shown: int | None
    stale: bool
    goal: int | None
    version: int
    writable: bool
    unsettled_until: datetime | None
    pending: int | None
    pending_until: datetime | None
    touched_at: datetime | None
    raised_at: datetime | None
    unsure: bool = False


async def lock_read(session: AsyncSession, ids: Sequence[int]) -> list[Reread]:
    """Lock targets that were just read and are still not in flight."""
    return await fetch(
        session,
        Reread,
        f"""
        select t.id, t.shown, t.stale_at is not null as stale, t.version,
               {GOAL} as goal, {UNSETTLED} as unsettled_until, t.pending, t.pending_until,
               t.raised_at, greatest(t.written_at, {UNSETTLED}, t.effect_at) as touched_at,
               t.unsure,
               coalesce({WRITABLE}, false) and st.sync_status = 'on' as writable
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id join store st on st.id = t.store_id
        where t.id = any(cast(:ids as bigint[])) and t.attempt_id is null
        order by t.id for update of t""",
        ids=list(ids),
    )


async def save_probes(
    session: AsyncSession, reads: Sequence[Read], *, lo: datetime, hi: datetime
) -> set[int]:
    """Keep readings until the orders are read past them; the targets whose reading is kept.

    A reading that a write or an own effect of the store touches is not kept, and a
    reading that already waits is not replaced.
    """
    found = await session.execute(
        text(f"""
            update target t
            set probe_shown = r.available, probe_lo = :lo, probe_hi = :hi, probe_after = 0,
                probe_unsure = false
            from unnest(cast(:ids as bigint[]), cast(:available as integer[]))
                as r (id, available)
            where t.id = r.id and t.attempt_id is null and t.probe_hi is null
              and coalesce(t.written_at < :lo, true) and coalesce(t.effect_at < :lo, true)
              and coalesce({UNSETTLED} < :lo, true)
            returning t.id"""),
        {
            "ids": [read.id for read in reads],
            "available": [read.available for read in reads],
            "lo": lo,
            "hi": hi,
        },
    )
    return set(found.scalars())
