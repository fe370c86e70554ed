"""`/stock status [store]`: how every store stands, in pages."""

from __future__ import annotations

from functools import partial

from slack_bolt.app.async_app import AsyncApp

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import status as views
from storage import stopped
from sync.stores import StoreSummary, count_stores, find_stores, list_stores


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages."""
    for act in (Act.STATUS_PAGE, Act.STATUS_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def tell(ask: Ask, typed: str) -> None:
    """Show every store, or the ones whose name was typed."""
    found, skus = await _find(ask, typed)
    if found:
        await ask.tell(*views.page(found, skus, typed, 0))
    else:
        await ask.tell(words.no_store(typed) if typed else words.NO_STORES)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there, as things are now."""
    typed, number = views.read_turn(ask.value)
    found, skus = await _find(ask, typed)
    if found:
        await ask.retell(*views.page(found, skus, typed, number))


async def _find(ask: Ask, typed: str) -> tuple[list[StoreSummary], list[str]]:
    workspace, deps = ask.asker.workspace.id, ask.surface.deps
    figures = await ask.surface.figures.get(workspace, partial(count_stores, deps, workspace))
    async with deps.database.at_once() as session:
        found = await (
            find_stores(session, workspace, typed, figures)
            if typed
            else list_stores(session, workspace, figures)
        )
        skus = [] if typed else await stopped.skus(session, workspace)
    return found, list(skus)
