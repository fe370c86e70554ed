"""Figures that people are shown: of stores, of listings, of one product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one
from storage.targets import SHOULD, WRITABLE

# One word for how a target stands; `t`, `l`, `lo`, `st` are its joined rows.
STANDING = f"""
    case when st.sync_status = 'off' then 'sync_off'
         when not coalesce({WRITABLE.replace("t.desired is not null and", "")}, false)
              then 'left_alone'
         when t.desired is null then 'uncounted'
         when t.rejected is not null and t.retry_at is not null then 'refused'
         when t.stocking then 'stocking'
         when t.returns_to is null and (t.held <> 0 or t.braked <> 0) then 'unexplained'
         when t.shown is null then 'unknown'
         when greatest(t.shown, 0) = {SHOULD} then 'agrees'
         else 'on_the_way' end"""
JOINED = """
    from target t join listing l on l.id = t.listing_id
    join location lo on lo.id = t.location_id join store st on st.id = t.store_id"""


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """How a store's listings and targets stand; `waiting_since`: the oldest number on its way."""

    store_id: int
    listings: int
    linked: int
    agree: int
    on_the_way: int
    unexplained: int
    uncounted: int
    refused: int
    left_alone: int
    new: int
    sold_out: int = 0  # these two are left alone, since the store does not renew
    expired: int = 0
    not_stocked: int = 0  # left alone where a warehouse stands; counted apart
    waiting_since: datetime | None = None


NO_FIGURES = StoreFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)  # of a store that was just connected


