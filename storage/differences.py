"""Differences that are kept standing, each with all that may tell where it came from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch

PUT_BACK_ALONE = "drift.put_back_alone"  # the act in the log; its detail names the targets


@dataclass(frozen=True, slots=True)
class Difference:
    """A place whose store shows another number than ours, and that nobody decided yet.

    held        theirs less ours, when it was found
    stock       available in the warehouses that count there
    same_sku    the listing still has the SKU of the product it is linked to
    sent_*      our newest write
    unbooked    units of the store's orders for it that could not be booked
    late        what orders did that were placed before the difference was found, and read after
    moved       another location of the same listing, with a warehouse in common, differs by
                as many units the other way
    incident_id the open incident that asks about it, None where nobody is asked
    """

    id: int
    store_id: int
    store: str
    location: str
    sku: str
    product_sku: str
    title: str
    desired: int
    shown: int | None
    held: int
    stock: int
    buffer: int
    maximum: int | None
    listed: bool
    same_sku: bool
    orders_read_at: datetime | None
    read_at: datetime | None
    sent_from: int | None
    sent_to: int | None
    sent_outcome: str | None
    unbooked: int
    late: int
    moved: bool
    incident_id: int | None


async def held(
    session: AsyncSession, workspace_id: int, store_ids: Collection[int]
) -> list[Difference]:
    """Read every difference that is kept standing in some stores, the largest ones first."""
    return await fetch(
        session,
        Difference,
        """
        with asked as (
            select cast(target.id as bigint) as target_id, max(i.opened_at) as told_at,
                   max(i.id) filter (where i.closed_at is null) as incident_id
            from incident i
            cross join lateral jsonb_array_elements_text(i.facts -> 'targets') as target (id)
            where i.workspace_id = :workspace and i.kind = 'drift'
            group by target.id
        )
        select t.id, t.store_id, st.name as store, lo.name as location, l.sku,
               p.sku as product_sku, l.title, coalesce(t.desired, 0) as desired, t.shown, t.held,
               counts.stock, st.buffer, st.maximum,
               l.offered and l.tracked and l.gone_at is null as listed,
               coalesce(l.product_id = t.product_id
                        and (l.sku_key = p.sku_key or l.chosen_id is not null), false) as same_sku,
               st.orders_read_at, t.audited_at as read_at, sent.from_value as sent_from,
               sent.to_value as sent_to, sent.outcome as sent_outcome, unbooked.units as unbooked,
               late.units as late,
               exists (select from target o
                       join location_warehouse theirs on theirs.location_id = o.location_id
                       join location_warehouse ours on ours.warehouse_id = theirs.warehouse_id
                                                   and ours.location_id = t.location_id
                       where o.listing_id = t.listing_id and o.id <> t.id and o.held = -t.held)
                   as moved,
               asked.incident_id
        from target t join store st on st.id = t.store_id
        join location lo on lo.id = t.location_id join listing l on l.id = t.listing_id
        join product p on p.id = t.product_id left join asked on asked.target_id = t.id
        cross join lateral (
            select coalesce(sum(s.available), 0) as stock from location_warehouse lw
            join stock s on s.warehouse_id = lw.warehouse_id and s.product_id = t.product_id
            where lw.location_id = t.location_id) counts
        left join lateral (
            select i.from_value, i.to_value, i.outcome from attempt_item i
            join attempt a on a.id = i.attempt_id
            where i.target_id = t.id and i.outcome is not null and i.outcome <> 'unsent'
            order by a.created_at desc, a.id limit 1) sent on true
        cross join lateral (
            select coalesce(sum(ol.deducted), 0) as units from order_line ol
            where ol.store_id = t.store_id and ol.product_id = t.product_id
              and ol.unbooked is not null) unbooked
        cross join lateral (
            select coalesce(sum(m.on_hand_delta - m.committed_delta), 0) as units from movement m
            join order_line ol on ol.id = m.order_line_id and ol.listing_id = t.listing_id
                              and ol.location_remote_id = lo.remote_id
            join customer_order o on o.id = ol.order_id and o.placed_at <= asked.told_at
            where m.product_id = t.product_id and m.at > asked.told_at) late
        where t.workspace_id = :workspace and t.store_id = any(cast(:stores as bigint[]))
          and t.held <> 0 and st.sync_status <> 'off'
        order by abs(t.held) desc, t.id""",
        workspace=workspace_id,
        stores=sorted(store_ids),
    )


async def put_back_alone(
    session: AsyncSession,
    workspace_id: int,
    target_ids: Sequence[int],
    *,
    since: datetime,
    often: int,
) -> set[int]:
    """Name the targets whose number was put back without asking at least so often since."""
    found = await session.execute(
        text("""
            select cast(held.id as bigint) from audit a
            cross join jsonb_array_elements_text(a.detail -> 'targets') as held (id)
            where a.workspace_id = :workspace and a.act = :act and a.at > :since
              and cast(held.id as bigint) = any(cast(:ids as bigint[]))
            group by 1 having count(*) >= :often"""),
        {
            "workspace": workspace_id,
            "act": PUT_BACK_ALONE,
            "since": since,
            "ids": list(target_ids),
            "often": often,
        },
    )
    return set(found.scalars())
