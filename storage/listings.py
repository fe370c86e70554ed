"""Queries about listings, the products they are linked to, and what imports saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing as an import read it; `sku_key` is what SKUs are compared by."""

    ref: str
    sku: str
    sku_key: str
    title: str
    state: str
    tracked: bool
    channel: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What an import saw of one listing at one location."""

    ref: str
    location: str
    available: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class LinkedListing:
    """Where an order line's ref or SKU leads to."""

    id: int
    ref: str
    sku: str
    product_id: int | None
    unlinked: str | None


async def set_renewed(session: AsyncSession, store_id: int, *, renews: bool) -> list[int]:
    """Let what is sold out or expired count as on sale, or no more; the products concerned."""
    found = await session.execute(
        text("""
            update listing set offered = :renews
            where store_id = :store and state in ('sold_out', 'expired') and offered <> :renews
            returning product_id"""),
        {"store": store_id, "renews": renews},
    )
    return sorted({row.product_id for row in found if row.product_id is not None})


async def save_page(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int,
    listings: Sequence[ListingRow],
    levels: Sequence[LevelRow],
    renews: bool,
    now: datetime,
) -> None:
    """Upsert one page of an import; new listings stand unlinked until `link` has run.

    `renews`: the store renews what is sold out or expired, so that counts as on sale.
    """
    await session.execute(
        text("""
            insert into listing (workspace_id, store_id, ref, sku, sku_key, title, state, offered,
                                 tracked, channel, unlinked, first_seen_at, seen_at)
            select :workspace, :store, p.ref, p.sku, p.sku_key, p.title, p.state,
                   p.state = 'active' or (:renews and p.state in ('sold_out', 'expired')),
                   p.tracked, p.channel, 'no_sku', :now, :now
            from unnest(cast(:refs as text[]), cast(:skus as text[]), cast(:keys as text[]),
                        cast(:titles as text[]), cast(:states as text[]),
                        cast(:tracked as boolean[]), cast(:channels as text[]))
                 as p (ref, sku, sku_key, title, state, tracked, channel)
            on conflict (store_id, ref) do update
            set sku = excluded.sku, sku_key = excluded.sku_key, title = excluded.title,
                state = excluded.state, offered = excluded.offered,
                tracked = excluded.tracked, channel = excluded.channel,
                seen_at = excluded.seen_at, gone_at = null"""),
        {
            "workspace": workspace_id,
            "store": store_id,
            "now": now,
            "renews": renews,
            "refs": [row.ref for row in listings],
            "skus": [row.sku for row in listings],
            "keys": [row.sku_key for row in listings],
            "titles": [row.title for row in listings],
            "states": [row.state for row in listings],
            "tracked": [row.tracked for row in listings],
            "channels": [row.channel for row in listings],
        },
    )
    # Where a listing is not stocked any more; of what is in sync its target tells.
    await session.execute(
        text("""
            delete from listing_level lv using listing l, location lo
            where l.store_id = :store and l.ref = any(cast(:refs as text[]))
              and lv.listing_id = l.id and lo.id = lv.location_id
              and not exists (select from unnest(cast(:refs as text[]), cast(:locations as text[]))
                                  as p (ref, location)
                              where p.ref = l.ref and p.location = lo.remote_id)
              and not exists (select from target t where t.listing_id = l.id
                              and t.location_id = lo.id and not t.stocking)"""),
        {
            "store": store_id,
            "refs": [row.ref for row in levels],
            "locations": [row.location for row in levels],
        },
    )
    await session.execute(
        text("""
            insert into listing_level (listing_id, location_id, available, as_of)
            select l.id, lo.id, p.available, p.as_of
            from unnest(cast(:refs as text[]), cast(:locations as text[]),
                        cast(:available as integer[]), cast(:as_of as timestamptz[]))
                 as p (ref, location, available, as_of)
            join listing l on l.store_id = :store and l.ref = p.ref
            join location lo on lo.store_id = :store and lo.remote_id = p.location
            on conflict (listing_id, location_id) do update
            set available = excluded.available, as_of = excluded.as_of"""),
        {
            "store": store_id,
            "refs": [row.ref for row in levels],
            "locations": [row.location for row in levels],
            "available": [row.available for row in levels],
            "as_of": [row.as_of for row in levels],
        },
    )


