"""Checks of the whole that a person can ask for."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import ledger


async def check_ledger(session: AsyncSession) -> list[str]:
    """Compare every level with the sum of its movements (R1); one line per difference."""
    return [
        f"product {found.product_id} in warehouse {found.warehouse_id}: on hand"
        f" {found.on_hand or 0}, committed {found.committed or 0}; its movements say"
        f" {found.moved_on_hand or 0} and {found.moved_committed or 0}"
        for found in await ledger.imbalances(session)
    ]
