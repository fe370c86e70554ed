"""Differences from our numbers that are kept standing until a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class Held:
    """A difference that waits for a person's decision."""

    id: int
    product_id: int
    warehouse_id: int
    held: int


async def held(session: AsyncSession, workspace_id: int, ids: Sequence[int]) -> list[Held]:
    """Read the differences that are kept standing for some targets of a workspace."""
    return await fetch(
        session,
        Held,
        """
        select t.id, t.product_id, lw.warehouse_id, t.held from target t
        join location_warehouse lw on lw.location_id = t.location_id and lw.receives
        where t.workspace_id = :workspace and t.id = any(cast(:ids as bigint[])) and t.held <> 0
        order by t.product_id, lw.warehouse_id, t.id""",
        workspace=workspace_id,
        ids=list(ids),
    )


async def let_go(session: AsyncSession, ids: Sequence[int]) -> None:
    """End the hold of differences: from now on our numbers stand for these targets."""
    await session.execute(
        text("""
            with locked as (select id from target where id = any(cast(:ids as bigint[]))
                            order by id for update)
            update target t set held = 0 from locked where t.id = locked.id"""),
        {"ids": list(ids)},
    )
