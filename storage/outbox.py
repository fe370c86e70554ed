"""Messages to be sent, written in the transaction of what they tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message that waits to be sent."""

    id: int
    workspace_id: int
    incident_id: int | None
    kind: str
    payload: dict[str, Any]
    tries: int
    created_at: datetime


async def add(
    session: AsyncSession,
    *,
    workspace_id: int,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    incident_id: int | None = None,
) -> int:
    """Write a message down; its id."""
    found = await session.execute(
        text("""
            insert into outbox (workspace_id, incident_id, kind, payload, created_at, not_before)
            values (:workspace, :incident, :kind, cast(:payload as jsonb), :now, :now)
            returning id"""),
        {
            "workspace": workspace_id,
            "incident": incident_id,
            "kind": kind,
            "payload": json.dumps(payload),
            "now": now,
        },
    )
    return int(found.scalar_one())


async def due(session: AsyncSession, now: datetime, limit: int) -> list[OutboxRow]:
    """Lock the messages to be sent by now, oldest first, leaving another sender's alone."""
    return await fetch(
        session,
        OutboxRow,
        """
        select id, workspace_id, incident_id, kind, payload, tries, created_at from outbox
        where sent_at is null and not_before <= :now
        order by id limit :limit for update skip locked""",
        now=now,
        limit=limit,
    )


async def waiting(session: AsyncSession, now: datetime) -> bool:
    """Say whether any message is to be sent by now."""
    found = await session.execute(
        text("select exists (select from outbox where sent_at is null and not_before <= :now)"),
        {"now": now},
    )
    return bool(found.scalar_one())


async def sent(session: AsyncSession, outbox_id: int, now: datetime) -> None:
    """Note that a message was sent."""
    await session.execute(
        text("update outbox set sent_at = :now, problem = null where id = :id"),
        {"id": outbox_id, "now": now},
    )


async def failed(
    session: AsyncSession, outbox_id: int, *, not_before: datetime, problem: str
) -> None:
    """Note why a message could not be sent, and when to try again."""
    await session.execute(
        text("""
            update outbox set not_before = :not_before, problem = :problem, tries = tries + 1
            where id = :id"""),
        {"id": outbox_id, "not_before": not_before, "problem": problem},
    )
