"""Queries about plans: what turning sync on would do, listing by listing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan without its lines."""

    id: UUID
    store_id: int
    platform: str
    choices: dict[str, Any]
    figures: dict[str, Any]
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """One listing at one location of its store, as a plan begins.

    `stocked`: False where the store does not sell it there. `chosen`: a person linked it.
    """

    listing_id: int
    location_id: int
    product_id: int
    ref: str
    writable: bool
    now: int | None
    stocked: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PlanLineRow:
    """One line of a plan: what the listing shows now and what it will show.

    `parts`: the numbers that what it will show is the sum of, before a store's own limits.
    """

    listing_id: int
    location_id: int
    kind: str
    now: int | None
    becomes: int | None
    parts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class PlanLineView:
    """One line of a plan in words; the one place of a store without locations has no name."""

    sku: str
    title: str
    location: str
    kind: str
    now: int | None
    becomes: int | None
    parts: Sequence[int] = ()


async def prospects(
    session: AsyncSession, store_id: int, location_ids: Sequence[int], *, renews: bool
) -> list[Prospect]:
    """Read the linked listings that stand at some locations of their store.

    `renews`: what is sold out or expired there will be renewed, so it may be written.
    """
    return await fetch(
        session,
        Prospect,
        """
        select l.id as listing_id, lv.location_id, l.product_id, l.ref, lv.available as now,
               l.tracked and l.channel = 'merchant'
                   and (l.state = 'active' or (:renews and l.state in ('sold_out', 'expired')))
                   as writable,
               l.chosen_id is not null as chosen
        from listing l join listing_level lv on lv.listing_id = l.id
        where l.store_id = :store and l.product_id is not null and l.gone_at is null
          and lv.location_id = any(cast(:locations as bigint[]))
        order by l.id, lv.location_id""",
        store=store_id,
        locations=list(location_ids),
        renews=renews,
    )


@dataclass(frozen=True, slots=True)
class KnownLevel:
    """What is available of a product in one warehouse, and whether anybody counted it."""

    product_id: int
    warehouse_id: int
    available: int
    counted: bool


async def levels(session: AsyncSession, warehouse_ids: Sequence[int]) -> list[KnownLevel]:
    """Read every level of some warehouses."""
    return await fetch(
        session,
        KnownLevel,
        """
        select product_id, warehouse_id, available, counted_at is not null as counted
        from stock where warehouse_id = any(cast(:warehouses as bigint[]))""",
        warehouses=list(warehouse_ids),
    )


async def renewals(session: AsyncSession, plan_id: UUID) -> dict[str, int]:
    """Count the listings of a plan that have to be renewed to be sold, by how they stand."""
    found = await session.execute(
        text("""
            select l.state, count(distinct l.id) as listings
            from plan_line p join listing l on l.id = p.listing_id
            where p.plan_id = :plan and p.becomes > 0 and l.state in ('sold_out', 'expired')
              and p.kind not in ('left_alone', 'not_stocked')
            group by l.state"""),
        {"plan": plan_id},
    )
    return {row.state: row.listings for row in found}


@dataclass(frozen=True, slots=True)
class UnlinkedCount:
    """How many listings are linked to no product for one reason."""

    reason: str
    listings: int


async def unlinked(session: AsyncSession, store_id: int) -> dict[str, int]:
    """Count a store's unlinked listings by reason."""
    rows = await fetch(
        session,
        UnlinkedCount,
        """
        select unlinked as reason, count(*) as listings from listing
        where store_id = :store and unlinked is not null and gone_at is null group by unlinked""",
        store=store_id,
    )
    return {row.reason: row.listings for row in rows}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A listing of another store that shows stock of the same warehouses."""

    name: str
    product_id: int


async def neighbours(
    session: AsyncSession, store_id: int, warehouse_ids: Sequence[int]
) -> list[Neighbour]:
    """Read the other stores' targets that hang on some warehouses."""
    return await fetch(
        session,
        Neighbour,
        """
        select s.name, t.product_id from target t join store s on s.id = t.store_id
        where t.store_id <> :store and s.sync_status = 'on' and t.location_id in (
            select location_id from location_warehouse
            where warehouse_id = any(cast(:warehouses as bigint[])))""",
        store=store_id,
        warehouses=list(warehouse_ids),
    )


