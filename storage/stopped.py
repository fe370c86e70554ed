"""Queries about products that are not to be sold anywhere for now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.facts import JOINED, STANDING
from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Stop:
    """Since when a product is stopped, and by whom; both None while it is sold."""

    product_id: int
    sku: str
    title: str
    at: datetime | None
    by: str | None


async def of_product(
    session: AsyncSession, workspace_id: int, product_id: int, *, lock: bool = False
) -> Stop | None:
    """Read whether a product of a workspace is stopped."""
    suffix = "for update" if lock else ""
    return await fetch_one(
        session,
        Stop,
        f"""
        select id as product_id, sku, title, stopped_at as at, stopped_by as by from product
        where id = :id and workspace_id = :workspace {suffix}""",
        id=product_id,
        workspace=workspace_id,
    )


async def save(
    session: AsyncSession, product_id: int, *, at: datetime | None, by: str | None
) -> None:
    """Stop a product, or with None sell it again."""
    await session.execute(
        text("update product set stopped_at = :at, stopped_by = :by where id = :id"),
        {"id": product_id, "at": at, "by": by},
    )


@dataclass(frozen=True, slots=True)
class StoppedPlace:
    """How one place of a stopped product stands; `standing` as for any target."""

    store: str
    location: str
    sync_status: str
    health: str
    shown: int | None
    standing: str


async def places(session: AsyncSession, product_id: int) -> Sequence[StoppedPlace]:
    """Read how each place in sync of a product stands."""
    return await fetch(
        session,
        StoppedPlace,
        f"""
        select st.name as store, lo.name as location, st.sync_status, st.health, t.shown,
               {STANDING} as standing
        {JOINED}
        where t.product_id = :product and l.gone_at is null and st.disconnected_at is null
        order by st.name, lo.name, t.id""",
        product=product_id,
    )


async def skus(session: AsyncSession, workspace_id: int) -> list[str]:
    """List the SKUs of a workspace that are stopped."""
    found = await session.execute(
        text("""
            select sku from product where workspace_id = :workspace and stopped_at is not null
            order by sku_key"""),
        {"workspace": workspace_id},
    )
    return list(found.scalars())
