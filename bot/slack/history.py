"""`/stock history SKU`: what was booked, newest first, under a picture of the level."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackClientError

from bot.slack import history_words, picture, words
from bot.slack.asking import Ask, on_action
from bot.slack.escape import short
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import history as views
from bot.slack.views.history import Picture
from storage import facts
from storage.facts import ProductRow
from sync.history import Curve, History, read_curve, read_page

log = logging.getLogger(__name__)

# Seconds to wait before a picture is offered again: Slack refuses one that it still works on.
# A response URL takes five answers in all, and the last of them does without.
OFFERS = (0.0, 1.0, 2.5)
SKU = 255  # characters of it in a button's value, of which Slack takes 2,000


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages."""
    for act in (Act.HISTORY_NEWER, Act.HISTORY_OLDER):
        on_action(app, surface, act, "viewer", turn_page)


async def tell(ask: Ask, product: ProductRow) -> None:
    """Answer with the newest movements."""
    async with ask.surface.deps.database.at_once() as session:
        workspace = ask.asker.workspace.id
        found = await read_page(session, workspace, product)
        curve = await read_curve(
            session, workspace, product.id, now=ask.surface.now(), stretches=picture.STRETCHES
        )
    drawn = None if curve is None else await _upload(ask, product, curve)
    text = _text(found)
    for wait in OFFERS if drawn is not None else ():
        await ask.surface.pause(wait)
        if await ask.offer(text, views.history(found, drawn)):
            return
    failed = curve is not None
    await ask.tell(text, views.history(found, None, failed=failed))


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    turn = views.read_turn(ask.value)
    async with ask.surface.deps.database.at_once() as session:
        workspace = ask.asker.workspace.id
        product = await facts.product_by_id(session, workspace, turn.product)
        if product is None:
            await ask.tell(words.GONE_PRODUCT)
            return
        found = await read_page(session, workspace, product, page=turn.page, top=turn.top)
    await ask.retell(_text(found), views.history(found, turn.picture))


async def _upload(ask: Ask, product: ProductRow, curve: Curve) -> Picture | None:
    """Hand the picture to Slack, for this answer alone; None where Slack does not take it."""
    alt = history_words.picture(
        short(product.sku, SKU),
        curve.lowest,
        curve.highest,
        curve.last,
        picture.day(curve.begun),
        picture.day(curve.until),
    )
    content = await asyncio.to_thread(picture.draw, curve)
    try:
        sent = await ask.client.files_upload_v2(
            content=content,
            filename=f"level-{product.id}.png",
            title=history_words.TITLE,
            highlight_type="png",
        )
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("a picture was not taken by Slack", extra={"problem": type(error).__name__})
        return None
    return Picture(str(sent["files"][0]["id"]), alt)


def _text(found: History) -> str:
    if not found.lines:
        return f"{found.product.sku}: {history_words.NOTHING}"
    where = history_words.position(found.page + 1, found.pages, found.total)
    return f"{found.product.sku}: {where}"