async def mark_gone(session: AsyncSession, store_id: int, seen_since: datetime) -> int:
    """Mark what a full pass begun at `seen_since` did not meet as gone; how many."""
    found = await session.execute(
        text("""
            update listing set gone_at = :since
            where store_id = :store and seen_at < :since and gone_at is null returning id"""),
        {"store": store_id, "since": seen_since},
    )
    return len(found.all())


async def link(session: AsyncSession, *, workspace_id: int, store_id: int, now: datetime) -> None:
    """Link the store's listings to products by SKU, or say why one is not linked.

    A person's decision stands: `ignored`, or the product that was chosen. A listing that is
    already in sync and changed its SKU is not moved silently to another product: it becomes
    `renamed`.
    """
    given = {"workspace": workspace_id, "store": store_id, "now": now}
    # One statement decides all listings, so that both of a duplicate pair change at once.
    await session.execute(
        text("""
            with judged as (
                select l.id,
                       case when l.chosen_id is not null then null
                            when l.unlinked in ('ignored', 'renamed') then l.unlinked
                            when l.sku_key = '' then 'no_sku'
                            when count(*) filter (where l.unlinked is distinct from 'ignored'
                                                  and l.chosen_id is null)
                                 over (partition by l.sku_key) > 1 then 'duplicate'
                            when p.sku_key <> l.sku_key
                                 and exists (select from target t where t.listing_id = l.id
                                             and not t.stocking)
                                 then 'renamed'
                       end as reason
                from listing l left join product p on p.id = l.product_id
                where l.store_id = :store and l.gone_at is null
            )
            update listing l set unlinked = j.reason, product_id = null
            from judged j
            where l.id = j.id and j.reason is not null
              and (l.unlinked is distinct from j.reason or l.product_id is not null)"""),
        given,
    )
    await session.execute(
        text("""
            update listing set product_id = chosen_id, unlinked = null
            where store_id = :store and chosen_id is not null and gone_at is null
              and product_id is distinct from chosen_id"""),
        given,
    )
    # What is left to link: unlinked without a standing reason, or on a product of another SKU.
    wanting = """
        from listing l left join product p on p.id = l.product_id
        where l.store_id = :store and l.gone_at is null and l.sku_key <> '' and l.chosen_id is null
          and l.unlinked is distinct from 'ignored' and l.unlinked is distinct from 'renamed'
          and (p.id is null or p.sku_key <> l.sku_key)
          and not exists (select from listing o where o.store_id = l.store_id
                          and o.sku_key = l.sku_key and o.id <> l.id and o.gone_at is null
                          and o.chosen_id is null
                          and o.unlinked is distinct from 'ignored')"""
    await session.execute(
        text(f"""
            insert into product (workspace_id, sku, sku_key, title, created_at)
            select :workspace, btrim(l.sku), l.sku_key, l.title, :now {wanting}
            order by l.sku_key
            on conflict (workspace_id, sku_key) do nothing"""),
        given,
    )
    await session.execute(
        text(f"""
            update listing set product_id = found.product_id, unlinked = null
            from (select l.id, n.id as product_id
                  from (select l.id, l.sku_key {wanting}) l
                  join product n on n.workspace_id = :workspace and n.sku_key = l.sku_key) found
            where listing.id = found.id"""),
        given,
    )


async def by_refs(
    session: AsyncSession, store_id: int, refs: Sequence[str], skus: Sequence[str]
) -> list[LinkedListing]:
    """Find the listings that order lines name, by ref or by raw SKU."""
    return await fetch(
        session,
        LinkedListing,
        """
        select id, ref, sku, product_id, unlinked from listing
        where store_id = :store and (ref = any(cast(:refs as text[]))
                                     or (sku = any(cast(:skus as text[])) and gone_at is null))""",
        store=store_id,
        refs=list(refs),
        skus=list(skus),
    )
