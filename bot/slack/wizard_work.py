"""The slow parts of the wizard: reading orders, planning, confirming."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from uuid import UUID

from slack_sdk.models.views import View

from bot.slack import conversation, fba_work, relocation_work
from bot.slack.asking import Ask
from bot.slack.conversation import Late
from bot.slack.home import refresh
from bot.slack.late import show_done
from bot.slack.views import flow as views
from connectors.errors import StoreError
from flows import fulfilment, relocate, stocking, track_fba, turn_on
from flows.engine import Done, Draft, Result, ShowProgress
from flows.facts import Facts
from storage.drafts import DraftRow
from sync.open_orders import OpenOrders, read_open_orders
from sync.plan import (
    Confirmed,
    PlanProblem,
    confirm_plan,
    make_plan,
)

ROUNDS = 10  # of work in a row; three are the longest way, a changing store may add some

Show = Callable[[View], Awaitable[object]]


async def do_work(ask: Ask, draft_id: UUID, show: Show) -> None:
    """Work until the draft stands on something that can be shown, and show it.

    Whoever clicked twice waits here and is shown the same result.
    """
    async with ask.surface.deps.database.exclusive(f"draft {draft_id}"):
        draft, result = await _work(ask, draft_id)
    view = views.render(draft, result)
    if isinstance(result, Done):
        await show_done(ask, show(view))
        await refresh(ask.surface, ask.asker.workspace, ask.asker.user)
    else:
        await show(view)


async def _work(ask: Ask, draft_id: UUID) -> tuple[Draft, Result]:
    for _ in range(ROUNDS):
        async with ask.surface.deps.database.transaction() as session:
            row = await conversation.load(session, ask, draft_id)
            known = await conversation.facts(session, ask, row)
            draft, result = await conversation.take(session, ask, row, known, None)
        if not isinstance(result, ShowProgress):
            return draft, result
        brought = known and await _WORK[row.flow][result.work](ask, row, known)
        ended = await _bring(ask, row, brought)
        if ended is not None:
            return ended
    raise RuntimeError(f"the wizard's work did not come to an end in {ROUNDS} rounds")


async def _bring(ask: Ask, row: DraftRow, brought: Facts | None) -> tuple[Draft, Result] | None:
    """Hand in what the work brought; what is to be shown, once there is something."""
    try:
        async with ask.surface.deps.database.transaction() as session:
            draft, result = await conversation.take(session, ask, row, brought, None)
    except Late:  # taken on from another window: look where it stands now
        return None
    return None if isinstance(result, ShowProgress) else (draft, result)


async def _orders(ask: Ask, row: DraftRow, known: Facts) -> Facts:
    """Ask the store for its open orders."""
    try:
        found = await read_open_orders(ask.surface.deps, row.store_id)
    except StoreError as error:
        return conversation.stuck(known, error)
    return replace(known, open_orders=found)


async def _planning(ask: Ask, row: DraftRow, known: Facts) -> Facts | None:
    """Work out the plan."""
    choices = turn_on.chosen(conversation.draft_of(row), known.store)
    open_orders = OpenOrders(**row.answers["open_orders"])
    try:
        async with ask.surface.deps.database.transaction() as session:
            made = await make_plan(session, ask.surface.deps, row.store_id, choices, open_orders)
    except PlanProblem:
        return None
    return replace(known, plan=made)


async def _confirm(ask: Ask, row: DraftRow, known: Facts) -> Facts:
    """Start what the person confirmed; everybody else's draft for the store ends with it."""
    draft = conversation.draft_of(row)
    if fulfilment.way(draft, known.store) == "platform":
        return await fba_work.start(ask, row, known)
    asker, deps = ask.asker, ask.surface.deps
    plan_id = UUID(row.answers["plan"])
    try:
        async with deps.database.transaction() as session:
            done = await confirm_plan(
                session,
                deps,
                plan_id=plan_id,
                actor=asker.user,
                channel=asker.workspace.alert_channel or asker.user,
                workspace_id=asker.workspace.id,
                stock_items=stocking.agreed(draft, known),
                marketplaces=fulfilment.followed(draft, known.store),
            )
            if not isinstance(done, Confirmed):
                return replace(known, plan=done, problem="changed")
            detail = {"plan": str(plan_id), "turn_on": done.turn_on_id}
            await conversation.turned_on(session, ask, row, known, detail)
    except PlanProblem as problem:
        return replace(known, problem=problem.code)
    return replace(known, confirmed=True)


_WORK: Mapping[str, Mapping[str, relocation_work.Work]] = {
    turn_on.FLOW: {
        "orders": _orders,
        "planning": _planning,
        "marketplaces": fba_work.marketplaces,
        "confirm": _confirm,
    },
    relocate.FLOW: relocation_work.WORK,
    track_fba.FLOW: fba_work.WORK,
}
