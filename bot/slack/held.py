"""The buttons of a change that the breaker keeps back: let go, listed whole, or undone (R14)."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import alerts, words
from bot.slack.asking import Ask, on_action
from bot.slack.files import send_file
from bot.slack.ids import Act
from bot.slack.surface import Surface
from storage.incidents import IncidentRow
from sync import breaker, incidents, ledger
from sync.incidents import IncidentKind


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons; undoing is answered where every act is undone."""
    on_action(app, surface, Act.RELEASE, "manager", release)
    on_action(app, surface, Act.HELD_LIST, "operator", whole_list)


async def release(ask: Ask) -> None:
    """Let the change go out, unless it takes somebody else than who made it."""
    found = await _asked(ask)
    if found is not None:
        async with ask.surface.deps.database.at_once() as session:
            another = await breaker.needs_another(
                session, ask.asker.workspace, found, ask.asker.user
            )
        if another:
            await ask.tell(words.SECOND_PERSON)
            return
    await alerts.decide(RELEASE, ask, int(ask.value))


async def whole_list(ask: Ask) -> None:
    """Send everything that is kept back to the person, as a file."""
    found = await _asked(ask)
    if found is None or found.closed_at is not None:
        await ask.tell(words.INCIDENT_OVER)
        return
    async with ask.surface.deps.database.at_once() as session:
        content = await breaker.held_csv(session, found)
    await send_file(ask, content, "kept-back.csv", words.HELD_FILE)
    await ask.tell(words.HELD_SENT)


async def _asked(ask: Ask) -> IncidentRow | None:
    async with ask.surface.deps.database.at_once() as session:
        found = await incidents.load_incident(session, ask.asker.workspace.id, int(ask.value))
    return found if found is not None and found.kind == IncidentKind.BREAKER else None


async def _release(session: AsyncSession, ask: Ask, incident_id: int) -> bool:
    released = await breaker.release(
        session,
        ask.surface.deps.queue,
        workspace_id=ask.asker.workspace.id,
        incident_id=incident_id,
        now=ask.surface.now(),
    )
    if released is None:
        return False
    await ledger.wake_push(session, ask.surface.deps.queue, [released[0]])
    return True


RELEASE = alerts.Decision("manager", "breaker.release", _release)
