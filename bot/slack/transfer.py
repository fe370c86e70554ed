"""`/stock transfer SKU`: units from one warehouse to another, looked at before they move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.views import View

from bot.slack import transfer_words as words
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import Act, Call, Field
from bot.slack.inputs import picked, typed, whole_number
from bot.slack.surface import Surface
from bot.slack.views import transfer as views
from bot.slack.views.notice import notice
from bot.slack.words import GIVE_REASON, PICK_WAREHOUSE, TOO_LATE
from sync.limits import LIMIT
from sync.show import ProductView, list_warehouses, load_product
from sync.transfer import Transfer, TransferProblem, plan_transfer, transfer

_PROBLEMS: Mapping[str, tuple[Field, str]] = {
    "gone": (Field.SOURCE, words.GONE),
    "same": (Field.GOAL, words.SAME),
    "uncounted": (Field.SOURCE, words.UNCOUNTED),
    "too_large": (Field.NUMBER, words.TOO_LARGE),
    "unknown_product": (Field.NUMBER, words.GONE_PRODUCT),
}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the window, its plan, and the way back."""
    on_submit(app, surface, Call.TRANSFER, "operator", preview)
    on_submit(app, surface, Call.TRANSFER_BOOK, "operator", book)
    on_action(app, surface, Act.TRANSFER_BACK, "operator", back)


async def begin(ask: Ask, product: ProductView) -> None:
    """Open the window for one product."""
    async with ask.surface.deps.database.transaction() as session:
        houses = await list_warehouses(session, ask.asker.workspace.id)
    if len(houses) < 2:
        await ask.tell(words.ONE_WAREHOUSE)
    elif await ask.open(views.form(product, houses)) is None:
        await ask.tell(TOO_LATE)


async def preview(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Show what would move, or say under each field what to correct."""
    wanted, reason, errors = read(ask.view["state"]["values"], views.product_of(ask.view))
    if wanted is None:
        return await ack(response_action="errors", errors=errors)
    try:
        async with ask.surface.deps.database.transaction() as session:
            plan = await plan_transfer(session, workspace_id=ask.asker.workspace.id, wanted=wanted)
    except TransferProblem as problem:
        field, text = _told(problem)
        return await ack(response_action="errors", errors={str(field): text})
    return await ack(response_action="update", view=views.confirm(wanted, reason, plan))


async def book(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Move the units; where they can no longer go, say so over the fields as they were."""
    wanted, reason = views.wanted_of(ask.view)
    key = f"{ask.asker.workspace.team_id}:{ask.view['id']}"  # one window is one act
    try:
        async with ask.surface.deps.database.transaction() as session:
            done = await transfer(
                session,
                ask.surface.deps,
                workspace_id=ask.asker.workspace.id,
                wanted=wanted,
                actor=ask.asker.user,
                note=reason,
                key=key,
            )
    except TransferProblem as problem:
        view = await _form(ask, problem=_told(problem)[1])
        return await ack(response_action="update", view=view)
    view = notice(words.MOVED, words.MOVED_BEFORE) if done is None else views.moved(done)
    return await ack(response_action="update", view=view)


async def back(ask: Ask) -> None:
    """Show the fields again, as they were filled in."""
    await ask.update(str(ask.view["id"]), await _form(ask))


async def _form(ask: Ask, *, problem: str = "") -> View:
    wanted, reason = views.wanted_of(ask.view)
    async with ask.surface.deps.database.transaction() as session:
        product = await load_product(session, ask.asker.workspace.id, wanted.product_id)
        houses = await list_warehouses(session, ask.asker.workspace.id)
    if product is None:
        return notice(words.TITLE, words.GONE_PRODUCT)
    return views.form(product, houses, entered=wanted, reason=reason, problem=problem)


def read(state: Mapping[str, Any], product_id: int) -> tuple[Transfer | None, str, dict[str, str]]:
    """Read the fields: the transfer and its reason, or what to correct under which field."""
    source, goal = picked(state, Field.SOURCE), picked(state, Field.GOAL)
    units, reason = whole_number(typed(state, Field.NUMBER)), typed(state, Field.REASON)
    errors: dict[str, str] = {}
    for field, house in ((Field.SOURCE, source), (Field.GOAL, goal)):
        if not house.isdecimal():
            errors[field] = PICK_WAREHOUSE
    if source and source == goal:
        errors[Field.GOAL] = words.SAME
    if units is None or units < 1:
        errors[Field.NUMBER] = words.BAD_NUMBER
    elif units >= LIMIT:
        errors[Field.NUMBER] = words.TOO_LARGE
    if not reason:
        errors[Field.REASON] = GIVE_REASON
    if errors or units is None:
        return None, reason, errors
    return Transfer(product_id, int(source), int(goal), units), reason, {}


def _told(problem: TransferProblem) -> tuple[Field, str]:
    if problem.code == "too_much":
        return Field.NUMBER, words.too_much(problem.available)
    return _PROBLEMS[problem.code]
