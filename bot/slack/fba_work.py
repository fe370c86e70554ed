"""The slow parts of following FBA: asking where an account sells, starting, changing where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.slack import conversation
from bot.slack.asking import Ask
from connectors.errors import StoreError
from flows import fulfilment, track_fba
from flows.facts import Facts
from storage import drafts
from storage.drafts import DraftRow
from sync import turning_on_fba
from sync.plan import PlanProblem
from sync.tracking import read_marketplaces


async def marketplaces(ask: Ask, row: DraftRow, known: Facts) -> Facts | None:
    """Learn where the account sells."""
    try:
        await read_marketplaces(ask.surface.deps, row.store_id)
    except StoreError as error:
        return conversation.stuck(known, error)
    found = await _again(ask, row)
    return found and replace(found, marketplaces_read=True)


async def start(ask: Ask, row: DraftRow, known: Facts) -> Facts:
    """Begin to follow FBA and nothing else; everybody's draft for the store ends with it."""
    asker, deps = ask.asker, ask.surface.deps
    chosen = fulfilment.followed(conversation.draft_of(row), known.store)
    try:
        async with deps.database.transaction() as session:
            run = await turning_on_fba.start(
                session,
                deps,
                workspace_id=asker.workspace.id,
                store_id=row.store_id,
                marketplaces=chosen,
                actor=asker.user,
                channel=asker.workspace.alert_channel or asker.user,
            )
            detail = {"marketplaces": list(chosen), "turn_on": run}
            await conversation.turned_on(session, ask, row, known, detail)
    except PlanProblem as problem:
        return replace(known, problem=problem.code)
    return replace(known, confirmed=True)


async def _change(ask: Ask, row: DraftRow, known: Facts) -> Facts | None:
    """Follow FBA where the person chose; everybody else's draft about that ends with it."""
    asker, deps = ask.asker, ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            await turning_on_fba.change(
                session,
                deps,
                workspace_id=asker.workspace.id,
                store_id=row.store_id,
                marketplaces=track_fba.chosen(conversation.draft_of(row), known),
                actor=asker.user,
            )
            await drafts.close_of_store(session, row.store_id, row.flow, ask.surface.now())
    except PlanProblem as problem:
        return replace(known, problem=problem.code)
    found = await _again(ask, row)
    return found and replace(found, confirmed=True)


async def _again(ask: Ask, row: DraftRow) -> Facts | None:
    async with ask.surface.deps.database.transaction() as session:
        return await conversation.facts(session, ask, row)


Work = Callable[[Ask, DraftRow, Facts], Awaitable[Facts | None]]
WORK: Mapping[str, Work] = MappingProxyType({"marketplaces": marketplaces, "confirm": _change})
