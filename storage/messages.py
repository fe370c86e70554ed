"""Where the messages stand that are edited later: of incidents and of turn-ons.

One message, in a channel or with the first manager that could be told, and where there
is no channel its copies with the other managers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class About:
    """What a message tells of: a row of one of two tables."""

    kind: Literal["incident", "turn_on"]
    id: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ProgressMessage:
    """Whose turn-on it is, and the message that shows how far it is, once it was posted."""

    actor: str
    channel: str | None
    message_ts: str | None
    finished: bool


async def of_turn_on(
    session: AsyncSession, workspace_id: int, turn_on_id: int
) -> ProgressMessage | None:
    """Read where a turn-on is told of."""
    return await fetch_one(
        session,
        ProgressMessage,
        "select actor, channel, message_ts, done_at is not null as finished from turn_on"
        " where id = :id and workspace_id = :workspace",
        id=turn_on_id,
        workspace=workspace_id,
    )


async def remember(session: AsyncSession, about: About, place: Place) -> None:
    """Note where the message stands, to edit it there."""
    await session.execute(
        text(f"update {about.kind} set channel = :channel, message_ts = :ts where id = :id"),
        {"channel": place.channel, "ts": place.ts, "id": about.id},
    )


async def remember_copy(session: AsyncSession, about: About, place: Place) -> None:
    """Note where one more copy of the message stands."""
    await session.execute(
        text(f"""
            insert into message_copy ({about.kind}_id, channel, ts) values (:id, :channel, :ts)
            on conflict do nothing"""),
        {"channel": place.channel, "ts": place.ts, "id": about.id},
    )


async def copies(session: AsyncSession, about: About) -> list[Place]:
    """List where the copies of a message stand."""
    return await fetch(
        session,
        Place,
        f"select channel, ts from message_copy where {about.kind}_id = :id order by channel, ts",
        id=about.id,
    )
