"""`/stock stores`, `/stock warehouses` and `/stock export`: what there is, in pages or as a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt.app.async_app import AsyncApp

from bot.slack import list_words as words
from bot.slack.asking import Ask, on_action
from bot.slack.files import send_file
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import lists as views
from sync.show import list_every_warehouse, stock_csv
from sync.stores import list_stores


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages."""
    for act in (Act.LIST_PAGE, Act.LIST_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def tell(ask: Ask, what: str) -> None:
    """Answer with the first page of a list."""
    lines = await _LISTS[what](ask)
    if lines:
        await ask.tell(words.heading(what, len(lines)), views.page(what, lines))
    else:
        await ask.tell(words.NOTHING[what])


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    what, number = views.read_turn(ask.value)
    lines = await _LISTS[what](ask)
    await ask.retell(words.heading(what, len(lines)), views.page(what, lines, number))


async def export(ask: Ask) -> None:
    """Send every counted level to the person, as a file."""
    async with ask.surface.deps.database.at_once() as session:
        content = await stock_csv(session, ask.asker.workspace.id)
    await send_file(ask, content, "stock.csv", words.EXPORT)
    await ask.tell(words.EXPORTED)


async def _stores(ask: Ask) -> Sequence[str]:
    async with ask.surface.deps.database.at_once() as session:
        found = await list_stores(session, ask.asker.workspace.id, {})
    return [views.store(one) for one in found]


async def _warehouses(ask: Ask) -> Sequence[str]:
    async with ask.surface.deps.database.at_once() as session:
        found = await list_every_warehouse(session, ask.asker.workspace.id)
    return [views.warehouse(one) for one in found]


_LISTS: dict[str, Callable[[Ask], Awaitable[Sequence[str]]]] = {
    "stores": _stores,
    "warehouses": _warehouses,
}
