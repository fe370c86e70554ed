"""The pages of `/stock show SKU`, where a product stands in more places than one message takes."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import product as views
from bot.slack.views.pages import read_of_product
from sync.show import load_product


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages."""
    for act in (Act.SHOW_PAGE, Act.SHOW_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there, as things are now."""
    product_id, page = read_of_product(ask.value)
    async with ask.surface.deps.database.at_once() as session:
        found = await load_product(session, ask.asker.workspace.id, product_id)
    if found is None:
        await ask.tell(words.GONE_PRODUCT)
    else:
        await ask.retell(views.text(found), views.product(found, page=page))
