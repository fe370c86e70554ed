"""`/stock undo`: what people did to stock, and taking one of it back after its plan."""

from __future__ import annotations

from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View

from bot.slack import undo_words as words
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import Act, Call
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import undo as views
from bot.slack.views.notice import notice
from bot.slack.words import TOO_LATE
from storage import undo
from sync.undo import UndoProblem, plan_undo, undo_act


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the list's buttons, and the window of one act."""
    for act in (Act.UNDO_NEWER, Act.UNDO_OLDER):
        on_action(app, surface, act, "manager", turn_page)
    on_action(app, surface, Act.UNDO_LOOK, "manager", look)
    on_submit(app, surface, Call.UNDO, "manager", take_back)


async def tell(ask: Ask) -> None:
    """Answer with the newest page."""
    text, blocks = await _page(ask, 0)
    await ask.tell(text, blocks or None)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    await ask.retell(*await _page(ask, int(ask.value)))


async def look(ask: Ask) -> None:
    """Open the plan of undoing one act."""
    try:
        async with ask.surface.deps.database.transaction() as session:
            plan = await plan_undo(session, ask.asker.workspace.id, int(ask.value))
    except UndoProblem as problem:
        await ask.tell(words.PROBLEMS[problem.code])
        return
    if await ask.open(views.confirm(plan)) is None:
        await ask.tell(TOO_LATE)


async def take_back(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Undo after the ack: a copy of a large store takes its time."""
    waiting = f"undo-{uuid4()}"
    ask.surface.tasks.follow(_take_back(ask, waiting), tell_later(ask, waiting))
    view = notice(words.TITLE, words.SAVING, external_id=waiting)
    return await ack(response_action="update", view=view)


async def _take_back(ask: Ask, waiting: str) -> None:
    act_id, seal = views.read_metadata(ask.view)
    deps, workspace = ask.surface.deps, ask.asker.workspace.id
    try:
        async with deps.database.transaction() as session:
            done = await undo_act(
                session,
                deps,
                workspace_id=workspace,
                act_id=act_id,
                actor=ask.asker.user,
                seal=seal,
            )
        view = views.undone(done)
    except UndoProblem as problem:
        view = await _again(ask, act_id, problem)
    await show_later(ask.surface, waiting, view)


async def _again(ask: Ask, act_id: int, problem: UndoProblem) -> View:
    """Show the plan as it is now, or why there is none."""
    if problem.code == "changed":
        try:
            async with ask.surface.deps.database.transaction() as session:
                plan = await plan_undo(session, ask.asker.workspace.id, act_id)
            return views.confirm(plan, problem=words.CHANGED)
        except UndoProblem as newer:
            problem = newer
    return notice(words.TITLE, words.PROBLEMS[problem.code])


async def _page(ask: Ask, number: int) -> views.Answer:
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.at_once() as session:
        total = await undo.count(session, workspace)
        number = max(0, min(number, views.pages_of(total) - 1))
        acts = await undo.acts(session, workspace, limit=views.PAGE, offset=number * views.PAGE)
    return views.page(acts, total, number) if total else (words.NOTHING, [])
