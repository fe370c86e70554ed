"""Who is asking, checked against Slack and our own tables at every act."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.slack import words
from bot.slack.surface import Surface, Team
from storage.people import WorkspaceRow
from sync import people
from sync.people import Role

# An act that has to be answered at once may wait this long for Slack to say who it is from:
# Slack gives 3 seconds in all. Only a process that has just started ever has to ask then.
WAIT = 2.0

Body = Mapping[str, Any]


class Refused(Exception):
    """The person may not do this; the text says so politely."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A member of the workspace, what they may do, and the message they acted on."""

    workspace: WorkspaceRow
    user: str
    role: Role
    link: str | None

    def may(self, needed: Role) -> bool:
        return people.allows(self.role, needed)


async def identify(surface: Surface, body: Body, needed: Role = "viewer") -> Asker:
    """Find out who sent a payload. Raises Refused for everybody who may not do the act."""
    user, team_of_user, team = _said(body)
    try:
        async with asyncio.timeout(WAIT):
            ours = await surface.team()
            if team != ours.id or team_of_user not in (None, ours.id):
                raise Refused(words.OTHER_TEAM)
            if not await surface.members.is_member(user, ours.id):
                raise Refused(words.GUEST)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Refused(words.SLACK_SILENT) from error
    workspace, role = await _member(surface, ours, user)
    if not people.allows(role, needed):
        raise Refused(words.role_needed(needed))
    return Asker(workspace=workspace, user=user, role=role, link=message_link(body))


async def _member(surface: Surface, ours: Team, user: str) -> tuple[WorkspaceRow, Role]:
    async with surface.deps.database.at_once() as session:
        found = await people.find_member(session, ours.id, user)
        if found is None:
            now = surface.now()
            workspace = await people.ensure_workspace(session, ours.id, ours.name, now)
            found = workspace, await people.role_of(session, workspace.id, user)
    return found


def message_link(body: Body) -> str | None:
    """Make the address of the message that a button was pressed on."""
    container, domain = body.get("container") or {}, (body.get("team") or {}).get("domain")
    if container.get("type") != "message" or not domain:
        return None
    ts = str(container.get("message_ts", "")).replace(".", "")
    return f"https://{domain}.slack.com/archives/{container.get('channel_id')}/p{ts}"


def _said(body: Body) -> tuple[str, str | None, str | None]:
    """Read (user, the user's own team, team) as the payload names them."""
    if "command" in body:
        return str(body.get("user_id")), None, body.get("team_id")
    event = body.get("event")
    if isinstance(event, Mapping):
        return str(event.get("user")), event.get("user_team"), body.get("team_id")
    user = body.get("user") or {}
    team = (body.get("team") or {}).get("id") or user.get("team_id")
    return str(user.get("id")), user.get("team_id"), team