async def of_stores(session: AsyncSession, workspace_id: int) -> dict[int, StoreFigures]:
    """Count the listings and targets of a workspace's stores by how they stand."""
    rows = await fetch(
        session,
        StoreFigures,
        f"""
        with standing as (
            select t.store_id, {STANDING} as word, count(*) as places,
                   min(t.made_at) as oldest {JOINED}
            where t.workspace_id = :workspace group by t.store_id, word
        ), counted as (
            select store_id, cast(sum(places) filter (where word = 'agrees') as int) as agree,
                   cast(sum(places) filter (where word in ('on_the_way', 'unknown', 'stocking')) as int)
                       as on_the_way,
                   min(oldest) filter (where word = 'on_the_way') as waiting_since,
                   cast(sum(places) filter (where word = 'unexplained') as int) as unexplained,
                   cast(sum(places) filter (where word = 'uncounted') as int) as uncounted,
                   cast(sum(places) filter (where word = 'refused') as int) as refused,
                   cast(sum(places) filter (where word = 'left_alone') as int) as left_alone
            from standing group by store_id
        ), listed as (
            select l.store_id, count(*) as listings,
                   count(*) filter (where l.product_id is not null) as linked,
                   count(*) filter (where l.product_id is not null and l.tracked
                        and l.state = 'sold_out' and not l.offered) as sold_out,
                   count(*) filter (where l.product_id is not null and l.tracked
                        and l.state = 'expired' and not l.offered) as expired
            from listing l where l.workspace_id = :workspace and l.gone_at is null
            group by l.store_id
        ), born as (
            select l.store_id, count(*) as new from listing l
            where l.workspace_id = :workspace and l.gone_at is null
              and l.product_id is not null and l.tracked and l.offered and l.channel = 'merchant'
              and not exists (select from target t where t.listing_id = l.id and not t.stocking)
            group by l.store_id
        )
        select s.id as store_id, coalesce(i.listings, 0) as listings,
               coalesce(i.linked, 0) as linked, coalesce(c.agree, 0) as agree,
               coalesce(c.on_the_way, 0) as on_the_way,
               coalesce(c.unexplained, 0) as unexplained, coalesce(c.uncounted, 0) as uncounted,
               coalesce(c.refused, 0) as refused, coalesce(c.left_alone, 0) as left_alone,
               coalesce(b.new, 0) as new, coalesce(i.sold_out, 0) as sold_out,
               coalesce(i.expired, 0) as expired, c.waiting_since
        from store s left join counted c on c.store_id = s.id
        left join listed i on i.store_id = s.id
        left join born b on b.store_id = s.id
        where s.workspace_id = :workspace and s.disconnected_at is null""",
        workspace=workspace_id,
    )
    return {row.store_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class ListingCounts:
    """A store's listings, counted for the wizard's review."""

    total: int
    linked: int
    no_sku: int
    duplicate: int
    renamed: int
    ignored: int
    untracked: int
    sold_out: int
    expired: int
    inactive: int
    platform: int = 0  # shipped by the platform itself


NO_LISTINGS = ListingCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


async def listing_counts(session: AsyncSession, store_id: int) -> ListingCounts:
    """Count a store's listings by what stands in the way of syncing them."""
    found = await fetch_one(
        session,
        ListingCounts,
        """
        select count(*) as total, count(*) filter (where product_id is not null) as linked,
               count(*) filter (where unlinked = 'no_sku') as no_sku,
               count(*) filter (where unlinked = 'duplicate') as duplicate,
               count(*) filter (where unlinked = 'renamed') as renamed,
               count(*) filter (where unlinked = 'ignored') as ignored,
               count(*) filter (where product_id is not null and not tracked) as untracked,
               count(*) filter (where product_id is not null and tracked and state = 'sold_out')
                   as sold_out,
               count(*) filter (where product_id is not null and tracked and state = 'expired')
                   as expired,
               count(*) filter (where product_id is not null and tracked
                                and state not in ('active', 'sold_out', 'expired')) as inactive,
               count(*) filter (where channel <> 'merchant') as platform
        from listing where store_id = :store and gone_at is null""",
        store=store_id,
    )
    return found or NO_LISTINGS


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product by its SKU; `low_level`: people are told when available falls to it."""

    id: int
    sku: str
    title: str
    low_level: int | None = None


async def product_by_sku(
    session: AsyncSession, workspace_id: int, sku_key: str
) -> ProductRow | None:
    """Find a product by its folded SKU."""
    return await fetch_one(
        session,
        ProductRow,
        """
        select id, sku, title, low_level from product
        where workspace_id = :workspace and sku_key = :key""",
        workspace=workspace_id,
        key=sku_key,
    )


async def product_by_id(
    session: AsyncSession, workspace_id: int, product_id: int
) -> ProductRow | None:
    """Find a product of a workspace by its id (R13)."""
    return await fetch_one(
        session,
        ProductRow,
        "select id, sku, title, low_level from product where workspace_id = :workspace and id = :id",
        workspace=workspace_id,
        id=product_id,
    )


async def search_products(
    session: AsyncSession, workspace_id: int, key: str, limit: int
) -> list[ProductRow]:
    """Find products whose SKU or title holds a text, those whose SKU begins so first."""
    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await fetch(
        session,
        ProductRow,
        """
        select id, sku, title from product
        where workspace_id = :workspace
          and (sku_key like '%' || cast(:key as text) || '%'
               or lower(title) like '%' || cast(:key as text) || '%')
        order by sku_key not like cast(:key as text) || '%', length(sku_key), sku_key
        limit :limit""",
        workspace=workspace_id,
        key=escaped,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class WarehouseLevel:
    """A product's level in one warehouse; of an FBA warehouse it is as old as `copied_at`."""

    warehouse_id: int
    name: str
    on_hand: int
    committed: int
    available: int
    counted: bool
    kind: str = "own"
    copied_at: datetime | None = None


async def warehouse_levels(
    session: AsyncSession, workspace_id: int, product_id: int
) -> list[WarehouseLevel]:
    """Read a product's levels, in every warehouse of the workspace that holds it."""
    return await fetch(
        session,
        WarehouseLevel,
        """
        select w.id as warehouse_id, w.name, s.on_hand, s.committed, s.available,
               s.counted_at is not null as counted, w.kind, m.copied_at
        from stock s join warehouse w on w.id = s.warehouse_id
        left join marketplace m on m.warehouse_id = w.id
        where s.product_id = :product and s.workspace_id = :workspace order by w.name_key""",
        product=product_id,
        workspace=workspace_id,
    )


@dataclass(frozen=True, slots=True)
class ListingView:
    """One listing of a product at one location, and how it stands."""

    store_name: str
    location_name: str
    title: str
    shown: int | None
    desired: int | None
    state: str
    reason: str | None
    read_at: datetime | None


async def listing_views(
    session: AsyncSession, workspace_id: int, product_id: int
) -> list[ListingView]:
    """Read where a product is listed and what each place shows.

    A listing that is not in sync shows what the last import saw.
    """
    return await fetch(
        session,
        ListingView,
        f"""
        select st.name as store_name, lo.name as location_name, l.title,
               coalesce(t.shown, case when t.id is null then lv.available end) as shown,
               {SHOULD} as desired,
               t.rejected as reason,
               coalesce(t.audited_at, lv.as_of) as read_at,
               case when t.id is null then case when st.sync_status = 'off' then 'sync_off'
                                                else 'left_alone' end
                    else {STANDING} end as state
        from listing l join store st on st.id = l.store_id
        join location lo on lo.store_id = st.id
        left join listing_level lv on lv.listing_id = l.id and lv.location_id = lo.id
        left join target t on t.listing_id = l.id and t.location_id = lo.id
        where (lv.listing_id is not null or t.id is not null) and l.product_id = :product and l.workspace_id = :workspace and l.gone_at is null
          and st.disconnected_at is null
        order by st.name, lo.name, l.id""",
        product=product_id,
        workspace=workspace_id,
    )


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One product in one warehouse, for a spreadsheet; `copied_at`: the age of an FBA number."""

    sku: str
    title: str
    warehouse: str
    on_hand: int
    committed: int
    available: int
    copied_at: datetime | None


async def export(session: AsyncSession, workspace_id: int) -> list[ExportRow]:
    """Read every counted level of a workspace."""
    return await fetch(
        session,
        ExportRow,
        """
        select p.sku, p.title, w.name as warehouse, s.on_hand, s.committed, s.available,
               m.copied_at
        from stock s join product p on p.id = s.product_id
        join warehouse w on w.id = s.warehouse_id
        left join marketplace m on m.warehouse_id = w.id
        where s.workspace_id = :workspace and s.counted_at is not null
        order by p.sku_key, w.name_key""",
        workspace=workspace_id,
    )


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing at one location of its store: what it should show, what we believe it shows."""

    store: str
    platform: str
    sku: str
    title: str
    location: str
    desired: int | None
    shown: int | None
    state: str


async def export_listings(session: AsyncSession, workspace_id: int) -> list[ListingRow]:
    """Read every number that stores in sync are to show."""
    return await fetch(
        session,
        ListingRow,
        f"""
        select st.name as store, st.platform, l.sku, l.title, lo.name as location,
               {SHOULD} as desired,
               t.shown, {STANDING} as state
        {JOINED}
        where st.workspace_id = :workspace and l.gone_at is null
          and st.disconnected_at is null and st.sync_status <> 'off'
        order by st.name, l.sku_key, lo.name, l.id""",
        workspace=workspace_id,
    )
