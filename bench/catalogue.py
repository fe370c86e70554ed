"""A workspace whose stores are in sync already, written into the database set-wise.

What weeks of connecting, copying and pushing leave behind, in seconds: the figures are
about what comes after.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sandbox.shopify import Shop
from storage import credentials
from storage.database import Database
from storage.secrets import Vault

TEAM = "T0BENCH0001"
UNITS = 50  # of each product: enough for every sale and change that a figure makes


def sku(number: int) -> str:
    return f"SKU-{number:06}"


def make_shop(name: str, listings: int, now: Callable[[], datetime] | None = None) -> Shop:
    """Make a local shop that sells so many things, whose API answers without pacing us.

    Waits for the cost bucket are the shop's, not ours; no figure is about them.
    """
    shop = Shop(name) if now is None else Shop(name, now=now)
    shop.bucket.maximum = shop.bucket.restore_rate = 10**9
    shop.add_location(f"{name.title()} main")
    long_ago = shop.now() - timedelta(days=30)
    for number in range(listings):
        shop.add_listing(sku(number), UNITS, title=f"Thing {number}").updated_at = long_ago
    return shop


async def stock_up(
    database: Database,
    vault: Vault,
    shops: Sequence[Shop],
    *,
    address: str,
    now: datetime,
    settings: dict[str, Any] | None = None,
) -> list[int]:
    """Write a workspace with these shops, all in sync from one warehouse; the stores' ids.

    `address` is where the shops are served. Everything was read, audited and imported at
    `now`, so nothing is due but what a figure makes due.
    """
    async with database.transaction() as session:
        workspace = await _id(
            session,
            "insert into workspace (team_id, name, created_at) values (:team, 'Bench', :now)",
            team=TEAM,
            now=now,
        )
        warehouse = await _id(
            session,
            """
            insert into warehouse (workspace_id, name, name_key, created_at)
            values (:workspace, 'Main', 'main', :now)""",
            workspace=workspace,
            now=now,
        )
        given = {"workspace": workspace, "warehouse": warehouse, "now": now, "units": UNITS}
        await _products(session, given, max(len(shop.variants) for shop in shops))
        stores = [
            await _store(session, vault, shop, given, f"{address}/shopify/{shop.name}", settings)
            for shop in shops
        ]
    async with database.session() as session:
        await session.execute(text("analyze"))
        await session.commit()
    return stores


async def _products(session: AsyncSession, given: dict[str, Any], count: int) -> None:
    skus = [sku(number) for number in range(count)]
    for statement in (
        """
        insert into product (workspace_id, sku, sku_key, title, created_at)
        select :workspace, sku, lower(sku), 'Thing', :now
        from unnest(cast(:skus as text[])) as sku""",
        """
        insert into movement (workspace_id, product_id, warehouse_id, on_hand_delta,
                              committed_delta, cause, cause_key, at)
        select workspace_id, id, :warehouse, :units, 0, 'count', 'bench:' || id, :now
        from product where workspace_id = :workspace""",
        """
        insert into stock (product_id, warehouse_id, workspace_id, on_hand, counted_at)
        select id, :warehouse, workspace_id, :units, :now
        from product where workspace_id = :workspace""",
    ):
        await session.execute(text(statement), {**given, "skus": skus})


async def _store(
    session: AsyncSession,
    vault: Vault,
    shop: Shop,
    given: dict[str, Any],
    address: str,
    settings: dict[str, Any] | None,
) -> int:
    now: datetime = given["now"]
    store = await _id(
        session,
        """
        insert into store (workspace_id, platform, account_id, name, currency, base_url, settings,
                           sync_status, orders_cursor, orders_read_at, read_to, pushed_at,
                           products_full_at, products_changed_at, orders_due_at, products_due_at,
                           push_due_at, on_since, lines_checked_at, connected_at)
        values (:workspace, 'shopify', :account, :name, 'EUR', :address, cast(:settings as jsonb),
                'on', :cursor, :now, :now, :now, :now, :now, :now, :later, :now, :now, :now, :now)
        """,
        **given,
        account=shop.id,
        name=shop.title,
        address=address,
        settings=json.dumps(settings or {}),
        cursor=json.dumps({"updated_at": now.isoformat()}),
        later=now + timedelta(minutes=15),
    )
    await credentials.save(session, vault, store, {"shop": shop.name, "access_token": shop.token})
    place = shop.locations[0]
    location = await _id(
        session,
        """
        insert into location (store_id, remote_id, name, active, ours, decision)
        values (:store, :remote, :name, true, true, 'linked')""",
        store=store,
        remote=place.id,
        name=place.name,
    )
    rows = {
        **given,
        "store": store,
        "location": location,
        "refs": [variant.item.id for variant in shop.variants],
        "skus": [variant.item.sku for variant in shop.variants],
    }
    for statement in (
        """
        insert into location_warehouse (location_id, warehouse_id, receives)
        values (:location, :warehouse, true)""",
        """
        insert into listing (workspace_id, store_id, ref, sku, sku_key, title, state, tracked,
                             channel, product_id, first_seen_at, seen_at)
        select :workspace, :store, g.ref, g.sku, p.sku_key, p.title, 'active', true, 'merchant',
               p.id, :now, :now
        from unnest(cast(:refs as text[]), cast(:skus as text[])) as g (ref, sku)
        join product p on p.workspace_id = :workspace and p.sku = g.sku""",
        """
        insert into listing_level (listing_id, location_id, available, as_of)
        select id, :location, :units, :now from listing where store_id = :store""",
        """
        insert into target (workspace_id, store_id, listing_id, location_id, product_id, desired,
                            version, acked_version, made_at, raised_at, shown, rebase_lo,
                            rebase_hi, copied_lo, copied_hi, audited_at)
        select workspace_id, store_id, id, :location, product_id, :units, 1, 1, :now, :now, :units,
               :now, :now, :now, :now, :now
        from listing where store_id = :store""",
    ):
        await session.execute(text(statement), rows)
    return store


async def _id(session: AsyncSession, insert: str, **given: Any) -> int:
    found = await session.execute(text(f"{insert} returning id"), given)
    return int(found.scalar_one())