async def add(
    session: AsyncSession,
    *,
    plan_id: UUID,
    workspace_id: int,
    store_id: int,
    choices: dict[str, Any],
    figures: dict[str, Any],
    lines: Sequence[PlanLineRow],
    now: datetime,
) -> None:
    """Keep a plan with its lines; older unconfirmed plans of the store are dropped."""
    await session.execute(
        text("delete from plan where store_id = :store and confirmed_at is null"),
        {"store": store_id},
    )
    await session.execute(
        text("""
            insert into plan (id, workspace_id, store_id, choices, figures, made_at)
            values (:id, :workspace, :store, cast(:choices as jsonb), cast(:figures as jsonb),
                    :now)"""),
        {
            "id": plan_id,
            "workspace": workspace_id,
            "store": store_id,
            "choices": json.dumps(choices),
            "figures": json.dumps(figures),
            "now": now,
        },
    )
    await session.execute(
        text("""
            insert into plan_line (plan_id, listing_id, location_id, kind, now, becomes, parts)
            select :id, listing, location, kind, now, becomes, cast(parts as integer[])
            from unnest(cast(:listings as bigint[]), cast(:locations as bigint[]),
                        cast(:kinds as text[]), cast(:now as integer[]),
                        cast(:becomes as integer[]), cast(:parts as text[]))
                as l (listing, location, kind, now, becomes, parts)"""),
        {
            "id": plan_id,
            "listings": [line.listing_id for line in lines],
            "locations": [line.location_id for line in lines],
            "kinds": [line.kind for line in lines],
            "now": [line.now for line in lines],
            "becomes": [line.becomes for line in lines],
            # Arrays of unequal length make no array of two dimensions: they go as literals.
            "parts": [f"{{{','.join(map(str, line.parts))}}}" for line in lines],
        },
    )


async def load(session: AsyncSession, workspace_id: int, plan_id: UUID) -> PlanRow | None:
    """Read a plan of a workspace."""
    return await fetch_one(
        session,
        PlanRow,
        """
        select p.id, p.store_id, s.platform, p.choices, p.figures, p.confirmed_at
        from plan p join store s on s.id = p.store_id
        where p.id = :id and p.workspace_id = :workspace""",
        id=plan_id,
        workspace=workspace_id,
    )


async def lines(session: AsyncSession, plan_id: UUID) -> list[PlanLineRow]:
    """Read the lines of a plan."""
    return await fetch(
        session,
        PlanLineRow,
        "select listing_id, location_id, kind, now, becomes, parts from plan_line"
        " where plan_id = :id",
        id=plan_id,
    )


async def views(
    session: AsyncSession, plan_id: UUID, limit: int | None = None, *, unstocked: bool = True
) -> list[PlanLineView]:
    """Read the lines of a plan in words, the most telling first.

    Not `unstocked`: without those about items that are not stocked at their location.
    """
    return await fetch(
        session,
        PlanLineView,
        """
        select l.sku, l.title, lo.name as location, p.kind, p.now, p.becomes, p.parts
        from plan_line p join listing l on l.id = p.listing_id
        join location lo on lo.id = p.location_id
        where p.plan_id = :id and (:unstocked or p.kind <> 'not_stocked')
        order by array_position(array['to_zero', 'down', 'from_zero', 'up', 'uncounted', 'same',
                                      'left_alone', 'not_stocked'], p.kind),
                 abs(coalesce(p.becomes, 0) - coalesce(p.now, 0)) desc, l.sku_key, lo.name
        limit :limit""",
        id=plan_id,
        limit=limit,
        unstocked=unstocked,
    )


async def confirm(session: AsyncSession, plan_id: UUID, *, actor: str, now: datetime) -> None:
    """Note who confirmed a plan, and when (R10)."""
    await session.execute(
        text("update plan set confirmed_at = :now, confirmed_by = :actor where id = :id"),
        {"id": plan_id, "actor": actor, "now": now},
    )
