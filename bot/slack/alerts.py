"""The buttons under an alert: each act is checked, done, and shown in the alert itself."""

from __future__ import annotations

from typing import Literal

from slack_bolt.app.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import alerts as views
from storage import audit
from storage.incidents import IncidentRow
from sync import incidents
from sync.drift import settle_drift
from sync.refusals import retry_refused


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons."""
    on_action(app, surface, Act.ACKNOWLEDGE, "operator", acknowledge)
    on_action(app, surface, Act.SNOOZE, "operator", snooze)
    on_action(app, surface, Act.RETRY, "operator", retry)
    on_action(app, surface, Act.PUT_BACK, "operator", put_back)
    on_action(app, surface, Act.ADOPT, "operator", adopt)


async def acknowledge(ask: Ask) -> None:
    async with ask.surface.deps.database.transaction() as session:
        row = await incidents.acknowledge(
            session,
            workspace_id=ask.asker.workspace.id,
            incident_id=int(ask.value),
            slack_user=ask.asker.user,
        )
        await _note(session, ask, "incident.acknowledge", row)
    await _show(ask, row)


async def snooze(ask: Ask) -> None:
    async with ask.surface.deps.database.transaction() as session:
        row = await incidents.snooze(
            session,
            workspace_id=ask.asker.workspace.id,
            incident_id=int(ask.value),
            now=ask.surface.now(),
        )
        await _note(session, ask, "incident.snooze", row)
    await _show(ask, row)


async def retry(ask: Ask) -> None:
    workspace, incident_id = ask.asker.workspace.id, int(ask.value)
    async with ask.surface.deps.database.transaction() as session:
        row = await incidents.load_incident(session, workspace, incident_id)
        number = await retry_refused(
            session, ask.surface.deps, workspace_id=workspace, incident_id=incident_id
        )
        await _note(session, ask, "item.retry", row)
    await ask.tell(words.retried(number) if number else words.INCIDENT_OVER)


async def put_back(ask: Ask) -> None:
    await _settle(ask, "put_back")


async def adopt(ask: Ask) -> None:
    await _settle(ask, "adopt")


async def _settle(ask: Ask, choice: Literal["put_back", "adopt"]) -> None:
    workspace, incident_id = ask.asker.workspace.id, int(ask.value)
    async with ask.surface.deps.database.transaction() as session:
        decided = await settle_drift(
            session,
            ask.surface.deps,
            workspace_id=workspace,
            incident_id=incident_id,
            choice=choice,
            actor=ask.asker.user,
        )
        row = await incidents.load_incident(session, workspace, incident_id)
        if decided:
            await _note(session, ask, f"drift.{choice}", row)
    if not decided:
        await ask.tell(words.DRIFT_DECIDED if row else words.INCIDENT_GONE)
    await _show(ask, row)


async def _note(session: AsyncSession, ask: Ask, act: str, row: IncidentRow | None) -> None:
    """Log the act; an incident that the workspace does not have is no act."""
    if row is not None:
        await audit.record(
            session,
            ask.asker.workspace.id,
            ask.asker.user,
            act,
            ask.surface.now(),
            subject=f"{row.kind} {row.store_name or ''}".strip(),
            detail={"incident": row.id},
            link=ask.asker.link,
        )


async def _show(ask: Ask, row: IncidentRow | None) -> None:
    """Edit the alert to its current state."""
    if row is None:
        await ask.tell(words.INCIDENT_GONE)
    elif row.channel is not None and row.message_ts is not None:
        now = ask.surface.now()
        await ask.client.chat_update(
            channel=row.channel,
            ts=row.message_ts,
            text=views.text(row),
            blocks=views.message(row, now),
        )
