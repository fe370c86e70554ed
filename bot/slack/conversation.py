"""A draft between the database and its flow: loaded, taken one step on, saved, closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import words
from bot.slack.asking import Ask
from bot.slack.context import Refused
from bot.slack.views.flow import read_metadata
from connectors.errors import NeedsReconnect, StoreError
from flows import relocate, track_fba, turn_on
from flows.engine import Aborted, Answers, Done, Draft, Result, ShowForm
from flows.facts import Facts, NotLoaded, Problem, Store
from storage import audit, drafts
from storage.drafts import DraftRow
from sync.plan import load_plan
from sync.turn_on_facts import COUNTED, turn_on_facts


class Flow(Protocol):
    """One conversation about a store, as its module in `flows` is."""

    FLOW: str
    FIRST: str

    def step(
        self, draft: Draft, facts: Facts | None, answers: Answers | None
    ) -> tuple[Draft, Result]: ...
    def ended(self, facts: Facts | None) -> Result: ...
    def resumed(self, draft: Draft) -> str: ...


FLOWS = MappingProxyType[str, Flow](
    {turn_on.FLOW: turn_on, relocate.FLOW: relocate, track_fba.FLOW: track_fba}
)


class _Sparse:
    """A store's facts of which some were left out."""

    def __init__(self, held: Store, without: Collection[str]) -> None:
        self._held = held
        self._without = without

    def __getattr__(self, name: str) -> Any:
        if name in self._without:
            raise NotLoaded(name)
        return getattr(self._held, name)


class Late(Exception):
    """Somebody took the step before: the draft is no longer what it was."""


async def start(session: AsyncSession, ask: Ask, flow: Flow, store_id: int) -> DraftRow:
    """Return the person's draft of a flow for a store, new or where it goes on."""
    now = ask.surface.now()
    row = await drafts.begin(
        session,
        workspace_id=ask.asker.workspace.id,
        slack_user=ask.asker.user,
        store_id=store_id,
        flow=flow.FLOW,
        step=flow.FIRST,
        now=now,
    )
    step = flow.resumed(draft_of(row))
    if step != row.step:
        moved = await drafts.save(
            session, row.id, revision=row.revision, step=step, answers=row.answers, now=now
        )
        return moved or row
    return row


async def shown(session: AsyncSession, ask: Ask) -> tuple[DraftRow, bool]:
    """Load the draft that the view in hand shows, and whether it shows its newest state."""
    draft_id, revision = read_metadata(ask.view)
    row = await load(session, ask, draft_id)
    return row, row.revision == revision


async def load(session: AsyncSession, ask: Ask, draft_id: UUID) -> DraftRow:
    """Load the person's own draft, open or closed. Raises Refused for anybody else's."""
    row = await drafts.load(session, ask.asker.workspace.id, ask.asker.user, draft_id)
    if row is None:
        raise Refused(words.NOT_YOURS)
    return row


async def facts(
    session: AsyncSession, ask: Ask, row: DraftRow, *, without: Collection[str] = ()
) -> Facts | None:
    """Gather what the flow needs; None when the store is gone.

    A flow that asks for one `without` which they were gathered raises NotLoaded.
    """
    found = await turn_on_facts(
        session, row.workspace_id, row.store_id, ask.surface.now(), without=without
    )
    if found is None:
        return None
    store = cast("Store", _Sparse(found, without)) if without else found
    plan_id = row.answers.get("plan")
    plan = await load_plan(session, row.workspace_id, UUID(plan_id)) if plan_id else None
    return Facts(store=store, plan=plan)


def stuck(known: Facts, error: StoreError) -> Facts:
    """Say what kept a store from telling what a step needs."""
    problem: Problem = "reconnect" if isinstance(error, NeedsReconnect) else "store"
    return replace(known, problem=problem, said=error.said or str(error))


async def turned_on(
    session: AsyncSession, ask: Ask, row: DraftRow, known: Facts, detail: Mapping[str, Any]
) -> None:
    """Note that somebody began to turn sync on; everybody's drafts for the store end with it."""
    workspace, now = ask.asker.workspace.id, ask.surface.now()
    await audit.record(
        session,
        workspace,
        ask.asker.user,
        "store.turn_on",
        now,
        subject=known.store.store_name,
        detail=detail,
    )
    for flow in FLOWS:
        await drafts.close_of_store(session, row.store_id, flow, now)


async def take_on_demand(
    session: AsyncSession, ask: Ask, row: DraftRow, answers: Answers | None
) -> tuple[Draft, Result]:
    """Take a step with as few facts as it shows: somebody waits for the ack. Raises Late."""
    without = COUNTED
    while True:
        known = await facts(session, ask, row, without=without)
        try:
            return await take(session, ask, row, known, answers)
        except NotLoaded as missing:
            without -= {missing.what}


async def take(
    session: AsyncSession,
    ask: Ask,
    row: DraftRow,
    known: Facts | None,
    answers: Answers | None,
) -> tuple[Draft, Result]:
    """Take a step and keep what became of the draft. Raises Late.

    Answers that need correcting are not kept yet: their view stays open as it is.
    """
    if row.closed_at is not None:
        return draft_of(row), FLOWS[row.flow].ended(known)
    draft, result = FLOWS[row.flow].step(draft_of(row), known, answers)
    now = ask.surface.now()
    if isinstance(result, (Done, Aborted)):
        await drafts.close(session, row.id, now)
    elif not (only_fields(result) or unchanged(row, draft)):
        saved = await drafts.save(
            session, row.id, revision=row.revision, step=draft.step, answers=draft.answers, now=now
        )
        if saved is None:
            raise Late
        draft = replace(draft, revision=saved.revision)
    return draft, result


def only_fields(result: Result) -> bool:
    """Say whether all that is wrong can be told under the fields it is about."""
    return isinstance(result, ShowForm) and bool(result.errors) and "" not in result.errors


def unchanged(row: DraftRow, draft: Draft) -> bool:
    return (draft.step, dict(draft.answers)) == (row.step, row.answers)


def draft_of(row: DraftRow) -> Draft:
    return Draft(row.id, row.store_id, row.step, row.answers, row.revision)
