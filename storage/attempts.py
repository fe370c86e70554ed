"""Flights: the writes of one call, written down before they are sent, and their answers.

A target in flight is nobody else's; only the attempt that it names may record an
answer. An attempt whose worker died is sent again under its own keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one
from storage.wants import Wanted


@dataclass(frozen=True, slots=True)
class Item:
    """One write of an attempt."""

    position: int
    target_id: int
    ref: str
    location: str
    from_value: int
    to_value: int
    version: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a store; `sends` counts how often it was given to the network.

    `read_from` is when the level reading began that it is built on, on the store's
    clock; None where the store compares by itself.
    """

    id: UUID
    sends: int
    created_at: datetime
    lease_until: datetime
    read_from: datetime | None


@dataclass(frozen=True, slots=True)
class Flying:
    """A target of an attempt, locked to record its answer."""

    id: int
    shown: int | None
    refusals: int
    rejected: str | None


async def begin(
    session: AsyncSession,
    *,
    attempt_id: UUID,
    store_id: int,
    worker: str,
    writes: Sequence[Wanted],
    now: datetime,
    lease_until: datetime,
    read_from: datetime | None = None,
    unsure: Sequence[int] = (),
) -> None:
    """Write an attempt down and take its targets, which the caller holds locked.

    `shown` of each write is the number it starts from. What is shown by `unsure`
    targets is unknown from here on.
    """
    given = {
        "attempt": attempt_id,
        "store": store_id,
        "worker": worker,
        "now": now,
        "lease": lease_until,
        "read_from": read_from,
        "unsure": list(unsure),
        "targets": [write.id for write in writes],
        "froms": [write.shown for write in writes],
        "tos": [write.goal for write in writes],
        "versions": [write.version for write in writes],
    }
    await session.execute(
        text("""
            insert into attempt (id, store_id, worker, sends, created_at, lease_until, read_from)
            values (:attempt, :store, :worker, 1, :now, :lease, :read_from)"""),
        given,
    )
    await session.execute(
        text("""
            insert into attempt_item (attempt_id, position, target_id, from_value, to_value,
                                      version)
            select :attempt, w.n - 1, w.target, w.from_value, w.to_value, w.version
            from unnest(cast(:targets as bigint[]), cast(:froms as integer[]),
                        cast(:tos as integer[]), cast(:versions as integer[]))
                with ordinality as w (target, from_value, to_value, version, n)"""),
        given,
    )
    await session.execute(
        text("""
            update target
            set attempt_id = :attempt,
                shown = case when id <> all(cast(:unsure as bigint[])) then shown end
            where id = any(cast(:targets as bigint[]))"""),
        given,
    )


async def dead(session: AsyncSession, store_id: int, *, now: datetime) -> Attempt | None:
    """Lock the oldest attempt whose lease ran out without an answer."""
    return await fetch_one(
        session,
        Attempt,
        """
        select id, sends, created_at, lease_until, read_from from attempt
        where store_id = :store and done_at is null and lease_until <= :now
        order by created_at, id limit 1 for update skip locked""",
        store=store_id,
        now=now,
    )


async def next_lease(session: AsyncSession, store_id: int) -> datetime | None:
    """Say when the first open attempt of a store may be taken over."""
    found = await session.execute(
        text("""
            select min(lease_until) from attempt
            where store_id = :store and done_at is null"""),
        {"store": store_id},
    )
    value: datetime | None = found.scalar()
    return value


async def take_over(
    session: AsyncSession, attempt_id: UUID, *, worker: str, lease_until: datetime
) -> None:
    """Make an attempt this worker's, about to be sent once more."""
    await session.execute(
        text("""
            update attempt set worker = :worker, lease_until = :lease, sends = sends + 1
            where id = :attempt"""),
        {"attempt": attempt_id, "worker": worker, "lease": lease_until},
    )


async def open_items(session: AsyncSession, attempt_id: UUID) -> list[Item]:
    """Read the writes of an attempt that still want an answer, in their order."""
    return await fetch(
        session,
        Item,
        """
        select i.position, i.target_id, l.ref, lo.remote_id as location, i.from_value,
               i.to_value, i.version
        from attempt_item i join target t on t.id = i.target_id
        join listing l on l.id = t.listing_id join location lo on lo.id = t.location_id
        where i.attempt_id = :attempt and i.outcome is null and t.attempt_id = :attempt
        order by i.position""",
        attempt=attempt_id,
    )


