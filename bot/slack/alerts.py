"""The buttons under an alert: each act is checked, done, and shown in the alert itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.poster import message_gone
from bot.slack.surface import Surface
from bot.slack.views import alerts as views
from storage import audit, messages
from storage.incidents import IncidentRow
from storage.messages import About, Place
from sync import incidents
from sync.drift import DriftChoice, settle_drift
from sync.newcomers import settle_newcomers, settle_renamed
from sync.people import Role
from sync.refusals import retry_refused
from sync.telling import tell


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer to what an alert asks: who may give it, and what makes it so, once."""

    needed: Role
    act: str
    decide: Callable[[AsyncSession, Ask, int], Awaitable[bool]]


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons."""
    on_action(app, surface, Act.ACKNOWLEDGE, "operator", acknowledge)
    on_action(app, surface, Act.SNOOZE, "operator", snooze)
    on_action(app, surface, Act.RETRY, "operator", retry)
    for act, decision in DECISIONS.items():
        on_action(app, surface, act, decision.needed, partial(_decide, decision))


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


async def _decide(decision: Decision, ask: Ask) -> None:
    await decide(decision, ask, int(ask.value))


async def decide(decision: Decision, ask: Ask, incident_id: int) -> None:
    """Do what was decided; of two who decide, the first one counts."""
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.transaction() as session:
        decided = await decision.decide(session, ask, incident_id)
        row = await incidents.load_incident(session, workspace, incident_id)
        if decided:
            await _note(session, ask, decision.act, row)
    if row is not None and not decided:
        await ask.tell(words.DECIDED)
    await _show(ask, row)


def _drift(choice: DriftChoice) -> Decision:
    async def decide(session: AsyncSession, ask: Ask, incident_id: int) -> bool:
        return await settle_drift(
            session,
            ask.surface.deps,
            workspace_id=ask.asker.workspace.id,
            incident_id=incident_id,
            choice=choice,
            actor=ask.asker.user,
        )

    return Decision("operator", f"drift.{choice}", decide)


def _listings(about: str, settle: Callable[..., Awaitable[bool]], choice: str) -> Decision:
    """Make a decision on all listings that an alert names."""

    async def decide(session: AsyncSession, ask: Ask, incident_id: int) -> bool:
        return await settle(
            session,
            ask.surface.deps,
            workspace_id=ask.asker.workspace.id,
            incident_id=incident_id,
            choice=choice,
        )

    return Decision("operator", f"{about}.{choice}", decide)


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
        async with ask.surface.deps.database.at_once() as session:
            copies = await messages.copies(session, About("incident", row.id))
        now = ask.surface.now()
        for place in (Place(row.channel, row.message_ts), *copies):
            try:
                await ask.client.chat_update(
                    channel=place.channel,
                    ts=place.ts,
                    text=views.text(row),
                    blocks=views.message(row, now),
                )
            except SlackApiError as error:  # somebody deleted their copy
                if not message_gone(str(error.response["error"])):
                    await _show_later(ask, row)
                    return


async def _show_later(ask: Ask, row: IncidentRow) -> None:
    """Leave it to the outbox to edit the alert: what was done stays done meanwhile."""
    deps = ask.surface.deps
    async with deps.database.transaction() as session:
        await tell(
            session,
            deps.queue,
            workspace_id=row.workspace_id,
            incident_id=row.id,
            kind="incident_opened",  # one that has its message already is edited, no more
            payload={},
            now=ask.surface.now(),
        )


DECISIONS: dict[Act, Decision] = {
    Act.PUT_BACK: _drift("put_back"),
    Act.ADOPT: _drift("adopt"),
    Act.IGNORE_ONCE: _drift("ignore"),
    Act.NEW_OURS: _listings("new_listings", settle_newcomers, "ours"),
    Act.NEW_THEIRS: _listings("new_listings", settle_newcomers, "theirs"),
    Act.NEW_LEAVE: _listings("new_listings", settle_newcomers, "ignore"),
    Act.RENAMED_FOLLOW: _listings("renamed", settle_renamed, "follow"),
    Act.RENAMED_LEAVE: _listings("renamed", settle_renamed, "ignore"),
}
