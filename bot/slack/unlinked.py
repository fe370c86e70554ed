"""`/stock unlinked [store]`: listings that are linked to no product, and what to do about each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.app.async_app import AsyncApp

from bot.slack import unlinked_words as words
from bot.slack.asking import Ask, on_action
from bot.slack.escape import escape
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import unlinked as views
from bot.slack.views.kit import section
from bot.slack.views.unlinked import Press
from bot.slack.words import NO_STORES, no_store
from storage import listings
from storage.listings import UnlinkedListing
from sync.set_aside import set_aside, take_back
from sync.stores import find_stores, list_stores

Decide = Callable[..., Awaitable[UnlinkedListing | None]]


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons of the list."""
    for act in (Act.UNLINKED_PAGE, Act.UNLINKED_PAGE_BACK):
        on_action(app, surface, act, "operator", turn_page)
    on_action(app, surface, Act.SET_ASIDE, "operator", partial(_decide, set_aside))
    on_action(app, surface, Act.TAKE_BACK, "operator", partial(_decide, take_back))


async def tell(ask: Ask, typed: str) -> None:
    """Answer with the first page of all stores, or of those whose name was typed."""
    typed = " ".join(typed.split())
    found = await _stores(ask, typed)
    if not found:
        await ask.tell(no_store(typed) if typed else NO_STORES)
        return
    text, blocks = await _page(ask, found, Press(typed, 0))
    await ask.tell(text, blocks)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    await _show(ask, views.read_press(ask.value))


async def _decide(decide: Decide, ask: Ask) -> None:
    press = views.read_press(ask.value)
    async with ask.surface.deps.database.transaction() as session:
        done = await decide(
            session,
            ask.surface.deps,
            workspace_id=ask.asker.workspace.id,
            listing_id=press.listing or 0,
            actor=ask.asker.user,
        )
    if done is None:
        await ask.tell(words.DECIDED)
    await _show(ask, press)


async def _show(ask: Ask, press: Press) -> None:
    text, blocks = await _page(ask, await _stores(ask, press.typed), press)
    await ask.retell(text, blocks)


async def _stores(ask: Ask, typed: str) -> dict[int, str]:
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.at_once() as session:
        found = await (
            find_stores(session, workspace, typed, {})
            if typed
            else list_stores(session, workspace, {})
        )
    return {store.id: store.name for store in found}


async def _page(ask: Ask, found: dict[int, str], press: Press) -> views.Answer:
    async with ask.surface.deps.database.at_once() as session:
        total = await listings.count_unlinked(session, list(found))
        page = max(0, min(press.page, -(-total // views.PAGE) - 1))
        rows = await listings.unlinked(
            session, list(found), limit=views.PAGE, offset=page * views.PAGE
        )
    if not total:
        text = words.nothing(", ".join(found.values()) if press.typed else words.ALL)
        return text, [section(escape(text))]
    return views.answer(rows, total, Press(press.typed, page))
