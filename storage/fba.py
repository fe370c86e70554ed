"""Queries about what platforms keep in their own warehouses: where, and the copy of it that is ours."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class MarketplaceRow:
    """A marketplace of a store's account, and what was copied of the platform's warehouses there.

    seen_at    when the platform named it last
    warehouse  the name of ours that stands for them; None before it was ever tracked
    has_fba    whether the platform keeps anything of the account there; None: never asked
    copied_at  the age of the numbers
    skus       SKUs whose number was copied then; `left_out`: why -> how many were not
    """

    store_id: int
    remote_id: str
    name: str
    country: str
    suspended: bool
    seen_at: datetime
    tracked: bool
    warehouse_id: int | None
    warehouse: str | None
    has_fba: bool | None
    copied_at: datetime | None
    skus: int
    left_out: Mapping[str, int] = field(default_factory=dict)


_ROW = """
    select m.store_id, m.remote_id, m.name, m.country, m.suspended, m.seen_at, m.tracked,
           m.warehouse_id, w.name as warehouse, m.has_fba, m.copied_at, m.skus, m.left_out
    from marketplace m left join warehouse w on w.id = m.warehouse_id"""


async def of_store(session: AsyncSession, store_id: int) -> list[MarketplaceRow]:
    """List the marketplaces of a store's account by country."""
    return await fetch(
        session,
        MarketplaceRow,
        f"{_ROW} where m.store_id = :store order by m.country, m.remote_id",
        store=store_id,
    )


async def of_workspace(session: AsyncSession, workspace_id: int) -> dict[int, list[MarketplaceRow]]:
    """List the marketplaces that are tracked, or were, by store."""
    rows = await fetch(
        session,
        MarketplaceRow,
        f"{_ROW} join store s on s.id = m.store_id where s.workspace_id = :workspace"
        " and (m.tracked or m.copied_at is not null) order by m.country, m.remote_id",
        workspace=workspace_id,
    )
    found: dict[int, list[MarketplaceRow]] = {}
    for row in rows:
        found.setdefault(row.store_id, []).append(row)
    return found


async def save(
    session: AsyncSession,
    store_id: int,
    found: Iterable[tuple[str, str, str, bool]],
    now: datetime,
) -> None:
    """Note where an account sells now: (remote id, name, country, suspended).

    One that it left stays where numbers of it were copied.
    """
    rows = list(found)
    given = {
        "store": store_id,
        "now": now,
        "ids": [row[0] for row in rows],
        "names": [row[1] for row in rows],
        "countries": [row[2] for row in rows],
        "suspended": [row[3] for row in rows],
    }
    await session.execute(
        text("""
            insert into marketplace (store_id, remote_id, name, country, suspended, seen_at)
            select :store, *, :now from unnest(
                cast(:ids as text[]), cast(:names as text[]), cast(:countries as text[]),
                cast(:suspended as boolean[]))
            on conflict (store_id, remote_id) do update
            set name = excluded.name, country = excluded.country,
                suspended = excluded.suspended, seen_at = excluded.seen_at"""),
        given,
    )
    await session.execute(
        text("""
            delete from marketplace where store_id = :store and warehouse_id is null
            and remote_id <> all(cast(:ids as text[]))"""),
        {"store": store_id, "ids": given["ids"]},
    )


async def track(session: AsyncSession, store_id: int, remote_ids: Collection[str]) -> None:
    """Copy from these marketplaces of a store from now on, and from no others."""
    await session.execute(
        text("""
            update marketplace set tracked = remote_id = any(cast(:ids as text[]))
            where store_id = :store"""),
        {"store": store_id, "ids": list(remote_ids)},
    )


async def set_warehouse(
    session: AsyncSession, store_id: int, remote_id: str, warehouse_id: int
) -> None:
    """Say which warehouse of ours stands for the platform's in a marketplace."""
    await session.execute(
        text("""
            update marketplace set warehouse_id = :warehouse
            where store_id = :store and remote_id = :id"""),
        {"store": store_id, "id": remote_id, "warehouse": warehouse_id},
    )


