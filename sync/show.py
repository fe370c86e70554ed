"""One product and its numbers, for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import facts, warehouses
from storage.facts import ListingView, ProductRow, WarehouseLevel
from storage.warehouses import WarehouseRow
from sync.sheet import to_csv
from sync.sku import sku_key

ALIKE = 3  # characters in common; with fewer, almost any SKU would do


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product, its levels, and what every place shows of it."""

    id: int
    sku: str
    title: str
    warehouses: tuple[WarehouseLevel, ...]
    listings: tuple[ListingView, ...]
    low_level: int | None = None


async def find_row(session: AsyncSession, workspace_id: int, sku_text: str) -> ProductRow | None:
    """Find a product by its SKU as a person types it."""
    return await facts.product_by_sku(session, workspace_id, sku_key(sku_text))


async def find_product(
    session: AsyncSession, workspace_id: int, sku_text: str
) -> ProductView | None:
    """Find a product by its SKU as a person types it, with all that is shown of it."""
    found = await find_row(session, workspace_id, sku_text)
    return None if found is None else await _view(session, workspace_id, found)


async def load_product(
    session: AsyncSession, workspace_id: int, product_id: int
) -> ProductView | None:
    """Read a product of the workspace by its id (R13)."""
    found = await facts.product_by_id(session, workspace_id, product_id)
    return None if found is None else await _view(session, workspace_id, found)


async def _view(session: AsyncSession, workspace_id: int, found: ProductRow) -> ProductView:
    return ProductView(
        id=found.id,
        sku=found.sku,
        title=found.title,
        warehouses=tuple(await facts.warehouse_levels(session, workspace_id, found.id)),
        listings=tuple(await facts.listing_views(session, workspace_id, found.id)),
        low_level=found.low_level,
    )


async def search_products(
    session: AsyncSession, workspace_id: int, text: str, limit: int
) -> list[ProductRow]:
    """Find products whose SKU or title holds a text."""
    return await facts.search_products(session, workspace_id, sku_key(text), limit)


async def similar_skus(
    session: AsyncSession, workspace_id: int, text: str, limit: int = 5
) -> list[str]:
    """Suggest SKUs for one that nobody has: by ever shorter beginnings of what was typed."""
    key = sku_key(text)
    while key:
        found = await facts.search_products(session, workspace_id, key, limit)
        if found:
            return [product.sku for product in found]
        shorter = max(ALIKE, len(key) * 3 // 4)
        key = key[:shorter] if shorter < len(key) else ""
    return []


async def list_warehouses(session: AsyncSession, workspace_id: int) -> list[WarehouseRow]:
    """List the warehouses of a workspace that can be counted in and sold from, by name."""
    return await warehouses.of_workspace(session, workspace_id)


async def list_every_warehouse(session: AsyncSession, workspace_id: int) -> list[WarehouseRow]:
    """List all warehouses of a workspace by name, those that platforms keep among them."""
    return await warehouses.every(session, workspace_id)


async def stock_csv(session: AsyncSession, workspace_id: int) -> str:
    """Write every counted level as a table for a spreadsheet; what is FBA's with its age, in UTC."""
    rows = await facts.export(session, workspace_id)
    dated = any(row.copied_at for row in rows)
    return to_csv(
        (
            *("SKU", "Title", "Warehouse", "On hand", "Committed", "Available"),
            *(["Copied from FBA"] if dated else []),
        ),
        (
            (
                *(row.sku, row.title, row.warehouse, row.on_hand, row.committed, row.available),
                *([_stamp(row.copied_at)] if dated else []),
            )
            for row in rows
        ),
    )


async def listings_csv(session: AsyncSession, workspace_id: int) -> str:
    """Write what every listing in sync should show as a table for a spreadsheet."""
    return to_csv(
        ("Store", "Platform", "SKU", "Title", "Location", "Should show", "Shows", "State"),
        (
            (
                *(row.store, row.platform, row.sku, row.title, row.location),
                *(row.desired, row.shown, row.state.replace("_", " ")),
            )
            for row in await facts.export_listings(session, workspace_id)
        ),
    )


def _stamp(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else ""
