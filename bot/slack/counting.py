"""`/stock count`: a list of SKUs, its plan, and the booking of it. Nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import files
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import Act, Call, Field
from bot.slack.inputs import pasted, picked, typed
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import counting as views
from bot.slack.views.notice import notice
from bot.slack.words import GIVE_REASON, NO_WAREHOUSE, PICK_WAREHOUSE, TOO_LATE
from flows import count_words as words
from storage import sheets
from storage.sheets import SheetRow
from sync.counting import CAUSES, CountPlan, SheetProblem, book_sheet, plan_csv, plan_sheet
from sync.sheet_lines import Sheet, SheetKind, read_sheet
from sync.show import list_warehouses

KEPT = timedelta(days=7)  # as long as somebody might come back to an open window


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the window, its plan, the way back, and the file."""
    on_submit(app, surface, Call.COUNT, "operator", preview)
    on_submit(app, surface, Call.COUNT_BOOK, "operator", book)
    on_action(app, surface, Act.COUNT_BACK, "operator", back)
    on_action(app, surface, Act.COUNT_FILE, "operator", send_file)


async def begin(ask: Ask) -> None:
    """Open the window."""
    async with ask.surface.deps.database.transaction() as session:
        houses = await list_warehouses(session, ask.asker.workspace.id)
    if not houses:
        await ask.tell(NO_WAREHOUSE)
    elif await ask.open(views.form(houses)) is None:
        await ask.tell(TOO_LATE)


async def preview(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Show what the list would do, or say under each field what to correct."""
    state, deps, workspace = ask.view["state"]["values"], ask.surface.deps, ask.asker.workspace.id
    text, reason = pasted(state, Field.LINES), typed(state, Field.REASON)
    kind, house = picked(state, Field.KIND), picked(state, Field.WAREHOUSE)
    sheet = read_sheet(text, _kind(kind))
    errors: dict[str, str] = {
        **({} if kind in CAUSES else {Field.KIND: words.PICK_KIND}),
        **({} if house.isdecimal() else {Field.WAREHOUSE: PICK_WAREHOUSE}),
        **({Field.LINES: words.faults(sheet.faults, _kind(kind))} if sheet.faults else {}),
        **({} if reason else {Field.REASON: GIVE_REASON}),
    }
    if errors:
        return await ack(response_action="errors", errors=errors)
    now = ask.surface.now()
    try:
        async with deps.database.transaction() as session:
            plan = await plan_sheet(
                session,
                deps,
                workspace_id=workspace,
                warehouse_id=int(house),
                kind=_kind(kind),
                sheet=sheet,
            )
            await sheets.forget(session, before=now - KEPT)
            sheet_id = await sheets.keep(
                session,
                workspace_id=workspace,
                slack_user=ask.asker.user,
                kind=plan.kind,
                warehouse_id=plan.warehouse_id,
                reason=reason,
                pasted=text,
                seen=plan.seen(),
                now=now,
            )
    except SheetProblem as problem:
        errors = (
            {Field.LINES: words.faults(problem.faults, _kind(kind))}
            if problem.faults
            else {Field.WAREHOUSE: words.GONE}
        )
        return await ack(response_action="errors", errors=errors)
    return await ack(response_action="update", view=views.confirm(sheet_id, plan))


async def back(ask: Ask) -> None:
    """Show the fields again, as they were filled in."""
    async with ask.surface.deps.database.transaction() as session:
        row = await _load(ask, session)
        houses = await list_warehouses(session, ask.asker.workspace.id)
    if row is None or row.change_set_id is not None or not houses:
        view = notice(words.TITLE, words.NO_SHEET)
    else:
        view = views.form(
            houses,
            kind=row.kind,
            warehouse_id=row.warehouse_id,
            pasted=row.pasted,
            reason=row.reason,
        )
    await ask.update(str(ask.view["id"]), view)


async def book(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Book after the ack: many numbers are worked out anew."""
    waiting = f"count-{uuid4()}"
    ask.surface.tasks.follow(_book(ask, waiting), tell_later(ask, waiting))
    view = notice(words.TITLE, words.BOOKING, external_id=waiting)
    return await ack(response_action="update", view=view)


async def _book(ask: Ask, waiting: str) -> None:
    try:
        view = await _booked(ask)
    except SheetProblem as problem:
        view = await _again(ask) if problem.code == "changed" else _ended(problem)
    await show_later(ask.surface, waiting, view)


async def _booked(ask: Ask) -> View:
    """Book the sheet, once however often it is confirmed. Raises SheetProblem."""
    deps, workspace = ask.surface.deps, ask.asker.workspace.id
    async with deps.database.transaction() as session:
        row = await _load(ask, session, lock=True)
        if row is None:
            return notice(words.TITLE, words.NO_SHEET)
        if row.change_set_id is not None:
            return notice(words.BOOKED, words.BOOKED_ALREADY)
        plan, change_set = await book_sheet(
            session,
            deps,
            workspace_id=workspace,
            warehouse_id=row.warehouse_id,
            kind=_kind(row.kind),
            sheet=_sheet(row),
            seen={int(product): units for product, units in row.seen.items()},
            actor=ask.asker.user,
            note=row.reason,
            key=str(row.id),
        )
        await sheets.note_booked(session, row.id, change_set)
    text = words.booked(plan.kind, plan.warehouse, len(plan.lines))
    return notice(words.BOOKED, text)


async def _again(ask: Ask) -> View:
    """Show the plan as it stands now, to be confirmed anew."""
    try:
        async with ask.surface.deps.database.transaction() as session:
            row = await _load(ask, session, lock=True)
            if row is None or row.change_set_id is not None:
                return notice(words.TITLE, words.NO_SHEET)
            plan = await _plan(ask, session, row)
            await sheets.note_seen(session, row.id, plan.seen())
    except SheetProblem as problem:
        return _ended(problem)
    return views.confirm(row.id, plan, problem=words.CHANGED)


async def send_file(ask: Ask) -> None:
    """Send the whole plan as a file, to the person alone."""
    async with ask.surface.deps.database.transaction() as session:
        row = await _load(ask, session)
        if row is None or row.change_set_id is not None:
            await ask.tell(words.NO_SHEET)
            return
        plan = await _plan(ask, session, row)
    text = words.file_text(plan.warehouse)
    await files.send_file(ask, plan_csv(plan), f"count-{row.id}.csv", text)


async def _load(ask: Ask, session: AsyncSession, *, lock: bool = False) -> SheetRow | None:
    return await sheets.load(
        session, ask.asker.workspace.id, ask.asker.user, views.sheet_of(ask.view), lock=lock
    )


async def _plan(ask: Ask, session: AsyncSession, row: SheetRow) -> CountPlan:
    return await plan_sheet(
        session,
        ask.surface.deps,
        workspace_id=ask.asker.workspace.id,
        warehouse_id=row.warehouse_id,
        kind=_kind(row.kind),
        sheet=_sheet(row),
    )


def _sheet(row: SheetRow) -> Sheet:
    return read_sheet(row.pasted, _kind(row.kind))


def _ended(problem: SheetProblem) -> View:
    said = words.faults(problem.faults, "count") if problem.faults else words.GONE
    return notice(words.TITLE, said)


def _kind(kind: str) -> SheetKind:
    """Read the kind that a field or row names; where none is picked, its lines are read as a count's."""
    return cast("SheetKind", kind) if kind in CAUSES else "count"
