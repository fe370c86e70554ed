"""Queries about listings that came, or changed their SKU, while their store was in sync."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import COMES_BEFORE

# Linked, writable as far as the listing goes, and in no plan so far; `l` is the listing.
_NEW = """
    l.product_id is not null and l.gone_at is null and l.tracked and l.offered
    and l.channel = 'merchant'
    and not exists (select from target t where t.listing_id = l.id and not t.stocking)
    and exists (select from listing_level lv join location lo on lo.id = lv.location_id
                where lv.listing_id = l.id and lo.decision = 'linked')"""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A listing that waits for a person's word; `known_as` is the SKU it was linked by."""

    id: int
    sku: str
    title: str
    known_as: str | None


async def new(session: AsyncSession, store_id: int, *, since: datetime) -> list[Newcomer]:
    """List the newly found listings of a store that are not in sync; none if none is since then."""
    return await fetch(
        session,
        Newcomer,
        f"""
        select l.id, l.sku, l.title, null as known_as from listing l
        where l.store_id = :store and {_NEW} and exists (
            select from listing l where l.store_id = :store and l.first_seen_at >= :since and {_NEW})
        order by l.sku_key, l.id""",
        store=store_id,
        since=since,
    )


async def renamed(session: AsyncSession, store_id: int) -> list[Newcomer]:
    """List the listings of a store in sync that changed their SKU."""
    return await fetch(
        session,
        Newcomer,
        """
        select l.id, l.sku, l.title, max(p.sku) as known_as from listing l
        join target t on t.listing_id = l.id join product p on p.id = t.product_id
        where l.store_id = :store and l.unlinked = 'renamed' and l.gone_at is null
        group by l.id order by l.sku_key, l.id""",
        store=store_id,
    )


async def let_in(
    session: AsyncSession, store_id: int, *, until: datetime, take_over: bool
) -> list[int]:
    """Make targets of the listings found until a time, all of them unknown; their products.

    With `take_over` the number that the store shows becomes ours once it is known, but for
    listings that share their product with one that is in sync, or comes before them.
    """
    found = await session.execute(
        text(f"""
            insert into target (workspace_id, store_id, listing_id, location_id, product_id,
                                take_over, effect_at)
            select l.workspace_id, l.store_id, l.id, lv.location_id, l.product_id,
                   :take_over and not exists (
                       select from listing lf join listing_level vf on vf.listing_id = lf.id
                           and vf.location_id = lv.location_id
                       left join target f on f.listing_id = lf.id and f.location_id = lv.location_id
                       where lf.store_id = l.store_id and lf.product_id = l.product_id
                         and lf.id <> l.id and lf.gone_at is null
                         and (f.id is not null or {COMES_BEFORE})),
                   (select max(o.stamp) from order_line ol
                    join customer_order o on o.id = ol.order_id where ol.listing_id = l.id)
            from listing l join listing_level lv on lv.listing_id = l.id
            join location lo on lo.id = lv.location_id and lo.decision = 'linked'
            where l.store_id = :store and l.first_seen_at <= :until and {_NEW}
            order by l.id, lv.location_id
            on conflict (listing_id, location_id) do update
            set product_id = excluded.product_id, take_over = excluded.take_over,
                effect_at = excluded.effect_at, stocking = false, rejected = null,
                retry_at = null, refusals = 0
            where target.stocking returning product_id"""),
        {"store": store_id, "until": until, "take_over": take_over},
    )
    return sorted(set(found.scalars()))


async def leave_out(session: AsyncSession, store_id: int, *, until: datetime) -> int:
    """Ignore the listings found until a time, for good; how many."""
    found = await session.execute(
        text(f"""
            update listing l set unlinked = 'ignored', product_id = null, chosen_id = null
            where l.store_id = :store and l.first_seen_at <= :until and {_NEW} returning l.id"""),
        {"store": store_id, "until": until},
    )
    return len(found.all())


async def follow_renamed(
    session: AsyncSession, store_id: int, listing_ids: list[int], now: datetime
) -> None:
    """Let renamed listings be linked again by the SKU they bear now; their targets go.

    They are newcomers then: what they show is asked about like any other's.
    """
    given = {"store": store_id, "ids": listing_ids, "now": now}
    await session.execute(
        text("""
            delete from target t using listing l
            where t.listing_id = l.id and l.store_id = :store and l.unlinked = 'renamed'
              and l.id = any(cast(:ids as bigint[]))"""),
        given,
    )
    await session.execute(
        text("""
            update listing set unlinked = 'no_sku', first_seen_at = :now
            where store_id = :store and unlinked = 'renamed' and id = any(cast(:ids as bigint[]))"""),
        given,
    )


async def ignore_renamed(session: AsyncSession, store_id: int, listing_ids: list[int]) -> None:
    """Leave renamed listings out for good."""
    await session.execute(
        text("""
            update listing set unlinked = 'ignored'
            where store_id = :store and unlinked = 'renamed' and id = any(cast(:ids as bigint[]))"""),
        {"store": store_id, "ids": listing_ids},
    )


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A target whose number, now known, becomes ours.

    undeducted  units sold there that the store's number still holds; where we wrote it, only
                those sold since, for the number lacks the others already
    beside      what is available in other warehouses whose stock the location adds
    """

    id: int
    product_id: int
    warehouse_id: int
    shown: int
    undeducted: int
    beside: int


async def taken_over(session: AsyncSession, store_id: int) -> list[TakenOver]:
    """Read the targets whose number is known by now and is to become ours."""
    return await fetch(
        session,
        TakenOver,
        """
        select t.id, t.product_id, lw.warehouse_id, t.shown,
               (select coalesce(sum(greatest(ol.taken - ol.deducted, 0)), 0)::integer
                from order_line ol join customer_order o on o.id = ol.order_id
                where (t.copied_lo is null or o.placed_at >= t.copied_lo) and ol.listing_id = t.listing_id and ol.store_id = t.store_id
                  and ol.product_id = t.product_id and ol.unbooked is null
                  and ol.location_remote_id = lo.remote_id) as undeducted,
               (select coalesce(sum(s.available), 0)::integer from stock s
                join location_warehouse b on b.warehouse_id = s.warehouse_id
                where b.location_id = t.location_id and not b.receives
                  and s.product_id = t.product_id) as beside
        from target t join location lo on lo.id = t.location_id
        join location_warehouse lw on lw.location_id = t.location_id and lw.receives
        where t.store_id = :store and t.take_over and t.shown is not null
        order by t.product_id, lw.warehouse_id, t.id""",
        store=store_id,
    )


async def have_taken(session: AsyncSession, target_ids: list[int]) -> None:
    """Note that the numbers of targets are ours now, and which reading they came from."""
    await session.execute(
        text("""
            with locked as (select id from target where id = any(cast(:ids as bigint[]))
                            order by id for update)
            update target t set take_over = false, copied_lo = t.rebase_lo,
                                copied_hi = t.rebase_hi
            from locked where t.id = locked.id"""),
        {"ids": target_ids},
    )


async def end_waits(session: AsyncSession, store_id: int) -> None:
    """Let targets be written whose wait for a number that is to become ours is over.

    It is also over when the store does not tell that number.
    """
    await session.execute(
        text("""
            with over as (
                select t.id from target t where t.store_id = :store and t.waits
                  and not exists (select from target s
                                  where s.store_id = t.store_id and s.take_over
                                    and s.product_id = t.product_id and s.rejected is null)
                order by t.id for update)
            update target t set waits = false from over where t.id = over.id"""),
        {"store": store_id},
    )
