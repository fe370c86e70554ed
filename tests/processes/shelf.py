"""A person at the shelf."""

from __future__ import annotations

from sync import adjust, show
from sync.deps import Deps


async def change_stock(deps: Deps, sku: str, units: int, key: str) -> None:
    """Book an adjustment in the first warehouse of the only workspace, as the bot does."""
    async with deps.database.transaction() as session:
        product = await show.find_product(session, 1, sku)
        if product is None:
            raise LookupError(sku)
        await adjust.change_by(
            session,
            deps,
            workspace_id=1,
            product_id=product.id,
            warehouse_id=(await show.list_warehouses(session, 1))[0].id,
            units=units,
            actor="U1",
            note="",
            key=key,
        )
