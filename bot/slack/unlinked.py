"""`/stock unlinked [store]`: listings that their SKU links to nothing, and what to do about each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option

from bot.slack import unlinked_words as words
from bot.slack.asking import Ask, on_action, on_search, on_submit
from bot.slack.escape import escape
from bot.slack.ids import Act, Call, Field
from bot.slack.inputs import picked
from bot.slack.surface import Surface
from bot.slack.views import unlinked as views
from bot.slack.views.kit import OPTIONS, sections
from bot.slack.views.notice import notice
from bot.slack.views.unlinked import Press
from bot.slack.words import NO_STORES, TOO_LATE, no_store
from storage import facts, unlinked
from storage.unlinked import UnlinkedListing
from sync.hand_links import link_to, set_all_aside, set_aside, share, take_back
from sync.show import search_products
from sync.stores import find_stores

Decide = Callable[..., Awaitable[UnlinkedListing | None]]


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons of the list, and the window that a product is searched in."""
    for act in (Act.UNLINKED_PAGE, Act.UNLINKED_PAGE_BACK, Act.UNLINKED_OTHERS):
        on_action(app, surface, act, "operator", turn_page)
    on_action(app, surface, Act.SET_ASIDE, "operator", partial(_decide, set_aside))
    on_action(app, surface, Act.TAKE_BACK, "operator", partial(_decide, take_back))
    on_action(app, surface, Act.SHARE, "operator", partial(_decide, share))
    on_action(app, surface, Act.ALL_ASIDE, "operator", all_aside)
    on_action(app, surface, Act.LINK_LISTING, "operator", ask_which)
    on_submit(app, surface, Call.LINK_LISTING, "operator", link)
    on_search(app, surface, Act.PRODUCT_SEARCH, "operator", search)


async def search(ask: Ask) -> list[Option]:
    """Find products, as many as a menu takes."""
    async with ask.surface.deps.database.at_once() as session:
        found = await search_products(session, ask.asker.workspace.id, ask.searched, OPTIONS)
    return views.products(found)


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


async def all_aside(ask: Ask) -> None:
    """Set aside every listing without SKU of the stores that the list is of."""
    press = views.read_press(ask.value)
    found = await _stores(ask, press.typed)
    async with ask.surface.deps.database.transaction() as session:
        number = await set_all_aside(
            session,
            ask.surface.deps,
            workspace_id=ask.asker.workspace.id,
            store_ids=list(found),
            actor=ask.asker.user,
        )
    await ask.tell(words.aside(number) if number else words.DECIDED)
    await _show(ask, press)


async def ask_which(ask: Ask) -> None:
    """Open the window that a product is searched in."""
    press = views.read_press(ask.value)
    async with ask.surface.deps.database.at_once() as session:
        found = await unlinked.by_id(session, ask.asker.workspace.id, press.listing or 0)
    if found is None:
        await ask.tell(words.DECIDED)
        await _show(ask, press)
    elif await ask.open(views.link(press, found)) is None:
        await ask.tell(TOO_LATE)


async def link(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Link the listing to the product that was found, or say under the field what is missing."""
    chosen = picked(ask.view["state"]["values"], Field.PRODUCT)
    field = str(Field.PRODUCT)
    if not chosen.isdecimal():
        return await ack(response_action="errors", errors={field: words.CHOOSE})
    workspace, deps = ask.asker.workspace.id, ask.surface.deps
    async with deps.database.transaction() as session:
        product = await facts.product_by_id(session, workspace, int(chosen))
        if product is None:
            return await ack(response_action="errors", errors={field: words.GONE})
        done = await link_to(
            session,
            deps,
            workspace_id=workspace,
            listing_id=views.listing_of(ask.view),
            product_id=product.id,
            actor=ask.asker.user,
        )
    if done is None:
        view = notice(words.TITLE, words.DECIDED)
    else:
        view = notice(words.LINKED, words.linked(done.title or done.sku, product.sku))
    return await ack(response_action="update", view=view)


async def _show(ask: Ask, press: Press) -> None:
    text, blocks = await _page(ask, await _stores(ask, press.typed), press)
    await ask.retell(text, blocks)


async def _stores(ask: Ask, typed: str) -> dict[int, str]:
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.at_once() as session:
        found = await find_stores(session, workspace, typed, {})
    return {store.id: store.called for store in found}


async def _page(ask: Ask, found: dict[int, str], press: Press) -> views.Answer:
    rows_of = unlinked.unwritten if press.unwritten else unlinked.unlinked
    async with ask.surface.deps.database.at_once() as session:
        counts = await unlinked.count(session, list(found))
        total = counts.unwritten if press.unwritten else counts.unlinked + counts.chosen
        page = max(0, min(press.page, views.pages_of(total) - 1))
        rows = await rows_of(session, list(found), limit=views.PAGE, offset=page * views.PAGE)
    if not (counts.unlinked or counts.chosen or counts.unwritten):
        text = words.nothing(", ".join(found.values()) if press.typed else words.ALL)
        return text, sections([escape(text)])
    return views.answer(rows, counts, Press(press.typed, page, unwritten=press.unwritten))
