"""`/stock stop-sell SKU`: 0 in every store at once; the same word looks again and lifts it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.app.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import stop_words as words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import stop_sell as views
from bot.slack.views.kit import section
from storage import stopped
from storage.facts import ProductRow
from storage.stopped import Stop
from sync.deps import Deps
from sync.stop_sell import lift, stop

Change = Callable[..., Awaitable[Stop | None]]


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons."""
    on_action(app, surface, Act.STOP_LOOK, "operator", look_again)
    on_action(app, surface, Act.STOP_LIFT, "operator", sell_again)


async def tell(ask: Ask, product: ProductRow) -> None:
    """Stop a product, and say how each store stands."""
    text, blocks = await _changed(ask, product.id, stop)
    await ask.tell(text, blocks)


async def look_again(ask: Ask) -> None:
    """Show how each store stands now."""
    text, blocks = await _changed(ask, int(ask.value), _nothing)
    await ask.retell(text, blocks)


async def sell_again(ask: Ask) -> None:
    """Lift it."""
    text, blocks = await _changed(ask, int(ask.value), lift)
    await ask.retell(text, blocks)


async def _changed(ask: Ask, product_id: int, change: Change) -> views.Answer:
    workspace, deps = ask.asker.workspace.id, ask.surface.deps
    async with deps.database.transaction() as session:
        held = await change(
            session, deps, workspace_id=workspace, product_id=product_id, actor=ask.asker.user
        )
        places = [] if held is None else await stopped.places(session, product_id)
    if held is None:
        return words.GONE, [section(words.GONE)]
    return views.answer(held, places)


async def _nothing(
    session: AsyncSession, deps: Deps, *, workspace_id: int, product_id: int, actor: str
) -> Stop | None:
    return await stopped.of_product(session, workspace_id, product_id)
