"""Queries about incidents: one failure with one cause, open until it is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident with the name of its store."""

    id: int
    workspace_id: int
    store_id: int | None
    store_name: str | None
    kind: str
    subject: str
    facts: dict[str, Any]
    opened_at: datetime
    last_at: datetime
    repeats: int
    closed_at: datetime | None
    acknowledged_by: str | None
    snoozed_until: datetime | None
    channel: str | None
    message_ts: str | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report did: `repeats` is 0 when it opened the incident; `reopened` a closed one."""

    id: int
    repeats: int
    snoozed_until: datetime | None
    reopened: bool


_SELECT = """
    select i.id, i.workspace_id, i.store_id, s.name as store_name, i.kind, i.subject, i.facts,
           i.opened_at, i.last_at, i.repeats, i.closed_at, i.acknowledged_by, i.snoozed_until,
           i.channel, i.message_ts
    from incident i left join store s on s.id = i.store_id"""


async def report(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int | None,
    kind: str,
    subject: str,
    facts: Mapping[str, Any],
    now: datetime,
    closed_since: datetime | None = None,
) -> Reported:
    """Open an incident, or count a repeat of the open one and take its newest facts.

    With `closed_since`, one that was closed since then is opened again, as a repeat.
    """
    given = {
        "workspace": workspace_id,
        "store": store_id,
        "kind": kind,
        "subject": subject,
        "facts": json.dumps(facts),
        "now": now,
    }
    if closed_since is not None:
        back = await fetch_one(
            session,
            Reported,
            """
            update incident set closed_at = null, repeats = repeats + 1, last_at = :now,
                   facts = facts || cast(:facts as jsonb)
            where id = (select id from incident
                        where workspace_id = :workspace
                          and coalesce(store_id, 0) = coalesce(:store, 0)
                          and kind = :kind and subject = :subject
                        order by id desc limit 1)
              and closed_at >= :closed_since
            returning id, repeats, snoozed_until, true as reopened""",
            **given,
            closed_since=closed_since,
        )
        if back is not None:
            return back
    found = await fetch_one(
        session,
        Reported,
        """
        insert into incident (workspace_id, store_id, kind, subject, facts, opened_at, last_at)
        values (:workspace, :store, :kind, :subject, cast(:facts as jsonb), :now, :now)
        on conflict (workspace_id, coalesce(store_id, 0), kind, subject) where closed_at is null
        do update set repeats = incident.repeats + 1, last_at = excluded.last_at,
                      facts = incident.facts || excluded.facts
        returning id, repeats, snoozed_until, false as reopened""",
        **given,
    )
    if found is None:  # an upsert without a condition always returns its row
        raise LookupError(f"incident {kind} was not written")
    return found


async def resolve(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int | None,
    kinds: list[str],
    subject: str | None,
    now: datetime,
) -> list[int]:
    """Close the open incidents of some kinds; the ids that were closed."""
    found = await session.execute(
        text("""
            update incident set closed_at = :now
            where workspace_id = :workspace and coalesce(store_id, 0) = coalesce(:store, 0)
              and kind = any(cast(:kinds as text[]))
              and (cast(:subject as text) is null or subject = :subject)
              and closed_at is null
            returning id"""),
        {
            "workspace": workspace_id,
            "store": store_id,
            "kinds": kinds,
            "subject": subject,
            "now": now,
        },
    )
    return sorted(found.scalars())


async def is_open(
    session: AsyncSession, workspace_id: int, store_id: int, kind: str, subject: str
) -> bool:
    """Say whether an incident is open."""
    found = await session.execute(
        text("""
            select exists (select from incident where workspace_id = :workspace
                           and coalesce(store_id, 0) = :store and kind = :kind
                           and subject = :subject and closed_at is null)"""),
        {"workspace": workspace_id, "store": store_id, "kind": kind, "subject": subject},
    )
    return bool(found.scalar_one())


async def load(
    session: AsyncSession, workspace_id: int, incident_id: int, *, lock: bool = False
) -> IncidentRow | None:
    """Read one incident of a workspace."""
    suffix = "for update of i" if lock else ""
    return await fetch_one(
        session,
        IncidentRow,
        f"{_SELECT} where i.workspace_id = :workspace and i.id = :id {suffix}",
        workspace=workspace_id,
        id=incident_id,
    )


async def open_of(
    session: AsyncSession, workspace_id: int, kind: str | None = None
) -> list[IncidentRow]:
    """List the open incidents of a workspace, or those of one kind, oldest first."""
    return await fetch(
        session,
        IncidentRow,
        f"""{_SELECT} where i.workspace_id = :workspace and i.closed_at is null
            and (cast(:kind as text) is null or i.kind = :kind) order by i.opened_at, i.id""",
        workspace=workspace_id,
        kind=kind,
    )


async def lock_open(
    session: AsyncSession, workspace_id: int, store_id: int, kind: str
) -> list[IncidentRow]:
    """Lock the open incidents of one kind at a store, oldest first."""
    return await fetch(
        session,
        IncidentRow,
        f"""{_SELECT} where i.workspace_id = :workspace and i.store_id = :store and i.kind = :kind
            and i.closed_at is null order by i.id for update of i""",
        workspace=workspace_id,
        store=store_id,
        kind=kind,
    )


async def add_facts(session: AsyncSession, incident_id: int, facts: Mapping[str, Any]) -> None:
    """Add to what is known of an incident."""
    await session.execute(
        text("update incident set facts = facts || cast(:facts as jsonb) where id = :id"),
        {"id": incident_id, "facts": json.dumps(facts)},
    )


async def acknowledge(session: AsyncSession, incident_id: int, slack_user: str) -> None:
    """Note who looks after an incident."""
    await session.execute(
        text("update incident set acknowledged_by = :who where id = :id"),
        {"id": incident_id, "who": slack_user},
    )


async def snooze(session: AsyncSession, incident_id: int, until: datetime) -> None:
    """Keep an incident's repeats quiet until a time."""
    await session.execute(
        text("update incident set snoozed_until = :until where id = :id"),
        {"id": incident_id, "until": until},
    )
