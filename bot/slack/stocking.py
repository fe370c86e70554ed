"""Items that are not stocked at a location: agreed to in a store's settings, or taken back."""

from __future__ import annotations

from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View

from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import Act, Call
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import stocking as views
from bot.slack.views.notice import notice
from flows import stocking_words as words
from sync.stocking import StockingProblem, agree, look, take_back

_ENDS = {"gone": words.GONE, "running": words.RUNNING, "off": words.OFF}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the button in a store's settings, and both answers in the window."""
    on_action(app, surface, Act.STOCKING, "manager", pressed)
    on_submit(app, surface, Call.STOCKING_ALLOW, "manager", allow)
    on_submit(app, surface, Call.STOCKING_STOP, "manager", stop)


async def pressed(ask: Ask) -> None:
    """Go on in the window of the settings with what is not stocked."""
    await ask.update(str(ask.view["id"]), await _window(ask, int(ask.value)))


async def allow(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Agree after the ack: what is to be stocked is looked for in the whole store."""
    waiting = f"stocking-{uuid4()}"
    ask.surface.tasks.follow(_allow(ask, waiting), tell_later(ask, waiting))
    view = notice(words.SETTINGS_TITLE, words.SAVING, external_id=waiting)
    return await ack(response_action="update", view=view)


async def _allow(ask: Ask, waiting: str) -> None:
    store_id, seen = views.read_metadata(ask.view)
    deps = ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            store = await agree(
                session,
                deps,
                workspace_id=ask.asker.workspace.id,
                store_id=store_id,
                actor=ask.asker.user,
                seen=seen,
            )
        text = words.allowed(store.name, paused=store.sync_status == "paused")
        view = notice(words.SETTINGS_TITLE, text)
    except StockingProblem as problem:
        if problem.code == "changed":
            view = await _window(ask, store_id, problem=words.CHANGED)
        else:
            view = notice(words.SETTINGS_TITLE, _ENDS[problem.code])
    await show_later(ask.surface, waiting, view)


async def stop(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Take back what was agreed."""
    store_id, _ = views.read_metadata(ask.view)
    deps = ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            store = await take_back(
                session,
                deps,
                workspace_id=ask.asker.workspace.id,
                store_id=store_id,
                actor=ask.asker.user,
            )
        view = notice(words.SETTINGS_TITLE, words.stopped(store.name))
    except StockingProblem as problem:
        view = notice(words.SETTINGS_TITLE, _ENDS[problem.code])
    return await ack(response_action="update", view=view)


async def _window(ask: Ask, store_id: int, *, problem: str = "") -> View:
    try:
        async with ask.surface.deps.database.transaction() as session:
            store, found = await look(session, ask.asker.workspace.id, store_id)
    except StockingProblem as ended:
        return notice(words.SETTINGS_TITLE, _ENDS[ended.code])
    return views.look(store, found, problem=problem)
