"""A store's buffer and maximum: entered, looked at for what they change, saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View

from bot.slack import limits_words as words
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.inputs import whole_number
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import limits as views
from bot.slack.views.notice import notice
from bot.slack.words import TOO_LATE
from storage import stores
from sync.limits import LIMIT, Limits
from sync.store_limits import LimitsProblem, limits_of, plan_limits, set_limits

_ENDS = {"gone": words.GONE, "running": words.RUNNING}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the window, its preview, and the way back."""
    on_submit(app, surface, Call.LIMITS, "manager", preview)
    on_submit(app, surface, Call.LIMITS_SAVE, "manager", save)
    on_action(app, surface, Act.LIMITS_BACK, "manager", back)


async def begin(ask: Ask, store_id: int) -> None:
    """Open the window with what is set now."""
    if await ask.open(await _form(ask, store_id)) is None:
        await ask.tell(TOO_LATE)


async def chosen(ask: Ask, ack: AsyncAck, store_id: int) -> BoltResponse:
    """Go on with what is set now in the window that the store was chosen in."""
    return await ack(response_action="update", view=await _form(ask, store_id))


async def preview(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Show what the limits would change, or say under each field what to correct."""
    store_id, _, _ = views.read_metadata(ask.view)
    wanted, errors = read(ask.view["state"]["values"])
    if wanted is None:
        return await ack(response_action="errors", errors=errors)
    try:
        async with ask.surface.deps.database.transaction() as session:
            store, plan = await plan_limits(
                session, workspace_id=ask.asker.workspace.id, store_id=store_id, wanted=wanted
            )
    except LimitsProblem as problem:
        if problem.code == "same":
            same = {str(Field.BUFFER): words.SAME}
            return await ack(response_action="errors", errors=same)
        if problem.code == "beyond":
            beyond = {str(Field.MAXIMUM): words.beyond(problem.most)}
            return await ack(response_action="errors", errors=beyond)
        return await ack(response_action="update", view=_ended(problem))
    return await ack(response_action="update", view=views.confirm(store, wanted, plan))


async def back(ask: Ask) -> None:
    """Show the fields again, as they were filled in."""
    store_id, _, wanted = views.read_metadata(ask.view)
    await ask.update(str(ask.view["id"]), await _form(ask, store_id, wanted))


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Save after the ack: every number of the store is worked out anew."""
    waiting = f"limits-{uuid4()}"
    ask.surface.tasks.follow(_save(ask, waiting), tell_later(ask, waiting))
    view = notice(words.TITLE, words.SAVING, external_id=waiting)
    return await ack(response_action="update", view=view)


async def _save(ask: Ask, waiting: str) -> None:
    store_id, before, wanted = views.read_metadata(ask.view)
    deps, workspace = ask.surface.deps, ask.asker.workspace.id
    try:
        async with deps.database.transaction() as session:
            store = await set_limits(
                session,
                deps,
                workspace_id=workspace,
                store_id=store_id,
                actor=ask.asker.user,
                before=before,
                wanted=wanted,
            )
        text = words.saved(store.name, on=store.sync_status == "on")
        view = notice(words.SAVED, text)
    except LimitsProblem as problem:
        if problem.code == "changed":
            view = await _form(ask, store_id, problem=words.CHANGED)
        elif problem.code == "same":  # pressed twice, or somebody else was faster
            view = notice(words.SAVED, words.SAME)
        else:
            view = _ended(problem)
    await show_later(ask.surface, waiting, view)


def read(state: Mapping[str, Any]) -> tuple[Limits | None, dict[str, str]]:
    """Read the fields: the limits, or what to correct under which field."""
    typed, most_typed = _typed(state, Field.BUFFER), _typed(state, Field.MAXIMUM)
    buffer, most = whole_number(typed), whole_number(most_typed)
    errors: dict[str, str] = {}
    if buffer is None or buffer < 0:
        errors[str(Field.BUFFER)] = words.BAD_BUFFER
    elif buffer >= LIMIT:
        errors[str(Field.BUFFER)] = words.TOO_LARGE
    if most_typed and (most is None or most < 1):
        errors[str(Field.MAXIMUM)] = words.BAD_MAXIMUM
    elif most is not None and most >= LIMIT:
        errors[str(Field.MAXIMUM)] = words.TOO_LARGE
    return (None if errors or buffer is None else Limits(buffer, most)), errors


def _typed(state: Mapping[str, Any], field: Field) -> str:
    return str(((state.get(field) or {}).get(VALUE) or {}).get("value") or "").strip()


async def _form(ask: Ask, store_id: int, typed: Limits | None = None, *, problem: str = "") -> View:
    async with ask.surface.deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None or store.workspace_id != ask.asker.workspace.id or store.disconnected_at:
        return notice(words.TITLE, words.GONE)
    return views.form(store, typed or limits_of(store), problem=problem)


def _ended(problem: LimitsProblem) -> View:
    return notice(words.TITLE, _ENDS.get(problem.code, words.GONE))
