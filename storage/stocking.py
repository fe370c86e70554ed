"""Queries about items that are not stocked at a location where they could be sold.

A target with `stocking` stands for one that a person agreed to have stocked: nothing is read
or written there before its store stocks it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.plans import Prospect
from storage.rows import fetch, fetch_one
from storage.targets import WRITABLE

CONSENT = "stocking"  # the setting of a store that holds who agreed, and when

# An item whose stock its store counts, at a place of ours where it is not stocked (R8).
_MISSING = """
    from listing l join location lo on lo.store_id = l.store_id and lo.active and lo.ours
    join store st on st.id = l.store_id
    where l.product_id is not null and l.gone_at is null and l.tracked and l.offered
      and l.channel = 'merchant'
      and not exists (select from listing_level lv
                      where lv.listing_id = l.id and lv.location_id = lo.id)
      and not exists (select from target t where t.listing_id = l.id and t.location_id = lo.id
                      and not t.stocking)"""

# Of a new listing a person is asked first, as far as it is stocked where a warehouse stands.
_LET_IN = """
    (exists (select from target o where o.listing_id = l.id and not o.stocking)
     or not exists (select from listing_level v join location vl on vl.id = v.location_id
                    where v.listing_id = l.id and vl.decision = 'linked'))"""


_COUNTED = """
    exists (select from location_warehouse lw join stock s on s.warehouse_id = lw.warehouse_id
            where lw.location_id = lo.id and s.product_id = l.product_id
              and s.counted_at is not null)"""


async def prospects(
    session: AsyncSession, store_id: int, location_ids: Collection[int], *, let_in: bool
) -> list[Prospect]:
    """Read the linked listings that are not stocked at some locations of their store.

    `let_in`: sync is on, so leave out those that a person has still to be asked about.
    """
    return await fetch(
        session,
        Prospect,
        f"""
        select l.id as listing_id, lo.id as location_id, l.product_id, l.ref, true as writable,
               null::integer as now, false as stocked {_MISSING}
          and l.store_id = :store and lo.id = any(cast(:locations as bigint[]))
          {f"and {_LET_IN}" if let_in else ""}
        order by l.id, lo.id""",
        store=store_id,
        locations=sorted(location_ids),
    )


@dataclass(frozen=True, slots=True)
class Unstocked:
    """The items that are not stocked at one location.

    counted  those of them whose number we know
    named    the first few by SKU
    """

    place: str
    items: int
    counted: int
    named: Sequence[str]


async def in_plan(session: AsyncSession, plan_id: UUID, *, named: int) -> list[Unstocked]:
    """Count the items of a plan that are not stocked, by location."""
    return await fetch(
        session,
        Unstocked,
        """
        select lo.name as place, count(*) as items, count(p.becomes) as counted,
               (array_agg(l.sku order by (p.becomes is null), l.sku_key))[1:cast(:named as integer)]
                   as named
        from plan_line p join listing l on l.id = p.listing_id
        join location lo on lo.id = p.location_id
        where p.plan_id = :plan and p.kind = 'not_stocked'
        group by lo.id order by lo.name, lo.id""",
        plan=plan_id,
        named=named,
    )


async def at_places(session: AsyncSession, store_id: int, *, named: int) -> list[Unstocked]:
    """Count what is not stocked where a warehouse of a store in sync stands, by location."""
    return await fetch(
        session,
        Unstocked,
        f"""
        with missing as (
            select lo.id, lo.name, l.sku, l.sku_key, {_COUNTED} as counted {_MISSING}
              and l.store_id = :store and lo.decision = 'linked' and {_LET_IN})
        select name as place, count(*) as items, count(*) filter (where counted) as counted,
               (array_agg(sku order by not counted, sku_key))[1:cast(:named as integer)] as named
        from missing group by id, name order by name, id""",
        store=store_id,
        named=named,
    )


async def missing(
    session: AsyncSession, workspace_id: int, platforms: Collection[str]
) -> dict[int, int]:
    """Count what is not stocked where a warehouse stands and is left alone, by store in sync.

    `platforms`: those where items are stocked location by location.
    """
    # Few are missing: whether they are let in is looked up for those, and not for every listing.
    found = await session.execute(
        text(f"""
            with missing as materialized (
                select l.id, l.store_id {_MISSING}
                  and l.workspace_id = :workspace and lo.decision = 'linked'
                  and st.sync_status <> 'off' and st.platform = any(cast(:platforms as text[]))
                  and not exists (select from target t
                                  where t.listing_id = l.id and t.location_id = lo.id))
            select l.store_id, count(*) as items from missing l where {_LET_IN}
            group by l.store_id"""),
        {"workspace": workspace_id, "platforms": sorted(platforms)},
    )
    return {row.store_id: row.items for row in found}


# What was agreed to ------------------------------------------------------------------------


async def allow(session: AsyncSession, store_id: int, *, actor: str, now: datetime) -> None:
    """Keep with a store who agreed that its items are stocked, and when."""
    held = {CONSENT: {"by": actor, "at": now.isoformat()}}
    await session.execute(
        text("update store set settings = settings || cast(:held as jsonb) where id = :id"),
        {"id": store_id, "held": json.dumps(held)},
    )


async def withdraw(session: AsyncSession, store_id: int) -> None:
    """Forget what was agreed, and what was still to be stocked because of it."""
    await session.execute(
        text("update store set settings = settings - cast(:key as text) where id = :id"),
        {"id": store_id, "key": CONSENT},
    )
    await drop(session, store_id)


async def drop(session: AsyncSession, store_id: int) -> None:
    """Forget what is still to be stocked in a store."""
    await session.execute(
        text("""
            with locked as (select id from target where store_id = :store and stocking
                            order by id for update)
            delete from target t using locked where t.id = locked.id"""),
        {"store": store_id},
    )


# Stocking ------------------------------------------------------------------------------------


async def begin(session: AsyncSession, store_id: int) -> set[int]:
    """Make targets of what is to be stocked in a store that agreed; their products.

    What was to be stocked where nobody agrees any more is forgotten. Only where somebody counted how many there are. What waits for a number that is to
    become ours is stocked once it is known.
    """
    given = {"store": store_id, "key": CONSENT}
    agreed = await session.execute(
        text("select jsonb_exists(settings, :key) from store where id = :store"), given
    )
    if not agreed.scalar():
        await drop(session, store_id)
        return set()
    # What somebody stocked by hand meanwhile is a listing like any other.
    await session.execute(
        text(f"""
            with locked as (
                select t.id from target t join listing l on l.id = t.listing_id
                where t.store_id = :store and t.stocking and {_LET_IN}
                  and exists (select from listing_level lv where lv.listing_id = t.listing_id
                              and lv.location_id = t.location_id)
                order by t.id for update of t)
            update target t set stocking = false, rejected = null, retry_at = null, refusals = 0
            from locked where t.id = locked.id"""),
        given,
    )
    found = await session.execute(
        text(f"""
            insert into target (workspace_id, store_id, listing_id, location_id, product_id,
                                stocking)
            select l.workspace_id, l.store_id, l.id, lo.id, l.product_id, true {_MISSING}
              and l.store_id = :store and lo.decision = 'linked' and st.sync_status <> 'off'
              and {_LET_IN} and {_COUNTED}
              and not exists (select from target w where w.store_id = l.store_id
                              and w.product_id = l.product_id and w.take_over)
            order by l.id, lo.id
            on conflict (listing_id, location_id) do update
            set product_id = excluded.product_id, rejected = null, retry_at = null, refusals = 0
            where target.stocking and target.product_id <> excluded.product_id
            returning product_id"""),
        given,
    )
    return set(found.scalars())


@dataclass(frozen=True, slots=True)
class Due:
    """An item to be stocked at a location; `refusals` in a row so far."""

    id: int
    ref: str
    location: str
    sku: str
    refusals: int


async def due(session: AsyncSession, store_id: int, now: datetime) -> Due | None:
    """Choose what to stock next: it is agreed to, counted, and may be written there (R8)."""
    return await fetch_one(
        session,
        Due,
        f"""
        select t.id, l.ref, lo.remote_id as location, l.sku, t.refusals
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id join store st on st.id = t.store_id
        where t.store_id = :store and t.stocking and st.sync_status = 'on' and {WRITABLE}
          and jsonb_exists(st.settings, :key) and {_LET_IN}
          and (t.retry_at is null or t.retry_at <= :now)
        order by t.refusals, t.id limit 1""",
        store=store_id,
        now=now,
        key=CONSENT,
    )


async def stocked(session: AsyncSession, target_id: int, *, shown: int, as_of: datetime) -> bool:
    """Note that an item stands at its location now; False where nobody wants it any more."""
    given = {"id": target_id, "shown": shown, "as_of": as_of}
    found = await session.execute(
        text("""
            update target set stocking = false, rejected = null, retry_at = null, refusals = 0
            where id = :id and stocking returning id"""),
        given,
    )
    if found.first() is None:
        return False
    await session.execute(
        text("""
            insert into listing_level (listing_id, location_id, available, as_of)
            select listing_id, location_id, :shown, :as_of from target where id = :id
            on conflict (listing_id, location_id) do update
            set available = excluded.available, as_of = excluded.as_of"""),
        given,
    )
    return True


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that its store refuses to stock, in the store's own words."""

    id: int
    sku: str
    place: str
    reason: str


async def refused(session: AsyncSession, store_id: int) -> list[Refusal]:
    """List the items that a store refuses to stock."""
    return await fetch(
        session,
        Refusal,
        """
        select t.id, l.sku, lo.name as place, t.rejected as reason
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id
        where t.store_id = :store and t.stocking and t.rejected is not null order by l.sku_key, t.id""",
        store=store_id,
    )


async def not_stocked(
    session: AsyncSession,
    target_id: int,
    *,
    refusals: int,
    reason: str | None,
    retry_at: datetime,
) -> bool:
    """Note that stocking an item did not succeed, and when it is tried again; False: it is over."""
    found = await session.execute(
        text("""
            update target set refusals = :refusals, rejected = :reason, retry_at = :retry_at
            where id = :id and stocking returning id"""),
        {"id": target_id, "refusals": refusals, "reason": reason, "retry_at": retry_at},
    )
    return found.first() is not None
