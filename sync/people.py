"""Who may do what. Roles are stored; what a payload says about a person is no proof."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage import people as stored
from storage.people import WorkspaceRow

__all__ = [
    "LEAST_TO_MOST",
    "LastManager",
    "NotAllowed",
    "Role",
    "WorkspaceRow",
    "allows",
    "as_role",
    "claim",
    "ensure_workspace",
    "find_member",
    "find_workspace",
    "first_claim_code",
    "give_role",
    "load_workspace",
    "managers",
    "named",
    "new_claim_code",
    "only_workspace",
    "require",
    "role_of",
    "set_alert_channel",
    "set_second_person",
]

Role = Literal["none", "viewer", "operator", "manager"]
LEAST_TO_MOST: tuple[Role, ...] = ("none", "viewer", "operator", "manager")

# Read aloud or typed from a terminal: no 0/O, 1/I/L. 12 of 31 letters are 59 bits.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12

ensure_workspace = stored.ensure_workspace
find_workspace = stored.find_workspace
load_workspace = stored.load_workspace
managers = stored.managers


class NotAllowed(Exception):
    """The person's role does not reach as far as the act needs."""

    def __init__(self, role: Role, needed: Role) -> None:
        super().__init__(f"{needed} needed, {role} given")
        self.role = role
        self.needed = needed


def allows(role: Role, needed: Role) -> bool:
    """Say whether a role reaches as far as another."""
    return LEAST_TO_MOST.index(role) >= LEAST_TO_MOST.index(needed)


async def role_of(session: AsyncSession, workspace_id: int, slack_user: str) -> Role:
    """Read a member's role; whoever was never named is a viewer.

    Guests and people of other workspaces are told apart before, where Slack is asked.
    """
    return cast("Role", await stored.role(session, workspace_id, slack_user) or "viewer")


async def find_member(
    session: AsyncSession, team_id: str, slack_user: str
) -> tuple[WorkspaceRow, Role] | None:
    """Find a team's workspace and a member's role in it; None for a team never seen."""
    found = await stored.find_member(session, team_id, slack_user)
    return None if found is None else (found[0], cast("Role", found[1] or "viewer"))


async def require(session: AsyncSession, workspace_id: int, slack_user: str, needed: Role) -> Role:
    """Return the person's role; raises NotAllowed when it does not reach `needed`."""
    role = await role_of(session, workspace_id, slack_user)
    if not allows(role, needed):
        raise NotAllowed(role, needed)
    return role


async def first_claim_code(session: AsyncSession, workspace_id: int, now: datetime) -> str | None:
    """Make the code for a workspace's first manager; None once it has one, who names others."""
    if await managers(session, workspace_id):
        return None
    return await new_claim_code(session, workspace_id, now)


async def new_claim_code(
    session: AsyncSession, workspace_id: int, now: datetime, *, actor: str | None = None
) -> str:
    """Make the code that makes its user a manager of a workspace; earlier ones stop working.

    `actor`: the person who asked for it, which is logged.
    """
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    await stored.replace_claim_code(session, workspace_id, letters, now)
    if actor is not None:
        await audit.record(session, workspace_id, actor, "people.code", now)
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))


async def claim(
    session: AsyncSession, workspace_id: int, slack_user: str, code: str, now: datetime
) -> bool:
    """Make a person manager for a code; False when the code is wrong or used up."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    if not await stored.use_claim_code(session, workspace_id, letters, now):
        return False
    await stored.set_role(session, workspace_id, slack_user, "manager", now)
    await audit.record(session, workspace_id, slack_user, "people.claim", now, subject="manager")
    return True


class LastManager(Exception):
    """The only manager of a workspace cannot become something else."""


def as_role(text: str) -> Role | None:
    """Read a role that can be given."""
    return next((role for role in LEAST_TO_MOST[1:] if role == text), None)


async def named(session: AsyncSession, workspace_id: int) -> dict[Role, list[str]]:
    """List who has which role, longest in it first; viewers are not kept."""
    found: dict[Role, list[str]] = {}
    for user, role in await stored.named(session, workspace_id):
        found.setdefault(cast("Role", role), []).append(user)
    return found


async def give_role(
    session: AsyncSession,
    workspace_id: int,
    slack_user: str,
    role: Role,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Give a person a role; everybody who has none is a viewer. Raises LastManager."""
    held = await stored.lock_managers(session, workspace_id)
    before = await role_of(session, workspace_id, slack_user)
    if before == role:
        return
    if role != "manager" and held == [slack_user]:
        raise LastManager
    if role == "viewer":
        await stored.forget(session, workspace_id, slack_user)
    else:
        await stored.set_role(session, workspace_id, slack_user, role, now)
    await audit.record(
        session,
        workspace_id,
        actor,
        "people.role",
        now,
        subject=f"{slack_user}: {before} to {role}",
    )


async def set_alert_channel(
    session: AsyncSession,
    workspace_id: int,
    channel: str,
    *,
    actor: str,
    now: datetime,
    link: str | None = None,
) -> None:
    """Choose the channel that alerts go to."""
    await stored.set_alert_channel(session, workspace_id, channel)
    await audit.record(
        session, workspace_id, actor, "alerts.channel", now, subject=channel, link=link
    )


async def set_second_person(
    session: AsyncSession, workspace_id: int, *, needed: bool, actor: str, now: datetime
) -> None:
    """Choose whether a change that was kept back goes out by who made it, too."""
    if await stored.set_second_person(session, workspace_id, needed=needed):
        subject = "by somebody else" if needed else "by any manager"
        await audit.record(session, workspace_id, actor, "breaker.second", now, subject=subject)


async def only_workspace(session: AsyncSession) -> WorkspaceRow | None:
    """Return the one workspace of this installation; None when there is none or several."""
    found = await stored.workspaces(session, 2)
    return found[0] if len(found) == 1 else None
