"""Queries about listings that are linked to no product, or not by their SKU, or never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one

# `l` is the listing: linked, but nothing may be written to it (R8).
_UNWRITTEN = """
    l.unlinked is null and l.gone_at is null
    and not (l.tracked and l.offered and l.channel = 'merchant')"""

_ROW = """
    select l.id, l.store_id, s.name as store, l.sku, l.title,
           coalesce(l.unlinked, 'chosen') as reason, p.sku as product
    from listing l join store s on s.id = l.store_id left join product p on p.id = l.chosen_id"""


@dataclass(frozen=True, slots=True)
class UnlinkedListing:
    """A listing that a person decides about, and why.

    reason   why it is linked to no product; `chosen` when a person linked it; of one that is
             never written why that is: `platform`, `untracked`, or the state it is in
    product  the SKU of the product that a person linked it to
    """

    id: int
    store_id: int
    store: str
    sku: str
    title: str
    reason: str
    product: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many listings there are: linked to nothing, of those without SKU, by hand, unwritten."""

    unlinked: int
    no_sku: int
    chosen: int
    unwritten: int


async def count(session: AsyncSession, store_ids: Sequence[int]) -> Counts:
    """Count what there is to decide about in some stores."""
    found = await fetch_one(
        session,
        Counts,
        f"""
        select count(*) filter (where l.unlinked is not null) as unlinked,
               count(*) filter (where l.unlinked = 'no_sku') as no_sku,
               count(*) filter (where l.chosen_id is not null) as chosen,
               count(*) filter (where {_UNWRITTEN}) as unwritten
        from listing l where l.store_id = any(cast(:stores as bigint[])) and l.gone_at is null""",
        stores=list(store_ids),
    )
    return found or Counts(0, 0, 0, 0)


async def unlinked(
    session: AsyncSession, store_ids: Sequence[int], *, limit: int, offset: int
) -> list[UnlinkedListing]:
    """List what is linked to no product, then what was set aside, then what people linked."""
    return await fetch(
        session,
        UnlinkedListing,
        f"""
        {_ROW}
        where l.store_id = any(cast(:stores as bigint[])) and l.gone_at is null
          and (l.unlinked is not null or l.chosen_id is not null)
        order by l.chosen_id is not null, l.unlinked = 'ignored', s.name, l.sku_key, l.title, l.id
        limit :limit offset :offset""",
        stores=list(store_ids),
        limit=limit,
        offset=offset,
    )


async def unwritten(
    session: AsyncSession, store_ids: Sequence[int], *, limit: int, offset: int
) -> list[UnlinkedListing]:
    """List what is linked but never written, each with the reason."""
    return await fetch(
        session,
        UnlinkedListing,
        f"""
        select l.id, l.store_id, s.name as store, l.sku, l.title, p.sku as product,
               case when l.channel <> 'merchant' then 'platform'
                    when not l.tracked then 'untracked' else l.state end as reason
        from listing l join store s on s.id = l.store_id join product p on p.id = l.product_id
        where l.store_id = any(cast(:stores as bigint[])) and {_UNWRITTEN}
        order by s.name, l.sku_key, l.title, l.id limit :limit offset :offset""",
        stores=list(store_ids),
        limit=limit,
        offset=offset,
    )


async def by_id(
    session: AsyncSession, workspace_id: int, listing_id: int
) -> UnlinkedListing | None:
    """Read one listing of a workspace that may be decided about (R13)."""
    return await fetch_one(
        session,
        UnlinkedListing,
        f"""
        {_ROW}
        where l.id = :id and s.workspace_id = :workspace and l.gone_at is null
          and s.disconnected_at is null and (l.unlinked is not null or l.chosen_id is not null)""",
        id=listing_id,
        workspace=workspace_id,
    )


async def set_aside(session: AsyncSession, listing_id: int, *, aside: bool) -> bool:
    """Set an unlinked listing aside, or take it back to be judged anew; whether that was done."""
    found = await session.execute(
        text("""
            update listing set unlinked = case when :aside then 'ignored' else 'no_sku' end
            where id = :id and gone_at is null
              and case when :aside then unlinked in ('no_sku', 'duplicate')
                       else unlinked = 'ignored' end
            returning 1"""),
        {"id": listing_id, "aside": aside},
    )
    return found.first() is not None


async def set_all_aside(session: AsyncSession, store_ids: Sequence[int]) -> int:
    """Set aside every listing without SKU of some stores; how many."""
    found = await session.execute(
        text("""
            update listing set unlinked = 'ignored'
            where store_id = any(cast(:stores as bigint[])) and unlinked = 'no_sku'
              and gone_at is null returning id"""),
        {"stores": sorted(store_ids)},
    )
    return len(found.all())


async def same_sku(session: AsyncSession, listing_id: int) -> list[int]:
    """Name the listings of one store that bear one SKU with this one, and are linked to nothing."""
    found = await session.execute(
        text("""
            select o.id from listing l join listing o on o.store_id = l.store_id
                and o.sku_key = l.sku_key and o.unlinked = 'duplicate' and o.gone_at is null
            where l.id = :id and l.unlinked = 'duplicate' and l.gone_at is null order by o.id"""),
        {"id": listing_id},
    )
    return list(found.scalars())


async def product_of_sku(session: AsyncSession, listing_id: int, now: datetime) -> int:
    """Find the product of a listing's SKU, made when nobody has it yet; its id."""
    await session.execute(
        text("""
            insert into product (workspace_id, sku, sku_key, title, created_at)
            select workspace_id, btrim(sku), sku_key, title, :now from listing where id = :id
            on conflict (workspace_id, sku_key) do nothing"""),
        {"id": listing_id, "now": now},
    )
    found = await session.execute(
        text("""
            select p.id from listing l join product p on p.workspace_id = l.workspace_id
                and p.sku_key = l.sku_key where l.id = :id"""),
        {"id": listing_id},
    )
    return int(found.scalar_one())


async def choose(session: AsyncSession, listing_ids: Sequence[int], product_id: int | None) -> int:
    """Link listings to a product by hand, or with None let their SKU judge again; how many.

    What was in sync for another product is so no more.
    """
    given = {"ids": sorted(listing_ids), "product": product_id}
    found = await session.execute(
        text("""
            update listing
            set chosen_id = cast(:product as bigint), product_id = cast(:product as bigint),
                unlinked = case when cast(:product as bigint) is null then 'no_sku' end
            where id = any(cast(:ids as bigint[])) and gone_at is null
              and (unlinked is not null or chosen_id is not null) returning id"""),
        given,
    )
    changed = len(found.all())
    await session.execute(
        text("""
            delete from target where listing_id = any(cast(:ids as bigint[]))
              and product_id is distinct from cast(:product as bigint)"""),
        given,
    )
    return changed
