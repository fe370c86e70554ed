"""The log of what people did: who, what, when, on what, and where they said so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act of a person; `link` leads to the message it was done from, if there is one."""

    actor: str
    act: str
    subject: str
    detail: dict[str, Any]
    link: str | None
    at: datetime


async def record(
    session: AsyncSession,
    workspace_id: int,
    actor: str,
    act: str,
    now: datetime,
    *,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    link: str | None = None,
    key: str | None = None,
) -> None:
    """Note one act, in the transaction that does it. `detail` never holds a credential.

    An act with a key is noted once; its caller holds the lock that keeps others out.
    """
    await session.execute(
        text("""
            insert into audit (workspace_id, actor, act, subject, detail, link, at)
            select :workspace, :actor, :act, :subject, cast(:detail as jsonb), :link, :now
            where cast(:key as text) is null or not exists (
                select from audit where workspace_id = :workspace and act = :act
                and detail ->> 'key' = :key and at > :now - interval '1 day')"""),
        {
            "workspace": workspace_id,
            "actor": actor,
            "act": act,
            "subject": subject,
            "detail": json.dumps({**(detail or {}), **({"key": key} if key else {})}),
            "key": key,
            "link": link,
            "now": now,
        },
    )


async def latest(session: AsyncSession, workspace_id: int, limit: int) -> list[AuditRow]:
    """List the newest acts in a workspace, newest first."""
    return await fetch(
        session,
        AuditRow,
        f"select {columns(AuditRow, 'a')} from audit a where a.workspace_id = :workspace"
        " order by a.at desc, a.id desc limit :limit",
        workspace=workspace_id,
        limit=limit,
    )
