"""Queries of the breaker: what changes by people did lately, and what it keeps back (R14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import GOAL


@dataclass(frozen=True, slots=True)
class Jolt:
    """A target that a change empties or multiplies."""

    target_id: int
    store_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Shaken:
    """How many targets of a store were jolted lately, of how many that are in sync.

    `percent`: how much of the store may be jolted at once, where its settings say so.
    """

    store_id: int
    workspace_id: int
    jolted: int
    targets: int
    percent: float | None


async def let_go(session: AsyncSession, target_ids: Sequence[int]) -> list[int]:
    """Keep nothing back of some targets, which the caller holds locked; those it was kept of."""
    found = await session.execute(
        text("""
            update target set braked = 0
            where id = any(cast(:ids as bigint[])) and braked <> 0 returning id"""),
        {"ids": list(target_ids)},
    )
    return sorted(found.scalars())


async def record(
    session: AsyncSession, *, change_set_id: int, jolts: Sequence[Jolt], now: datetime
) -> None:
    """Note what a change set did."""
    await session.execute(
        text("""
            insert into jolt (store_id, target_id, change_set_id, before, after, at)
            select j.store, j.target, :change_set, j.before, j.after, :now
            from unnest(cast(:stores as bigint[]), cast(:targets as bigint[]),
                        cast(:before as integer[]), cast(:after as integer[]))
                as j (store, target, before, after)"""),
        {
            "change_set": change_set_id,
            "now": now,
            "stores": [jolt.store_id for jolt in jolts],
            "targets": [jolt.target_id for jolt in jolts],
            "before": [jolt.before for jolt in jolts],
            "after": [jolt.after for jolt in jolts],
        },
    )


async def shaken(
    session: AsyncSession, store_ids: Sequence[int], *, since: datetime
) -> list[Shaken]:
    """Count what was jolted in some stores since a time, and what is in sync there.

    What is kept back did not reach the store and does not count.
    """
    return await fetch(
        session,
        Shaken,
        """
        select s.id as store_id, s.workspace_id,
               (select count(distinct j.target_id) from jolt j
                join target t on t.id = j.target_id and t.braked = 0
                where j.store_id = s.id and j.at > :since) as jolted,
               (select count(*) from target t where t.store_id = s.id) as targets,
               cast(s.settings ->> 'breaker_percent' as double precision) as percent
        from store s where s.id = any(cast(:stores as bigint[])) and s.sync_status <> 'off'
        order by s.id""",
        stores=list(store_ids),
        since=since,
    )


@dataclass(frozen=True, slots=True)
class Braked:
    """A target whose change is kept back."""

    id: int
    sku: str
    title: str
    before: int
    after: int


async def brake(session: AsyncSession, store_id: int, change_set_id: int) -> list[Braked]:
    """Keep back what a change set does to a store's targets and has not reached the store."""
    return await fetch(
        session,
        Braked,
        f"""
        with held as (
            update target t set braked = j.before - j.after
            from (select distinct on (target_id) target_id, before, after from jolt
                  where change_set_id = :change_set and store_id = :store
                  order by target_id, id desc) j
            where t.id = j.target_id and t.braked = 0
              and greatest(t.shown, 0) is distinct from {GOAL}
            returning t.id, t.listing_id, j.before, j.after)
        select h.id, l.sku, l.title, h.before, h.after
        from held h join listing l on l.id = h.listing_id order by l.sku_key, h.id""",
        store=store_id,
        change_set=change_set_id,
    )


async def kept_back(session: AsyncSession, store_id: int, change_set_id: int) -> list[Braked]:
    """Read all that is kept back of a change set at a store, by SKU."""
    return await fetch(
        session,
        Braked,
        """
        select distinct on (l.sku_key, t.id) t.id, l.sku, l.title, j.before, j.after
        from jolt j join target t on t.id = j.target_id and t.braked <> 0
        join listing l on l.id = t.listing_id
        where j.store_id = :store and j.change_set_id = :change_set
        order by l.sku_key, t.id, j.id desc""",
        store=store_id,
        change_set=change_set_id,
    )


async def made_by(session: AsyncSession, workspace_id: int, change_set_id: int) -> str | None:
    """Read who made a change set of a workspace."""
    found = await session.execute(
        text("select actor from change_set where id = :id and workspace_id = :workspace"),
        {"id": change_set_id, "workspace": workspace_id},
    )
    actor = found.scalar_one_or_none()
    return None if actor is None else str(actor)


async def kind_of(session: AsyncSession, change_set_id: int) -> str:
    """Read what kind of act a change set is."""
    found = await session.execute(
        text("select kind from change_set where id = :id"), {"id": change_set_id}
    )
    return str(found.scalar_one())


async def of_change_set(session: AsyncSession, store_id: int, change_set_id: int) -> list[int]:
    """Lock the targets of a store that a change set jolted; their ids."""
    found = await session.execute(
        text("""
            select t.id from target t where t.store_id = :store and exists (
                select from jolt j where j.target_id = t.id and j.change_set_id = :change_set)
            order by t.id for update"""),
        {"store": store_id, "change_set": change_set_id},
    )
    return list(found.scalars())


async def forget(session: AsyncSession, *, before: datetime) -> None:
    """Drop what is too old to count and kept back nowhere."""
    await session.execute(
        text("""
            delete from jolt j where j.at < :before and not exists (
                select from target t where t.id = j.target_id and t.braked <> 0)"""),
        {"before": before},
    )
