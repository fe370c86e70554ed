"""Where one product is listed, and all that a place's number is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class Place:
    """One listing of a product at one location of its store.

    warehouses  the names of those whose stock is counted there, and
    parts       what each of them has available
    desired     None where there is no target yet, or nothing is counted
    in_sync     a target exists: turning sync on took the listing in
    sent_*      our newest write; acked_* the newest one that the store acknowledged
    """

    store: str
    platform: str
    settings: dict[str, Any]
    sync_status: str
    fulfilment: str
    health: str
    buffer: int
    maximum: int | None
    orders_read_at: datetime | None
    location: str
    decision: str | None
    active: bool | None
    ours: bool | None
    sku: str
    unlinked: str | None
    state: str
    offered: bool
    tracked: bool
    channel: str
    warehouses: Sequence[str]
    parts: Sequence[int]
    in_sync: bool
    desired: int | None
    shown: int | None
    stopped: bool
    held: int
    braked: int
    returns_to: int | None
    waits: bool
    in_flight: bool
    changed_there: bool
    reading_waits: bool
    unsure: bool
    rejected: str | None
    retry_at: datetime | None
    raised_at: datetime | None
    unsettled_until: datetime | None
    read_at: datetime | None
    sent_value: int | None
    sent_at: datetime | None
    sent_outcome: str | None
    acked_value: int | None
    acked_at: datetime | None


async def of_product(session: AsyncSession, workspace_id: int, product_id: int) -> list[Place]:
    """Read every place of a product, also listings of its SKU that are not linked to it.

    A place that is not in sync shows what the last import saw.
    """
    return await fetch(
        session,
        Place,
        """
        with listed as (
            select l.* from listing l
            where l.product_id = :product and l.workspace_id = :workspace
            union all
            select l.* from product p join store s on s.workspace_id = p.workspace_id
            join listing l on l.store_id = s.id and l.sku_key = p.sku_key
            where p.id = :product and p.workspace_id = :workspace and l.product_id is null
        )
        select st.name as store, st.platform, st.settings, st.sync_status, st.fulfilment, st.health,
               st.buffer,
               st.maximum, st.orders_read_at, coalesce(lo.name, '') as location, lo.decision,
               lo.active, lo.ours, l.sku, l.unlinked, l.state, l.offered,
               l.tracked, l.channel,
               counts.names as warehouses, counts.parts, t.id is not null as in_sync, t.desired,
               case when t.id is null then lv.available else t.shown end as shown,
               coalesce(t.stopped, false) as stopped,
               coalesce(t.held, 0) as held, coalesce(t.braked, 0) as braked, t.returns_to,
               coalesce(t.take_over or t.waits, false) as waits,
               t.attempt_id is not null as in_flight,
               t.stale_at is not null as changed_there,
               t.probe_hi is not null as reading_waits, coalesce(t.unsure, false) as unsure,
               t.rejected, t.retry_at, t.raised_at, t.unsettled_until,
               case when t.id is null then lv.as_of else coalesce(t.audited_at, t.rebase_hi) end
                   as read_at,
               sent.to_value as sent_value, sent.created_at as sent_at,
               sent.outcome as sent_outcome,
               acked.to_value as acked_value, acked.created_at as acked_at
        from listed l join store st on st.id = l.store_id
        left join lateral (
            select location_id from listing_level where listing_id = l.id
            union select location_id from target where listing_id = l.id) at on true
        left join location lo on lo.id = at.location_id
        left join listing_level lv on lv.listing_id = l.id and lv.location_id = lo.id
        left join target t on t.listing_id = l.id and t.location_id = lo.id
                           and t.product_id = l.product_id
        left join lateral (
            select coalesce(array_agg(w.name order by lw.receives desc, w.name_key), '{}')
                       as names,
                   coalesce(array_agg(coalesce(s.available, 0)
                                      order by lw.receives desc, w.name_key), '{}') as parts
            from location_warehouse lw join warehouse w on w.id = lw.warehouse_id
            left join stock s on s.warehouse_id = w.id and s.product_id = :product
            where lw.location_id = lo.id) counts on true
        left join lateral (
            select i.to_value, i.outcome, a.created_at
            from attempt_item i join attempt a on a.id = i.attempt_id
            where i.target_id = t.id and i.outcome is distinct from 'unsent'
              and (i.outcome is not null or a.done_at is null)
            order by a.created_at desc, a.id limit 1) sent on true
        left join lateral (
            select i.to_value, a.created_at
            from attempt_item i join attempt a on a.id = i.attempt_id
            where i.target_id = t.id and i.outcome = 'applied'
            order by a.created_at desc, a.id limit 1) acked on true
        where l.gone_at is null and st.disconnected_at is null
        order by st.name, l.product_id is null, lo.name, l.id""",
        workspace=workspace_id,
        product=product_id,
    )


@dataclass(frozen=True, slots=True)
class Stray:
    """A listing whose SKU belongs to no product, since it is not linked."""

    store: str
    sku: str
    unlinked: str


async def strays(session: AsyncSession, workspace_id: int, sku_key: str) -> list[Stray]:
    """Find the listings of a folded SKU that are linked to nothing."""
    return await fetch(
        session,
        Stray,
        """
        select st.name as store, l.sku, l.unlinked
        from store st join listing l on l.store_id = st.id and l.sku_key = :key
        where st.workspace_id = :workspace and l.product_id is null and l.gone_at is null
          and st.disconnected_at is null
        order by st.name, l.id""",
        workspace=workspace_id,
        key=sku_key,
    )
