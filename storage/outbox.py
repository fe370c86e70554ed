"""Messages to be sent, written in the transaction of what they tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one


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


async def put_off(session: AsyncSession, *, not_before: datetime, problem: str) -> None:
    """Let everything that waits wait until a time, for one reason."""
    await session.execute(
        text("""
            update outbox set not_before = greatest(not_before, :not_before), problem = :problem
            where sent_at is null"""),
        {"not_before": not_before, "problem": problem},
    )


async def bring_forward(session: AsyncSession, problems: Collection[str], now: datetime) -> None:
    """Let what waits for one of some reasons be sent at once: they are over."""
    await session.execute(
        text("""
            update outbox set not_before = :now
            where sent_at is null and not_before > :now
              and problem = any(cast(:problems as text[]))"""),
        {"now": now, "problems": sorted(problems)},
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages that wait: how many, the oldest one's time, and why the newest try failed."""

    messages: int
    since: datetime
    problem: str | None


async def backlog(session: AsyncSession, before: datetime) -> Backlog | None:
    """Read what has waited since before a time; None when nothing has."""
    return await fetch_one(
        session,
        Backlog,
        """
        select count(*) as messages, min(created_at) as since,
               (array_agg(problem order by not_before desc))[1] as problem
        from outbox where sent_at is null and created_at < :before having count(*) > 0""",
        before=before,
    )
