"""A store's routine: looked at and set in its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View

from bot.slack import routine_words as words
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.surface import Surface
from bot.slack.views import routine as views
from bot.slack.views.notice import notice
from sync.routine import Routine, RoutineProblem, look, routine_of, set_routine


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the button in a store's settings, and the window behind it."""
    on_action(app, surface, Act.ROUTINE, "manager", pressed)
    on_submit(app, surface, Call.ROUTINE, "manager", save)


async def pressed(ask: Ask) -> None:
    """Go on in the window of the settings with the routine."""
    await ask.update(str(ask.view["id"]), await _form(ask, int(ask.value)))


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Save what was chosen, or say what to correct."""
    store_id, before = views.read_metadata(ask.view)
    wanted = _read(ask.view["state"]["values"])
    deps = ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            store = await set_routine(
                session,
                deps,
                workspace_id=ask.asker.workspace.id,
                store_id=store_id,
                actor=ask.asker.user,
                before=before,
                wanted=wanted,
            )
    except RoutineProblem as problem:
        if problem.code == "often":
            often = {str(Field.ORDERS): words.often(problem.least)}
            return await ack(response_action="errors", errors=often)
        view = await _form(ask, store_id, problem=words.CHANGED)
        return await ack(response_action="update", view=view)
    text = words.saved(store.name, wanted.orders, asks=wanted.on_drift == "ask")
    return await ack(response_action="update", view=notice(words.SAVED, text))


async def _form(ask: Ask, store_id: int, *, problem: str = "") -> View:
    try:
        async with ask.surface.deps.database.transaction() as session:
            store = await look(session, ask.asker.workspace.id, store_id)
    except RoutineProblem:
        return notice(words.TITLE, words.GONE)
    return views.form(store, routine_of(store), problem=problem)


def _read(state: Mapping[str, Any]) -> Routine:
    def chosen(field: Field) -> str:
        return str(state[field][VALUE]["selected_option"]["value"])

    return Routine(
        orders=int(chosen(Field.ORDERS)),
        products=int(chosen(Field.PRODUCTS)),
        read_back=int(chosen(Field.READ_BACK)),
        on_drift="put_back" if chosen(Field.ON_DRIFT) == "put_back" else "ask",
        breaker=int(chosen(Field.BREAKER)),
    )
