"""Sheets of many SKUs: kept between the look at their plan and their booking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch_one


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet; `change_set_id` is None until it is booked."""

    id: UUID
    kind: str
    warehouse_id: int
    reason: str
    pasted: str
    seen: dict[str, Any]
    change_set_id: int | None


async def keep(
    session: AsyncSession,
    *,
    workspace_id: int,
    slack_user: str,
    kind: str,
    warehouse_id: int,
    reason: str,
    pasted: str,
    seen: Mapping[int, int | None],
    now: datetime,
) -> UUID:
    """Keep a sheet that a person is shown the plan of; its id."""
    sheet_id = uuid4()
    await session.execute(
        text("""
            insert into stock_sheet (id, workspace_id, slack_user, kind, warehouse_id, reason,
                                     pasted, seen, created_at)
            values (:id, :workspace, :who, :kind, :warehouse, :reason, :pasted,
                    cast(:seen as jsonb), :now)"""),
        {
            "id": sheet_id,
            "workspace": workspace_id,
            "who": slack_user,
            "kind": kind,
            "warehouse": warehouse_id,
            "reason": reason,
            "pasted": pasted,
            "seen": json.dumps(seen),
            "now": now,
        },
    )
    return sheet_id


async def load(
    session: AsyncSession,
    workspace_id: int,
    slack_user: str,
    sheet_id: UUID,
    *,
    lock: bool = False,
) -> SheetRow | None:
    """Read a person's own sheet; nobody else's, whatever id a payload names."""
    suffix = "for update" if lock else ""
    return await fetch_one(
        session,
        SheetRow,
        f"""
        select {columns(SheetRow, "s")} from stock_sheet s
        where s.id = :id and s.workspace_id = :workspace and s.slack_user = :who {suffix}""",
        id=sheet_id,
        workspace=workspace_id,
        who=slack_user,
    )


async def note_seen(session: AsyncSession, sheet_id: UUID, seen: Mapping[int, int | None]) -> None:
    """Note the numbers that the person is shown now."""
    await session.execute(
        text("update stock_sheet set seen = cast(:seen as jsonb) where id = :id"),
        {"id": sheet_id, "seen": json.dumps(seen)},
    )


async def note_booked(session: AsyncSession, sheet_id: UUID, change_set_id: int) -> None:
    """Note that a sheet is booked, in the transaction that books it."""
    await session.execute(
        text("update stock_sheet set change_set_id = :change_set where id = :id"),
        {"id": sheet_id, "change_set": change_set_id},
    )


async def forget(session: AsyncSession, *, before: datetime) -> None:
    """Drop sheets from before a time; what they booked stands in the ledger."""
    await session.execute(
        text("delete from stock_sheet where created_at < :before"), {"before": before}
    )
