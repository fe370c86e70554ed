"""The ledger as people read it: which acts and orders a product's level is the sum of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch

# What a movement `m` was. Those of orders are told apart by what they did to available, so
# that every one has exactly one kind and the kinds of a level add up to it (R1).
KIND = """
    case when m.cause <> 'order' then m.cause
         when m.on_hand_delta < m.committed_delta then 'sold'
         when m.on_hand_delta > m.committed_delta and m.on_hand_delta > 0 then 'restocked'
         when m.on_hand_delta > m.committed_delta then 'released'
         when m.on_hand_delta > 0 then 'carried'
         else 'sent' end"""
KINDS = (
    *("copy", "count", "received", "change", "transfer", "adopt", "undo"),  # what people did
    "fba",  # what a platform said of its own warehouses
    *("sold", "released", "restocked", "carried", "sent"),  # what orders did
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, or one order with all that it did of one kind, in one warehouse's level.

    kind is None where the warehouse has no movements, and `open` for the units of an
    order that are still to be sent: those stand beside the sum, not in it. Of an FBA warehouse
    `copied_at` is the age of what it holds.

    entries          how many there are of this kind; only the newest come along
    kind_on_hand, kind_committed  what all of them did
    own_on_hand, own_committed    what this one did
    """

    warehouse_id: int
    warehouse: str
    on_hand: int
    committed: int
    counted: bool
    kind: str | None
    entries: int
    kind_on_hand: int
    kind_committed: int
    own_on_hand: int
    own_committed: int
    at: datetime | None
    actor: str | None
    note: str | None
    order: str | None
    store: str | None
    warehouse_kind: str = "own"
    copied_at: datetime | None = None


async def entries(
    session: AsyncSession, workspace_id: int, product_id: int, *, newest: int
) -> list[Entry]:
    """Add up a product's movements by warehouse and kind, with the newest of each kind.

    Levels and movements are read by one statement, so that both are of one moment.
    """
    return await fetch(
        session,
        Entry,
        f"""
        with moved as (
            select m.warehouse_id, {KIND} as kind, ol.order_id, max(m.id) as movement_id,
                   sum(m.on_hand_delta) as on_hand, sum(m.committed_delta) as committed
            from movement m left join order_line ol on ol.id = m.order_line_id
            where m.product_id = :product and m.workspace_id = :workspace
            group by m.warehouse_id, kind, ol.order_id,
                     case when ol.order_id is null then m.id end
        ), waiting as (
            select warehouse_id, 'open' as kind, order_id, max(movement_id) as movement_id,
                   0 as on_hand, sum(committed) as committed
            from moved where order_id is not null
            group by warehouse_id, order_id having sum(committed) <> 0
        ), ranked as (
            select e.*, count(*) over one_kind as entries,
                   sum(e.on_hand) over one_kind as kind_on_hand,
                   sum(e.committed) over one_kind as kind_committed,
                   row_number() over (one_kind order by e.movement_id desc) as place
            from (select * from moved union all select * from waiting) e
            window one_kind as (partition by e.warehouse_id, e.kind)
        )
        select s.warehouse_id, w.name as warehouse, s.on_hand, s.committed,
               s.counted_at is not null as counted, r.kind,
               coalesce(r.entries, 0) as entries,
               cast(coalesce(r.kind_on_hand, 0) as bigint) as kind_on_hand,
               cast(coalesce(r.kind_committed, 0) as bigint) as kind_committed,
               cast(coalesce(r.on_hand, 0) as bigint) as own_on_hand,
               cast(coalesce(r.committed, 0) as bigint) as own_committed,
               m.at, cs.actor, cs.note, o.name as "order",
               coalesce(os.name, cst.name) as store, w.kind as warehouse_kind, mp.copied_at
        from stock s join warehouse w on w.id = s.warehouse_id
        left join marketplace mp on mp.warehouse_id = w.id
        left join ranked r on r.warehouse_id = s.warehouse_id and r.place <= :newest
        left join movement m on m.id = r.movement_id
        left join change_set cs on cs.id = m.change_set_id
        left join customer_order o on o.id = r.order_id
        left join store os on os.id = o.store_id
        left join store cst on cst.id = cs.store_id
        where s.product_id = :product and s.workspace_id = :workspace
        order by w.name_key, r.kind, r.place""",
        workspace=workspace_id,
        product=product_id,
        newest=newest,
    )
