"""Adjusting stock: what was typed is checked here, so that nothing is lost to an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import words
from bot.slack.asking import Ask, on_search, on_submit
from bot.slack.ids import Act, Call, Field
from bot.slack.inputs import picked, typed, whole_number
from bot.slack.surface import Surface
from bot.slack.views import adjust as views
from bot.slack.views.kit import found_options
from storage import audit, facts
from storage.warehouses import WarehouseRow
from sync.adjust import Adjusted, AdjustProblem, change_by, counted, received
from sync.limits import LIMIT
from sync.show import ProductView, list_warehouses

_PROBLEMS: dict[str, tuple[Field, str]] = {
    "too_large": (Field.NUMBER, words.TOO_LARGE),
    "negative": (Field.NUMBER, words.NEGATIVE_COUNT),
    "unknown_warehouse": (Field.WAREHOUSE, words.GONE_WAREHOUSE),
    "read_only": (Field.WAREHOUSE, words.READ_ONLY_WAREHOUSE),
    "unknown_product": (Field.WAREHOUSE, words.GONE_PRODUCT),
}

# What books an entry, and under which name it takes the units.
_BOOKED_AS: Mapping[str, tuple[Callable[..., Awaitable[Adjusted]], str]] = {
    words.CHANGE[0]: (change_by, "units"),
    words.COUNT[0]: (counted, "on_hand"),
    words.RECEIVED[0]: (received, "units"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered, well formed."""

    warehouse_id: int
    how: str  # what the units are: a change, a count of the shelf, or what arrived
    units: int
    reason: str


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the adjust window and its search for a warehouse."""
    on_submit(app, surface, Call.ADJUST, "operator", save)
    on_search(app, surface, Act.WAREHOUSE_SEARCH, "operator", search)


async def search(ask: Ask) -> list[Option]:
    """Find warehouses, of more than a menu takes."""
    async with ask.surface.deps.database.transaction() as session:
        houses = await list_warehouses(session, ask.asker.workspace.id)
    return found_options([("", views.warehouse_options(houses))], ask.searched)


async def begin(ask: Ask, product: ProductView) -> None:
    """Open the window for one product."""
    async with ask.surface.deps.database.transaction() as session:
        houses = await list_warehouses(session, ask.asker.workspace.id)
    if not houses:
        await ask.tell(words.NO_WAREHOUSE)
    elif await ask.open(views.adjust(product, houses)) is None:
        await ask.tell(words.TOO_LATE)


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Book the adjustment, or say under each field what to correct."""
    entry, errors = read(ask.view["state"]["values"])
    if entry is None:
        return await ack(response_action="errors", errors=errors)
    try:
        async with ask.surface.deps.database.transaction() as session:
            done = await _book(ask, session, entry)
            product = await facts.product_by_id(
                session, ask.asker.workspace.id, views.product_of(ask.view)
            )
            houses = await list_warehouses(session, ask.asker.workspace.id)
    except AdjustProblem as problem:
        field, text = _PROBLEMS[problem.code]
        return await ack(response_action="errors", errors={field: text})
    sku = product.sku if product else ""
    view = views.adjusted(sku, _name(houses, entry.warehouse_id), done)
    return await ack(response_action="update", view=view)


def read(state: Mapping[str, Any]) -> tuple[Entry | None, dict[str, str]]:
    """Read the window's fields: an entry, or what to correct under which field."""
    errors: dict[str, str] = {}
    house = picked(state, Field.WAREHOUSE)
    how = picked(state, Field.HOW)
    reason = typed(state, Field.REASON)
    if not house.isdecimal():
        errors[Field.WAREHOUSE] = words.PICK_WAREHOUSE
    if how not in _BOOKED_AS:
        errors[Field.HOW] = words.PICK_HOW
    if not reason:
        errors[Field.REASON] = words.GIVE_REASON
    units = whole_number(typed(state, Field.NUMBER))
    wrong = _wrong(units, how)
    if wrong:
        errors[Field.NUMBER] = wrong
    if errors or units is None:
        return None, errors
    return Entry(int(house), how, units, reason), {}


def _wrong(units: int | None, how: str) -> str | None:
    if units is None:
        return words.BAD_NUMBER
    if abs(units) > LIMIT:
        return words.TOO_LARGE
    if how == words.COUNT[0]:
        return words.NEGATIVE_COUNT if units < 0 else None
    if how == words.RECEIVED[0]:
        return words.NOTHING_RECEIVED if units < 1 else None
    return None if units else words.NO_CHANGE


async def _book(ask: Ask, session: AsyncSession, entry: Entry) -> Adjusted:
    asker, product = ask.asker, views.product_of(ask.view)
    key = f"{asker.workspace.team_id}:{ask.view['id']}"  # one window is one act, clicked or not
    shared: dict[str, Any] = {
        "workspace_id": asker.workspace.id,
        "product_id": product,
        "warehouse_id": entry.warehouse_id,
        "actor": asker.user,
        "note": entry.reason,
        "key": key,
    }
    deps = ask.surface.deps
    book, said = _BOOKED_AS[entry.how]
    done = await book(session, deps, **{said: entry.units}, **shared)
    await audit.record(
        session,
        asker.workspace.id,
        asker.user,
        "stock.adjust",
        ask.surface.now(),
        subject=str(product),
        detail={
            "warehouse": entry.warehouse_id,
            "why": entry.reason,
            "units": entry.units,
            "counted": entry.how == words.COUNT[0],
            "how": entry.how,
        },
        key=key,
    )
    return done


def _name(houses: list[WarehouseRow], warehouse_id: int) -> str:
    return next((house.name for house in houses if house.id == warehouse_id), "")
