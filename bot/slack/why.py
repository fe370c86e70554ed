"""`/stock why SKU`: the answer and its pages."""

from __future__ import annotations

from collections.abc import Sequence

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.models.blocks import Block

from bot.slack import why_words, words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import why as views
from bot.slack.views.pages import read_of_product
from storage import facts
from storage.facts import ProductRow
from storage.places import Stray
from sync.why import Why, explain


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages of an answer."""
    for act in (Act.WHY_PAGE, Act.WHY_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def tell(ask: Ask, product: ProductRow) -> None:
    """Answer with the first page."""
    await ask.tell(*await _page(ask, product, 0))


async def tell_strays(ask: Ask, found: Sequence[Stray]) -> None:
    """Answer about a SKU that only listings have which are linked to nothing."""
    await ask.tell(why_words.STRAYS, views.strays(found))


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there, worked out anew."""
    product_id, page = read_of_product(ask.value)
    async with ask.surface.deps.database.at_once() as session:
        product = await facts.product_by_id(session, ask.asker.workspace.id, product_id)
    if product is None:
        await ask.tell(words.GONE_PRODUCT)
    else:
        await ask.retell(*await _page(ask, product, page))


async def _page(ask: Ask, product: ProductRow, page: int) -> tuple[str, list[Block]]:
    async with ask.surface.deps.database.at_once() as session:
        found = await explain(session, ask.asker.workspace.id, product, ask.surface.now())
    return _text(found), views.why(found, page)


def _text(found: Why) -> str:
    levels = ", ".join(f"{house.name} {house.available:,} available" for house in found.warehouses)
    return f"{found.product.sku}: {levels or 'not counted'}"
