"""The slow parts of changing places: reading orders, planning, confirming."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import conversation
from bot.slack.asking import Ask
from connectors.errors import StoreError
from flows import relocate, stocking
from flows.facts import Facts
from storage import drafts
from storage.drafts import DraftRow
from storage.rows import StoreRow
from sync.plan import PlanProblem
from sync.relocation import Relocated, confirm_change
from sync.relocation_plan import make_change_plan, read_idle_orders
from sync.telling import tell


async def _orders(ask: Ask, row: DraftRow, known: Facts) -> Facts:
    """Read the store's newest orders, and count what waits at the places that are linked."""
    choices = relocate.mapped(conversation.draft_of(row), known.store)
    try:
        found = await read_idle_orders(ask.surface.deps, row.store_id, choices)
    except StoreError as error:
        return conversation.stuck(known, error)
    return replace(known, open_orders=found)


async def _planning(ask: Ask, row: DraftRow, known: Facts) -> Facts | None:
    """Work out the plan."""
    choices = relocate.chosen(conversation.draft_of(row), known.store)
    asked = (row.answers.get("open_orders") or {}).get("asked")
    try:
        async with ask.surface.deps.database.transaction() as session:
            made = await make_change_plan(
                session,
                ask.surface.deps,
                row.store_id,
                choices,
                datetime.fromisoformat(asked) if asked else None,
            )
    except PlanProblem as problem:
        return None if problem.code == "gone" else replace(known, problem=problem.code)
    return replace(known, plan=made)


async def _confirm(ask: Ask, row: DraftRow, known: Facts) -> Facts:
    """Do what the person confirmed; everybody else's draft for the store ends with it."""
    asker, deps = ask.asker, ask.surface.deps
    try:
        async with deps.database.transaction() as session:
            done = await confirm_change(
                session,
                deps,
                plan_id=UUID(row.answers["plan"]),
                actor=asker.user,
                workspace_id=asker.workspace.id,
                stock_items=stocking.agreed(conversation.draft_of(row), known),
            )
            if not isinstance(done, Relocated):
                return replace(known, plan=done, problem="changed")
            await drafts.close_of_store(session, row.store_id, relocate.FLOW, ask.surface.now())
            if not done.again:
                await _tell(session, ask, done.store)
    except PlanProblem as problem:
        return replace(known, problem=problem.code)
    return replace(known, confirmed=True)


async def _tell(session: AsyncSession, ask: Ask, store: StoreRow) -> None:
    """Let the channel know."""
    await tell(
        session,
        ask.surface.deps.queue,
        workspace_id=store.workspace_id,
        kind="store_changed",
        payload={"act": relocate.FLOW, "stores": [store.name], "actor": ask.asker.user},
        now=ask.surface.now(),
    )


Work = Callable[[Ask, DraftRow, Facts], Awaitable[Facts | None]]
WORK: Mapping[str, Work] = MappingProxyType(
    {"orders": _orders, "planning": _planning, "confirm": _confirm}
)
