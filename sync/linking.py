"""Making, renaming and linking warehouses as a confirmed plan says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import locations, warehouses
from sync.choices import LocationChoice
from sync.names import Naming


async def link(
    session: AsyncSession,
    workspace_id: int,
    choices: Sequence[LocationChoice],
    names: Sequence[Naming],
    *,
    now: datetime,
    early_orders_counted: Mapping[int, bool | None] | None = None,
) -> dict[int, int]:
    """Link places as chosen; the warehouse that receives what each of them counts.

    `early_orders_counted`: what holds for the early orders of places (storage/stores.py).
    """
    made: dict[int, int] = {}
    # Two warehouses may swap names: all old ones step aside before any new one is taken.
    linked = [name for name in names if name.warehouse_id is not None]
    for name in linked:
        await warehouses.rename(session, name.warehouse_id or 0, f"\x1f{name.warehouse_id}")
    for name in linked:
        await warehouses.rename(session, name.warehouse_id or 0, name.name)
    for name in names:
        if name.warehouse_id is None:
            made[name.location_id] = await warehouses.add(session, workspace_id, name.name, now)
    receives: dict[int, int] = {}
    for choice in choices:
        early = (early_orders_counted or {}).get(choice.location_id)
        if choice.decision == "none":
            await locations.decide(session, choice.location_id, "unlinked", None)
            continue
        new = made.get(choice.location_id)
        house = new if choice.decision == "new" else choice.warehouse_id
        if house is None:
            raise LookupError(f"location {choice.location_id} is linked to no warehouse")
        receives[choice.location_id] = house
        also = [*choice.also, *([new] if choice.also_new and new is not None else [])]
        await locations.decide(
            session, choice.location_id, "linked", house, also, early_orders_counted=early
        )
    return receives