async def size(session: AsyncSession, attempt_id: UUID) -> int:
    """Count the writes of an attempt, answered or not."""
    found = await session.execute(
        text("select count(*) from attempt_item where attempt_id = :attempt"),
        {"attempt": attempt_id},
    )
    return int(found.scalar_one())


async def lock_flying(
    session: AsyncSession, attempt_id: UUID, *, worker: str, sends: int
) -> dict[int, Flying]:
    """Lock the targets of an attempt that is still this worker's and this sending's."""
    rows = await fetch(
        session,
        Flying,
        """
        select t.id, t.shown, t.refusals, t.rejected from target t
        join attempt a on a.id = t.attempt_id
        where a.id = :attempt and a.worker = :worker and a.sends = :sends and a.done_at is null
        order by t.id for update of t""",
        attempt=attempt_id,
        worker=worker,
        sends=sends,
    )
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Landed:
    """A target after its write was answered; `outcome` is the answer's kind.

    window          when the write may have swallowed an own effect of the store
    pending         the number it brings where it may not have landed yet; waited for until
                    `pending_until`, then it is sent again where it is still missing
    looming         the same number where nobody will tell that it landed, or only much later
    handle          what the store calls it where it was only accepted; `poll_at`: when to ask
    accepted_until  when an accepted one is given up at the latest
    shown_before    what is shown if an accepted one never lands
    """

    target_id: int
    outcome: str
    shown: int | None
    version: int
    rejected: str | None
    refusals: int
    retry_at: datetime | None
    unsettled_until: datetime | None
    window: tuple[datetime, datetime] | None = None
    pending: int | None = None
    pending_until: datetime | None = None
    looming: int | None = None
    handle: str | None = None
    poll_at: datetime | None = None
    accepted_until: datetime | None = None
    shown_before: int | None = None
    moved: bool = False  # refused, with another number made of it

    @property
    def untouched(self) -> bool:
        """Whether it is certain that the store's number was not written."""
        return self.outcome in ("stale", "rejected") and not self.moved


async def land(
    session: AsyncSession,
    attempt_id: UUID,
    landed: Sequence[Landed],
    *,
    answered_at: datetime,
    now: datetime,
) -> None:
    """Record answers and free their targets.

    `answered_at` is the answer's time on the store's clock, margin included. A write
    that may have landed drops a waiting reading; a refused one does not. What may land
    later than this answer, an older write, keeps the target unsettled all the same.
    """
    given = {
        "attempt": attempt_id,
        "at": answered_at,
        "now": now,
        "targets": [row.target_id for row in landed],
        "outcomes": [row.outcome for row in landed],
        "shown": [row.shown for row in landed],
        "versions": [row.version for row in landed],
        "rejected": [row.rejected for row in landed],
        "refusals": [row.refusals for row in landed],
        "retry_at": [row.retry_at for row in landed],
        "unsettled": [row.unsettled_until for row in landed],
        "untouched": [row.untouched for row in landed],
        "pending": [row.pending for row in landed],
        "pending_until": [row.pending_until for row in landed],
        "looming": [row.looming for row in landed],
        "accepted_until": [row.accepted_until for row in landed],
        "before": [row.shown_before for row in landed],
        "window_los": [row.window[0] if row.window else None for row in landed],
        "window_his": [row.window[1] if row.window else None for row in landed],
        "handles": [row.handle for row in landed],
        "polls": [row.poll_at for row in landed],
    }
    await session.execute(
        text("""
            update target t
            set attempt_id = null, shown = r.shown, rejected = r.rejected,
                refusals = r.refusals, retry_at = r.retry_at,
                unsettled_until = greatest(r.unsettled_until, t.unsettled_until),
                accepted_until = greatest(r.accepted_until, t.accepted_until),
                shown_before = case when r.untouched then t.shown_before else r.before end,
                acked_version = case when r.outcome = 'applied' then r.version
                                     else t.acked_version end,
                stale_at = case when r.outcome = 'stale' then :at when r.untouched then t.stale_at
                                end,
                pending = case when r.untouched then t.pending else r.pending end,
                pending_until = case when r.untouched then t.pending_until
                                     when r.outcome = 'applied'
                                     then greatest(r.pending_until, t.accepted_until)
                                     else r.pending_until end,
                looming = case when r.looming is null then t.looming
                               when greatest(t.unsettled_until, t.accepted_until) > :at
                               then greatest(r.looming, t.looming) else r.looming end,
                windows = case when r.window_lo is null then t.windows
                               else t.windows + tstzmultirange(tstzrange(r.window_lo, r.window_hi,
                                                                         '[]')) end,
                written_at = case when r.untouched then t.written_at else :at end,
                probe_shown = case when r.untouched then t.probe_shown end,
                probe_lo = case when r.untouched then t.probe_lo end,
                probe_hi = case when r.untouched then t.probe_hi end,
                probe_after = case when r.untouched then t.probe_after else 0 end
            from unnest(cast(:targets as bigint[]), cast(:outcomes as text[]),
                        cast(:shown as integer[]), cast(:versions as integer[]),
                        cast(:rejected as text[]), cast(:refusals as integer[]),
                        cast(:retry_at as timestamptz[]), cast(:unsettled as timestamptz[]),
                        cast(:untouched as boolean[]), cast(:pending as integer[]),
                        cast(:pending_until as timestamptz[]), cast(:looming as integer[]),
                        cast(:accepted_until as timestamptz[]), cast(:before as integer[]),
                        cast(:window_los as timestamptz[]), cast(:window_his as timestamptz[]))
                as r (id, outcome, shown, version, rejected, refusals, retry_at, unsettled_until,
                      untouched, pending, pending_until, looming, accepted_until, before,
                      window_lo, window_hi)
            where t.id = r.id and t.attempt_id = :attempt"""),
        given,
    )
    await session.execute(
        text("""
            update attempt_item i
            set outcome = r.outcome, handle = r.handle, poll_at = r.poll_at,
                accepted_at = case when r.handle is not null then cast(:now as timestamptz) end
            from unnest(cast(:targets as bigint[]), cast(:outcomes as text[]),
                        cast(:handles as text[]), cast(:polls as timestamptz[]))
                as r (id, outcome, handle, poll_at)
            where i.attempt_id = :attempt and i.target_id = r.id"""),
        given,
    )


