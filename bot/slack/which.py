"""Going on with the one store that is meant; where several could be, it is chosen first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option

from bot.slack import limits, limits_words, wizard, words
from bot.slack.asking import Ask, on_search, on_submit
from bot.slack.ids import Act, Call, Field
from bot.slack.surface import Surface
from bot.slack.views import which as views
from bot.slack.views.kit import found_options
from flows.lifecycle_words import CHOOSE_STORE
from flows.words import TURN_ON
from sync.stores import StoreSummary, find_stores


@dataclass(frozen=True, slots=True)
class Goal:
    """What a store is wanted for; `rather_off`: where nothing is typed, stores without sync."""

    title: str
    begin: Callable[[Ask, int], Awaitable[None]]
    chosen: Callable[[Ask, AsyncAck, int], Awaitable[BoltResponse]]
    rather_off: bool = False


GOALS: Mapping[str, Goal] = {
    "turn_on": Goal(TURN_ON, wizard.begin, wizard.chosen, rather_off=True),
    "settings": Goal(limits_words.TITLE, limits.begin, limits.chosen),
}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the choice of a store, and the search among many."""
    on_submit(app, surface, Call.MEANT, "manager", chosen)
    on_search(app, surface, Act.MEANT_SEARCH, "manager", search)


async def begin(ask: Ask, goal: str, typed: str) -> None:
    """Go on with the store whose name was typed, or that is the only one; else ask."""
    found = await _meant(ask, goal, typed)
    if not found:
        await ask.tell(words.no_store(typed) if typed else words.NO_STORES)
    elif len(found) == 1:
        await GOALS[goal].begin(ask, found[0].id)
    elif await ask.open(views.form(goal, GOALS[goal].title, typed, found)) is None:
        await ask.tell(words.TOO_LATE)


async def chosen(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Go on, in the same window, with the store that was chosen."""
    goal, _ = views.read_metadata(ask.view)
    store_id = views.read_store(ask.view)
    if store_id is None:
        return await ack(response_action="errors", errors={str(Field.STORE): CHOOSE_STORE})
    return await GOALS[goal].chosen(ask, ack, store_id)


async def search(ask: Ask) -> list[Option]:
    """Find stores that could be meant, of more than a menu takes."""
    found = await _meant(ask, *views.read_metadata(ask.view))
    return found_options(views.groups(found), ask.searched)


async def _meant(ask: Ask, goal: str, typed: str) -> list[StoreSummary]:
    async with ask.surface.deps.database.at_once() as session:
        found = await find_stores(session, ask.asker.workspace.id, typed, {})
    if GOALS[goal].rather_off and not typed:
        return [store for store in found if store.sync_status == "off"] or found
    return found