async def lock(session: AsyncSession, store_id: int, remote_id: str, begun: datetime) -> int | None:
    """Hold a tracked marketplace for a copy begun at a time: the warehouse that it goes to.

    None when it is tracked no more, or a copy that began later has been booked.
    """
    found = await session.execute(
        text("""
            select warehouse_id from marketplace
            where store_id = :store and remote_id = :id and tracked
              and (asked_at is null or asked_at < :begun) for update"""),
        {"store": store_id, "id": remote_id, "begun": begun},
    )
    held = found.scalar_one_or_none()
    return None if held is None else int(held)


async def nothing_there(
    session: AsyncSession, store_id: int, remote_id: str, begun: datetime
) -> None:
    """Note that the platform keeps nothing of the account in a marketplace; numbers stay."""
    await session.execute(
        text("""
            update marketplace set has_fba = false, asked_at = :begun
            where store_id = :store and remote_id = :id"""),
        {"store": store_id, "id": remote_id, "begun": begun},
    )


async def copied(
    session: AsyncSession,
    store_id: int,
    remote_id: str,
    *,
    begun: datetime,
    skus: int,
    left_out: Mapping[str, int],
) -> None:
    """Note a whole copy of a marketplace that was begun at a time."""
    await session.execute(
        text("""
            update marketplace
            set has_fba = true, asked_at = :begun, copied_at = :begun, skus = :skus,
                left_out = cast(:left_out as jsonb)
            where store_id = :store and remote_id = :id"""),
        {
            "store": store_id,
            "id": remote_id,
            "begun": begun,
            "skus": skus,
            "left_out": json.dumps(dict(left_out)),
        },
    )


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A listing of a store, as a copied SKU may be one: its product, or why it has none."""

    sku: str
    sku_key: str
    product_id: int | None
    unlinked: str | None


async def listings(
    session: AsyncSession, store_id: int, keys: Collection[str]
) -> list[KnownListing]:
    """Find the listings of a store by folded SKUs."""
    return await fetch(
        session,
        KnownListing,
        """
        select sku, sku_key, product_id, unlinked from listing
        where store_id = :store and gone_at is null and sku_key = any(cast(:keys as text[]))
        order by id""",
        store=store_id,
        keys=list(keys),
    )


async def products(
    session: AsyncSession,
    workspace_id: int,
    skus: Sequence[tuple[str, str, str]],
    now: datetime,
) -> dict[str, int]:
    """Find products by folded SKU, made where there are none: (SKU, folded, title) -> by folded."""
    given = {
        "workspace": workspace_id,
        "now": now,
        "skus": [row[0] for row in skus],
        "keys": [row[1] for row in skus],
        "titles": [row[2] for row in skus],
    }
    await session.execute(
        text("""
            insert into product (workspace_id, sku, sku_key, title, created_at)
            select :workspace, btrim(sku), key, title, :now
            from unnest(cast(:skus as text[]), cast(:keys as text[]), cast(:titles as text[]))
                as g (sku, key, title)
            order by key on conflict (workspace_id, sku_key) do nothing"""),
        given,
    )
    found = await session.execute(
        text("""
            select sku_key, id from product
            where workspace_id = :workspace and sku_key = any(cast(:keys as text[]))"""),
        {"workspace": workspace_id, "keys": given["keys"]},
    )
    return {str(key): int(product) for key, product in found}


async def levels(session: AsyncSession, warehouse_id: int) -> dict[int, int]:
    """Lock and read what an FBA warehouse holds, by product."""
    found = await session.execute(
        text("""
            select product_id, on_hand from stock where warehouse_id = :warehouse
            order by product_id for update"""),
        {"warehouse": warehouse_id},
    )
    return {int(product): int(on_hand) for product, on_hand in found}
