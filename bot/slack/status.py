"""`/stock status [store]`: how every store stands, in pages."""

from __future__ import annotations

from functools import partial

from slack_bolt.app.async_app import AsyncApp

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.stop_words import in_status
from bot.slack.surface import Surface
from bot.slack.views import status as views
from bot.slack.views.incident_words import tell as tell_incident
from storage import stopped
from sync.incidents import IncidentKind, open_incidents
from sync.stores import StoreSummary, count_stores, find_stores


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages."""
    for act in (Act.STATUS_PAGE, Act.STATUS_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def tell(ask: Ask, typed: str) -> None:
    """Show every store, or the ones whose name was typed."""
    found, below = await _find(ask, typed)
    if found:
        await ask.tell(*views.page(found, below, typed, 0))
    else:
        await ask.tell(words.no_store(typed) if typed else words.NO_STORES)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there, as things are now."""
    typed, number = views.read_turn(ask.value)
    found, below = await _find(ask, typed)
    if found:
        await ask.retell(*views.page(found, below, typed, number))


async def _find(ask: Ask, typed: str) -> tuple[list[StoreSummary], list[str]]:
    """Read the stores, and what else everybody has to know: unsold products, alerts that fail."""
    workspace, deps = ask.asker.workspace.id, ask.surface.deps
    figures = await ask.surface.figures.get(workspace, partial(count_stores, deps, workspace))
    async with deps.database.at_once() as session:
        found = await find_stores(session, workspace, typed, figures)
        skus = [] if typed else await stopped.skus(session, workspace)
        alerts = [] if typed else await open_incidents(session, workspace, IncidentKind.ALERT_PATH)
    unheard = [tell_incident(one).fact for one in alerts]
    return found, [*unheard, *([in_status(skus)] if skus else [])]