async def unsent(session: AsyncSession, attempt_id: UUID, target_ids: Sequence[int]) -> None:
    """Free the targets of writes whose turn never came: nothing became of them."""
    given = {"attempt": attempt_id, "targets": list(target_ids)}
    await session.execute(
        text("""
            update target set attempt_id = null
            where id = any(cast(:targets as bigint[])) and attempt_id = :attempt"""),
        given,
    )
    await session.execute(
        text("""
            update attempt_item set outcome = 'unsent'
            where attempt_id = :attempt and target_id = any(cast(:targets as bigint[]))"""),
        given,
    )


async def keep_flying(session: AsyncSession, attempt_id: UUID, *, lease_until: datetime) -> None:
    """Leave the unanswered writes of an attempt in flight until a time, to be sent again."""
    await session.execute(
        text("update attempt set lease_until = :lease where id = :attempt"),
        {"attempt": attempt_id, "lease": lease_until},
    )


async def unanswered(session: AsyncSession, store_id: int, limit: int) -> int:
    """Count how many of a store's newest attempts got no answer to anything."""
    found = await session.execute(
        text("""
            select count(*) from (
                select id from attempt where store_id = :store and done_at is not null
                order by created_at desc, id limit :limit) newest
            where not exists (select from attempt_item i
                              where i.attempt_id = newest.id and i.outcome <> 'unknown')"""),
        {"store": store_id, "limit": limit},
    )
    return int(found.scalar_one())


async def finish(session: AsyncSession, attempt_id: UUID, *, now: datetime) -> bool:
    """End an attempt when no target flies with it any more; whether it ended."""
    found = await session.execute(
        text("""
            update attempt set done_at = :now where id = :attempt and done_at is null
            and not exists (select from target where attempt_id = :attempt) returning id"""),
        {"attempt": attempt_id, "now": now},
    )
    return found.first() is not None


async def release(session: AsyncSession, attempt_id: UUID, *, now: datetime) -> None:
    """Take an attempt back of which it is certain that nothing was applied."""
    await session.execute(
        text("update target set attempt_id = null where attempt_id = :attempt"),
        {"attempt": attempt_id},
    )
    await session.execute(
        text("update attempt set done_at = :now where id = :attempt"),
        {"attempt": attempt_id, "now": now},
    )
