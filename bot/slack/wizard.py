"""The wizards of a store: opened, answered, gone back in, searched in, taken up again."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option
from slack_sdk.models.views import View

from bot.slack import conversation, words
from bot.slack.asking import Ask, on_action, on_search, on_submit
from bot.slack.conversation import Late
from bot.slack.files import send_file
from bot.slack.ids import Act, Call
from bot.slack.late import show_later, tell_in, tell_later
from bot.slack.surface import Surface
from bot.slack.views import flow as views
from bot.slack.views.kit import found_options
from bot.slack.wizard_work import do_work
from flows import relocate, track_fba, turn_on
from flows.engine import BACK, Answers, Draft, Result, ShowForm, ShowProgress
from sync.plan import plan_csv


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer everything that can be done in the wizard, and the button that opens it."""
    on_submit(app, surface, Call.WIZARD, "manager", submitted)
    on_action(app, surface, Act.WIZARD_BACK, "manager", back)
    on_action(app, surface, Act.TURN_ON, "manager", pressed)
    on_action(app, surface, Act.CHANGE_PLACES, "manager", change_pressed)
    on_action(app, surface, Act.FOLLOW_FBA, "manager", follow_pressed)
    on_action(app, surface, Act.WIZARD_FILE, "manager", send_plan)
    on_search(app, surface, Act.ANSWER_SEARCH, "manager", search)


async def pressed(ask: Ask) -> None:
    await begin(ask, int(ask.value))


async def change_pressed(ask: Ask) -> None:
    await change_places(ask, int(ask.value))


async def follow_pressed(ask: Ask) -> None:
    await follow_fba(ask, int(ask.value))


async def begin(ask: Ask, store_id: int) -> None:
    """Open the wizard that turns a store's sync on."""
    await _begin(ask, turn_on, store_id)


async def chosen(ask: Ask, ack: AsyncAck, store_id: int) -> BoltResponse:
    """Go on with the wizard that turns sync on in the window that the store was chosen in."""
    draft, result = await _started(ask, turn_on, store_id)
    return await _show_by_ack(ask, ack, draft, result)


async def change_places(ask: Ask, store_id: int) -> None:
    """Open the wizard that changes a store's locations or warehouses."""
    await _begin(ask, relocate, store_id)


async def follow_fba(ask: Ask, store_id: int) -> None:
    """Open the wizard that changes where a store's FBA stock is followed."""
    await _begin(ask, track_fba, store_id)


async def _begin(ask: Ask, flow: conversation.Flow, store_id: int) -> None:
    """Open a flow where it was left, or at its beginning; from a window in that window."""
    draft, result = await _started(ask, flow, store_id)
    view_id = await _show(ask, views.render(draft, result))
    if view_id is None:
        await ask.tell(words.TOO_LATE)
    elif isinstance(result, ShowProgress):
        _work_in(ask, draft, view_id)


async def _started(ask: Ask, flow: conversation.Flow, store_id: int) -> tuple[Draft, Result]:
    async with ask.surface.deps.database.at_once() as session:
        row = await conversation.start(session, ask, flow, store_id)
        return await conversation.take_on_demand(session, ask, row, None)


def _work_in(ask: Ask, draft: Draft, view_id: str) -> None:
    """Do what the open window waits for, and show there what came of it."""
    show = partial(ask.update, view_id)
    ask.surface.tasks.follow(do_work(ask, draft.id, show), tell_in(ask, view_id))


async def _show(ask: Ask, view: View) -> str | None:
    """Open a window, or go on in the one that was pressed in; its id."""
    held = ask.body.get("view") or {}
    if held.get("type") != "modal":
        return await ask.open(view)
    await ask.update(str(held["id"]), view)
    return str(held["id"])


async def submitted(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Take the step that was answered; a view of an older state is shown the current one."""
    draft, result = await _answered(ask, views.read_answers(ask.view))
    if isinstance(result, ShowForm) and conversation.only_fields(result):
        errors = {views.block_id(draft, key): text for key, text in result.errors.items()}
        return await ack(response_action="errors", errors=errors)
    return await _show_by_ack(ask, ack, draft, result)


async def _show_by_ack(ask: Ask, ack: AsyncAck, draft: Draft, result: Result) -> BoltResponse:
    """Show a result as the answer to a submitted view; what takes long is shown there later."""
    waiting = f"wizard-{uuid4()}"
    if isinstance(result, ShowProgress):
        show = partial(show_later, ask.surface, waiting)
        ask.surface.tasks.follow(do_work(ask, draft.id, show), tell_later(ask, waiting))
    view = views.render(draft, result, external_id=waiting)
    return await ack(response_action="update", view=view)


async def back(ask: Ask) -> None:
    """Go one step back and keep what was entered, finished or not."""
    draft, result = await _answered(ask, {**views.read_answers(ask.view), BACK: ""})
    view_id = str(ask.view["id"])
    await ask.update(view_id, views.render(draft, result))
    if isinstance(result, ShowProgress):
        _work_in(ask, draft, view_id)


async def search(ask: Ask) -> list[Option]:
    """Find options of a question that has too many to be listed."""
    async with ask.surface.deps.database.transaction() as session:
        row, _ = await conversation.shown(session, ask)
        facts = await conversation.facts(session, ask, row)
    flow = conversation.FLOWS[row.flow]
    _, result = flow.step(conversation.draft_of(row), facts, None)
    asked = result.questions() if isinstance(result, ShowForm) else ()
    key = views.field_key(str(ask.body["block_id"]))
    groups = next((views.groups_of(one) for one in asked if one.key == key), [])
    return found_options(groups, ask.searched)


async def send_plan(ask: Ask) -> None:
    """Send the whole plan as a file, to the person alone."""
    async with ask.surface.deps.database.transaction() as session:
        row, _ = await conversation.shown(session, ask)
        facts = await conversation.facts(session, ask, row)
        if facts is None or facts.plan is None:
            await ask.tell(words.NO_PLAN)
            return
        content = await plan_csv(session, facts.plan.id)
    text = words.plan_file(facts.store.store_name)
    await send_file(ask, content, f"plan-{facts.plan.id}.csv", text)


async def _answered(ask: Ask, answers: Answers) -> tuple[Draft, Result]:
    """Take a step with the answers, or look where the draft stands when they came late."""
    try:
        return await _step(ask, answers)
    except Late:
        return await _step(ask, None)


async def _step(ask: Ask, answers: Answers | None) -> tuple[Draft, Result]:
    async with ask.surface.deps.database.at_once() as session:
        row, current = await conversation.shown(session, ask)
        return await conversation.take_on_demand(session, ask, row, answers if current else None)
