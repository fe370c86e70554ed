"""Drafts of conversations: what a closed modal or a restart must not lose.

A change names the revision it was made on. Of two changes made on the same
revision one wins; the other learns that it was late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch, fetch_one


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One conversation; `closed_at` is None until it is over."""

    id: UUID
    workspace_id: int
    slack_user: str
    store_id: int
    flow: str
    step: str
    answers: dict[str, Any]
    revision: int
    updated_at: datetime
    closed_at: datetime | None


_DRAFT = columns(DraftRow, "d")


async def begin(
    session: AsyncSession,
    *,
    workspace_id: int,
    slack_user: str,
    store_id: int,
    flow: str,
    step: str,
    now: datetime,
) -> DraftRow:
    """Return the person's open draft of a flow for a store, starting one where there is none."""
    found = await fetch_one(
        session,
        DraftRow,
        f"""
        insert into draft as d (id, workspace_id, slack_user, store_id, flow, step, updated_at)
        values (:id, :workspace, :who, :store, :flow, :step, :now)
        on conflict (workspace_id, slack_user, store_id, flow) where closed_at is null
        do update set updated_at = excluded.updated_at
        returning {_DRAFT}""",
        id=uuid4(),
        workspace=workspace_id,
        who=slack_user,
        store=store_id,
        flow=flow,
        step=step,
        now=now,
    )
    if found is None:
        raise LookupError("The draft could neither be found nor started.")
    return found


async def load(
    session: AsyncSession, workspace_id: int, slack_user: str, draft_id: UUID
) -> DraftRow | None:
    """Read a person's own draft, open or closed; nobody else's, whatever id a payload names."""
    return await fetch_one(
        session,
        DraftRow,
        f"select {_DRAFT} from draft d where d.id = :id and d.workspace_id = :workspace"
        " and d.slack_user = :who",
        id=draft_id,
        workspace=workspace_id,
        who=slack_user,
    )


async def open_of(
    session: AsyncSession, workspace_id: int, slack_user: str, flow: str
) -> list[DraftRow]:
    """List a person's open drafts of a flow."""
    return await fetch(
        session,
        DraftRow,
        f"select {_DRAFT} from draft d where d.workspace_id = :workspace"
        " and d.slack_user = :who and d.flow = :flow and d.closed_at is null order by d.store_id",
        workspace=workspace_id,
        who=slack_user,
        flow=flow,
    )


async def save(
    session: AsyncSession,
    draft_id: UUID,
    *,
    revision: int,
    step: str,
    answers: Mapping[str, Any],
    now: datetime,
) -> DraftRow | None:
    """Save the next state made from `revision`; None when somebody was faster."""
    return await fetch_one(
        session,
        DraftRow,
        f"""
        update draft d set step = :step, answers = cast(:answers as jsonb),
                           revision = d.revision + 1, updated_at = :now
        where d.id = :id and d.revision = :revision and d.closed_at is null
        returning {_DRAFT}""",
        id=draft_id,
        revision=revision,
        step=step,
        answers=json.dumps(dict(answers)),
        now=now,
    )


async def close(session: AsyncSession, draft_id: UUID, now: datetime) -> None:
    """End a conversation that is over."""
    await session.execute(
        text("update draft set closed_at = :now where id = :id and closed_at is null"),
        {"id": draft_id, "now": now},
    )


async def close_of_store(session: AsyncSession, store_id: int, flow: str, now: datetime) -> None:
    """End everybody's drafts of a flow for a store: somebody finished it."""
    await session.execute(
        text("""
            update draft set closed_at = :now
            where store_id = :store and flow = :flow and closed_at is null"""),
        {"store": store_id, "flow": flow, "now": now},
    )
