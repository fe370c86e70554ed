"""Queries about the daily digest: when it is due, and what a day was like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.differences import PUT_BACK_ALONE
from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Schedule:
    """At which hour a workspace is told of its day, in which zone; None: it is not told."""

    hour: int | None
    zone: str


async def schedule(session: AsyncSession, workspace_id: int) -> Schedule:
    """Read when a workspace is told of its day."""
    found = await fetch_one(
        session,
        Schedule,
        "select digest_hour as hour, digest_zone as zone from workspace where id = :id",
        id=workspace_id,
    )
    return found or Schedule(None, "UTC")


async def save(
    session: AsyncSession, workspace_id: int, *, hour: int | None, zone: str, now: datetime
) -> None:
    """Set when a workspace is told of its day; a time of today that is past waits for tomorrow.

    A zone that the database does not know becomes UTC.
    """
    await session.execute(
        text("""
            with known as (
                select coalesce((select name from pg_timezone_names where name = :zone), 'UTC')
                       as zone)
            update workspace w
            set digest_hour = cast(:hour as integer), digest_zone = known.zone,
                digest_on = case when extract(hour from cast(:now as timestamptz)
                                                        at time zone known.zone) >= cast(:hour as integer)
                                 then cast(cast(:now as timestamptz) at time zone known.zone
                                           as date)
                                 end
            from known where w.id = :id"""),
        {"id": workspace_id, "hour": hour, "zone": zone, "now": now},
    )


async def claim_due(session: AsyncSession, now: datetime) -> list[int]:
    """Take the workspaces whose time has come, each once a day of theirs, whoever asks."""
    found = await session.execute(
        text("""
            with here as (
                select id, cast(:now as timestamptz) at time zone digest_zone as at
                from workspace where digest_hour is not null and alert_channel is not null)
            update workspace w set digest_on = cast(here.at as date) from here
            where w.id = here.id and extract(hour from here.at) >= w.digest_hour
              and (w.digest_on is null or w.digest_on < cast(here.at as date))
            returning w.id"""),
        {"now": now},
    )
    return sorted(found.scalars())


@dataclass(frozen=True, slots=True)
class StoreDay:
    """What one store did in a stretch of time; orders and units as they stand now."""

    store_id: int
    name: str
    orders: int
    units: int
    writes: int
    renewals: int


async def days(session: AsyncSession, workspace_id: int, since: datetime) -> list[StoreDay]:
    """Count what each connected store of a workspace did since; those with most orders first."""
    return await fetch(
        session,
        StoreDay,
        """
        select s.id as store_id, s.name, coalesce(sold.orders, 0) as orders,
               coalesce(sold.units, 0) as units, coalesce(sent.writes, 0) as writes,
               coalesce(renewed.renewals, 0) as renewals
        from store s
        left join (
            select o.store_id, count(distinct o.id) as orders,
                   cast(sum(greatest(l.taken, 0)) as int) as units
            from customer_order o join order_line l on l.order_id = o.id
            where o.workspace_id = :workspace and o.placed_at >= :since and o.state <> 'cancelled'
            group by o.store_id) sold on sold.store_id = s.id
        left join (
            select a.store_id, count(*) as writes
            from attempt a join attempt_item i on i.attempt_id = a.id
            join store t on t.id = a.store_id
            where t.workspace_id = :workspace and a.created_at >= :since and i.outcome = 'applied'
            group by a.store_id) sent on sent.store_id = s.id
        left join (
            select m.store_id, count(*) as renewals from mark m
            where m.kind = 'renewed' and m.at >= :since
            group by m.store_id) renewed on renewed.store_id = s.id
        where s.workspace_id = :workspace and s.disconnected_at is null
        order by coalesce(sold.orders, 0) desc, s.name""",
        workspace=workspace_id,
        since=since,
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a workspace's products and alerts stand like now, and what was over in a day.

    put_back  differences of the day over which our number was put back without asking
    """

    open_alerts: int
    over: int
    low: int
    oversold: int
    put_back: int


async def trouble(session: AsyncSession, workspace_id: int, since: datetime) -> Trouble:
    """Count alerts that are open and those that were closed since, low and oversold products."""
    found = await fetch_one(
        session,
        Trouble,
        """
        select (select count(*) from incident where workspace_id = :workspace
                and closed_at is null) as open_alerts,
               (select count(*) from incident where workspace_id = :workspace
                and closed_at >= :since) as over,
               (select count(*) from incident where workspace_id = :workspace
                and kind = 'low_stock' and closed_at is null) as low,
               (select count(distinct product_id) from stock where workspace_id = :workspace
                and available < 0) as oversold,
               (select cast(coalesce(sum(jsonb_array_length(detail -> 'targets')), 0) as int)
                from audit where workspace_id = :workspace and at >= :since
                and act = :put_back) as put_back""",
        workspace=workspace_id,
        since=since,
        put_back=PUT_BACK_ALONE,
    )
    return found or Trouble(0, 0, 0, 0, 0)
