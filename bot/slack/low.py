"""`/stock low SKU`: from which number on people are told that a product is low."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.slack import low_words as words
from bot.slack.asking import Ask, on_submit
from bot.slack.ids import Call, Field
from bot.slack.inputs import typed, whole_number
from bot.slack.surface import Surface
from bot.slack.views import low as views
from bot.slack.views.notice import notice
from bot.slack.words import TOO_LATE
from sync.limits import LIMIT
from sync.low_stock import set_low_level
from sync.show import ProductView, load_product


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the window."""
    on_submit(app, surface, Call.LOW, "operator", save)


async def begin(ask: Ask, product: ProductView) -> None:
    """Open the window for one product."""
    if await ask.open(views.form(product)) is None:
        await ask.tell(TOO_LATE)


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Save the level, or say under the field what to correct."""
    text = typed(ask.view["state"]["values"], Field.NUMBER)
    level = whole_number(text)
    if text and (level is None or level < 0):
        return await ack(response_action="errors", errors={str(Field.NUMBER): words.BAD_LEVEL})
    if level is not None and level >= LIMIT:
        return await ack(response_action="errors", errors={str(Field.NUMBER): words.TOO_LARGE})
    workspace, product_id = ask.asker.workspace.id, views.product_of(ask.view)
    async with ask.surface.deps.database.transaction() as session:
        await set_low_level(
            session,
            ask.surface.deps,
            workspace_id=workspace,
            product_id=product_id,
            level=level,
            actor=ask.asker.user,
        )
        product = await load_product(session, workspace, product_id)
    said = words.GONE if product is None else words.saved(product.sku, level)
    return await ack(response_action="update", view=notice(words.SAVED, said))
