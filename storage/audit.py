"""The log of what people did: who, what, when, on what, and where they said so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch

SYSTEM = "system"  # the actor of what nobody pressed


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


PAGE = 20  # acts that a person reads through at once


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a workspace's acts, newest first; `number` counts from 0."""

    rows: Sequence[AuditRow]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


async def page(session: AsyncSession, workspace_id: int, number: int) -> Page:
    """Read one page of a workspace's acts; one that does not exist becomes the last."""
    counted = await session.scalar(
        text("select count(*) from audit where workspace_id = :workspace"),
        {"workspace": workspace_id},
    )
    total = int(counted or 0)
    number = max(0, min(number, -(-total // PAGE) - 1))
    rows = await fetch(
        session,
        AuditRow,
        f"select {columns(AuditRow, 'a')} from audit a where a.workspace_id = :workspace"
        " order by a.at desc, a.id desc limit :limit offset :offset",
        workspace=workspace_id,
        limit=PAGE,
        offset=number * PAGE,
    )
    return Page(rows, number, total)


async def every(session: AsyncSession, workspace_id: int) -> list[AuditRow]:
    """Read all acts of a workspace, oldest first."""
    return await fetch(
        session,
        AuditRow,
        f"select {columns(AuditRow, 'a')} from audit a where a.workspace_id = :workspace"
        " order by a.at, a.id",
        workspace=workspace_id,
    )
