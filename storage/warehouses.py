"""Queries about warehouses, the places of ours that hold stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse, how many products are counted in it, and which locations use it.

    `units`: what is available there, of all counted products together. An `fba` warehouse is the
    platform's own, whose numbers are of `copied_at`: it stands in no choice.
    """

    id: int
    name: str
    counted_products: int
    used_by: list[str]
    units: int = 0
    kind: str = "own"
    copied_at: datetime | None = None


def name_key(name: str) -> str:
    """Fold a name for comparing: trimmed, inner blanks single, no case."""
    return " ".join(name.split()).casefold()


async def of_workspace(session: AsyncSession, workspace_id: int) -> list[WarehouseRow]:
    """List the warehouses of a workspace that people count in and sell from, by name."""
    return [row for row in await every(session, workspace_id) if row.kind == "own"]


async def every(session: AsyncSession, workspace_id: int) -> list[WarehouseRow]:
    """List all warehouses of a workspace by name, those that platforms keep among them."""
    return await fetch(
        session,
        WarehouseRow,
        """
        select w.id, w.name, w.kind, held.products as counted_products, held.units,
               (select m.copied_at from marketplace m where m.warehouse_id = w.id) as copied_at,
               array(select concat_ws(', ', st.name, nullif(lo.name, '')) from location_warehouse lw
                     join location lo on lo.id = lw.location_id
                     join store st on st.id = lo.store_id
                     where lw.warehouse_id = w.id and st.disconnected_at is null
                     order by st.name, lo.name) as used_by
        from warehouse w, lateral (
            select count(*) as products, coalesce(sum(s.available), 0)::bigint as units
            from stock s where s.warehouse_id = w.id and s.counted_at is not null) held
        where w.workspace_id = :workspace order by w.name_key""",
        workspace=workspace_id,
    )


async def add(
    session: AsyncSession, workspace_id: int, name: str, now: datetime, *, kind: str = "own"
) -> int:
    """Make a warehouse, or find the one of this name and kind; its id."""
    found = await session.execute(
        text("""
            insert into warehouse (workspace_id, name, name_key, kind, created_at)
            values (:workspace, :name, :key, :kind, :now)
            on conflict (workspace_id, name_key) do update set name = warehouse.name
            where warehouse.kind = excluded.kind
            returning id"""),
        {
            "workspace": workspace_id,
            "name": name,
            "key": name_key(name),
            "kind": kind,
            "now": now,
        },
    )
    return int(found.scalar_one())


async def rename(session: AsyncSession, warehouse_id: int, name: str) -> None:
    """Give a warehouse another name, which the caller made sure is free."""
    await session.execute(
        text("update warehouse set name = :name, name_key = :key where id = :id"),
        {"id": warehouse_id, "name": name, "key": name_key(name)},
    )


async def kind_of(session: AsyncSession, workspace_id: int, warehouse_id: int) -> str | None:
    """Say of which kind a warehouse is; None when it is not this workspace's (R13)."""
    found = await session.execute(
        text("select kind from warehouse where id = :id and workspace_id = :workspace"),
        {"id": warehouse_id, "workspace": workspace_id},
    )
    held = found.scalar_one_or_none()
    return None if held is None else str(held)
