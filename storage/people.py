"""Queries about workspaces, the people in them and their roles."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch, fetch_one


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """One Slack workspace; `alert_channel` is None until a manager chose one.

    `second_person`: a change that was kept back goes out only by another one than who made it.
    """

    id: int
    team_id: str
    name: str
    alert_channel: str | None
    second_person: bool = False


_WORKSPACE = columns(WorkspaceRow, "w")


async def ensure_workspace(
    session: AsyncSession, team_id: str, name: str, now: datetime
) -> WorkspaceRow:
    """Return the workspace of a Slack team, adding it at its first sight; a name is kept fresh."""
    await session.execute(
        text("""
            insert into workspace as w (team_id, name, created_at) values (:team, :name, :now)
            on conflict (team_id) do update set name = excluded.name
            where excluded.name <> '' and w.name <> excluded.name"""),
        {"team": team_id, "name": name, "now": now},
    )
    found = await find_workspace(session, team_id)
    if found is None:  # deleted by another hand between the two statements
        raise LookupError(f"The workspace {team_id} went away while it was being read.")
    return found


async def find_workspace(session: AsyncSession, team_id: str) -> WorkspaceRow | None:
    """Find the workspace of a Slack team."""
    return await fetch_one(
        session,
        WorkspaceRow,
        f"select {_WORKSPACE} from workspace w where w.team_id = :team",
        team=team_id,
    )


async def find_member(
    session: AsyncSession, team_id: str, slack_user: str
) -> tuple[WorkspaceRow, str | None] | None:
    """Find the workspace of a Slack team and a person's stored role in it, in one statement."""
    found = await session.execute(
        text(f"""
            select {_WORKSPACE}, p.role from workspace w
            left join person p on p.workspace_id = w.id and p.slack_user = :who
            where w.team_id = :team"""),
        {"team": team_id, "who": slack_user},
    )
    row = found.mappings().first()
    if row is None:
        return None
    held = dict(row)
    role = held.pop("role")
    return WorkspaceRow(**held), role


async def load_workspace(session: AsyncSession, workspace_id: int) -> WorkspaceRow | None:
    """Read one workspace."""
    return await fetch_one(
        session,
        WorkspaceRow,
        f"select {_WORKSPACE} from workspace w where w.id = :id",
        id=workspace_id,
    )


async def workspaces(session: AsyncSession, limit: int) -> list[WorkspaceRow]:
    """List workspaces, oldest first."""
    return await fetch(
        session,
        WorkspaceRow,
        f"select {_WORKSPACE} from workspace w order by w.id limit :limit",
        limit=limit,
    )


async def set_second_person(session: AsyncSession, workspace_id: int, *, needed: bool) -> bool:
    """Note whether a change that was kept back needs a second person; whether that is new."""
    found = await session.execute(
        text("""
            update workspace set second_person = :needed
            where id = :id and second_person <> :needed returning 1"""),
        {"id": workspace_id, "needed": needed},
    )
    return found.first() is not None


async def set_alert_channel(session: AsyncSession, workspace_id: int, channel: str) -> None:
    """Note where alerts go."""
    await session.execute(
        text("update workspace set alert_channel = :channel where id = :id"),
        {"id": workspace_id, "channel": channel},
    )


async def role(session: AsyncSession, workspace_id: int, slack_user: str) -> str | None:
    """Read a person's stored role; None for somebody never named."""
    found = await session.execute(
        text("select role from person where workspace_id = :workspace and slack_user = :who"),
        {"workspace": workspace_id, "who": slack_user},
    )
    return found.scalar_one_or_none()


async def set_role(
    session: AsyncSession, workspace_id: int, slack_user: str, role: str, now: datetime
) -> None:
    """Give a person a role."""
    await session.execute(
        text("""
            insert into person (workspace_id, slack_user, role, since)
            values (:workspace, :who, :role, :now)
            on conflict (workspace_id, slack_user) do update
            set role = excluded.role, since = excluded.since"""),
        {"workspace": workspace_id, "who": slack_user, "role": role, "now": now},
    )


async def managers(session: AsyncSession, workspace_id: int) -> list[str]:
    """List the managers of a workspace, longest in office first."""
    found = await session.execute(
        text("""
            select slack_user from person where workspace_id = :workspace and role = 'manager'
            order by since, slack_user"""),
        {"workspace": workspace_id},
    )
    return list(found.scalars())


async def lock_managers(session: AsyncSession, workspace_id: int) -> list[str]:
    """List the managers, and keep everybody else from changing who they are."""
    # The workspace's row stands for all its roles: of two managers who step down at once,
    # the second finds one manager left.
    await session.execute(
        text("select 1 from workspace where id = :workspace for update"),
        {"workspace": workspace_id},
    )
    return await managers(session, workspace_id)


async def named(session: AsyncSession, workspace_id: int) -> list[tuple[str, str]]:
    """List (person, role) of everybody who was given one, longest in it first."""
    found = await session.execute(
        text("""
            select slack_user, role from person where workspace_id = :workspace
            order by since, slack_user"""),
        {"workspace": workspace_id},
    )
    return [(row.slack_user, row.role) for row in found]


async def forget(session: AsyncSession, workspace_id: int, slack_user: str) -> None:
    """Take a person's role away."""
    await session.execute(
        text("delete from person where workspace_id = :workspace and slack_user = :who"),
        {"workspace": workspace_id, "who": slack_user},
    )


# The code that makes a manager --------------------------------------------------------


async def replace_claim_code(
    session: AsyncSession, workspace_id: int, code: str, now: datetime
) -> None:
    """Make this a workspace's one code that can still be claimed; only its hash is kept."""
    await session.execute(
        text("delete from claim_code where used_at is null and workspace_id = :workspace"),
        {"workspace": workspace_id},
    )
    await session.execute(
        text("""
            insert into claim_code (code_hash, workspace_id, created_at)
            values (:hash, :workspace, :now)"""),
        {"hash": _hash(code), "workspace": workspace_id, "now": now},
    )


async def use_claim_code(
    session: AsyncSession, workspace_id: int, code: str, now: datetime
) -> bool:
    """Use up a workspace's code; False when it is wrong or used. Of two at once, one wins."""
    found = await session.execute(
        text("""
            update claim_code set used_at = :now
            where code_hash = :hash and workspace_id = :workspace and used_at is null
            returning 1"""),
        {"hash": _hash(code), "workspace": workspace_id, "now": now},
    )
    return found.first() is not None


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
