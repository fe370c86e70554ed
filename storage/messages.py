"""Where the messages about a turn-on stand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch_one


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
