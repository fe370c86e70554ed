"""Whether a store renews what is sold out or expired: looked at and switched in its settings."""

from __future__ import annotations

from datetime import timedelta

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import Act, Call
from bot.slack.surface import Surface
from bot.slack.views import renewals as views
from bot.slack.views.notice import notice
from flows import agreement_words as words
from storage import marks
from storage.rows import StoreRow
from sync.agreements import RENEWED, AgreementProblem, look, set_renewing

_ENDS = {"gone": words.GONE, "running": words.RUNNING}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the button in a store's settings, and the switch behind it."""
    on_action(app, surface, Act.RENEWALS, "manager", pressed)
    on_submit(app, surface, Call.RENEWALS, "manager", switch)


async def pressed(ask: Ask) -> None:
    """Go on in the window of the settings with how renewal stands."""
    workspace, store_id = ask.asker.workspace.id, int(ask.value)
    try:
        async with ask.surface.deps.database.transaction() as session:
            store = await look(session, workspace, store_id)
            view = views.look(store, await _so_far(session, ask, store))
    except AgreementProblem as problem:
        view = _ended(problem)
    await ask.update(str(ask.view["id"]), view)


async def switch(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Switch renewal to what the window offered."""
    store_id, on = views.read_metadata(ask.view)
    deps = ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            store = await set_renewing(
                session,
                deps,
                workspace_id=ask.asker.workspace.id,
                store_id=store_id,
                actor=ask.asker.user,
                on=on,
            )
        view = notice(words.SETTINGS_TITLE, words.switched(store.name, on=on))
    except AgreementProblem as problem:
        view = _ended(problem)
    return await ack(response_action="update", view=view)


async def _so_far(session: AsyncSession, ask: Ask, store: StoreRow) -> int:
    since = ask.surface.now() - timedelta(days=views.DAYS)
    counted = await marks.counted(session, store.workspace_id, RENEWED, since=since)
    return counted.get(store.id, 0)


def _ended(problem: AgreementProblem) -> View:
    return notice(words.SETTINGS_TITLE, _ENDS[problem.code])
