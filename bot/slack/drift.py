"""`/stock drift [store]`: differences that nothing explains, and what becomes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.app.async_app import AsyncApp

from bot.slack import alerts, drift_words, words
from bot.slack.asking import Ask, on_action
from bot.slack.escape import escape
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import drift as views
from bot.slack.views.kit import sections
from storage import audit
from sync.drift import Question, ask_again, questions
from sync.stores import find_stores

# The buttons of the list do what those under the alert do; then the list is shown anew.
AS_UNDER_THE_ALERT = {
    Act.DRIFT_PUT_BACK: Act.PUT_BACK,
    Act.DRIFT_ADOPT: Act.ADOPT,
    Act.DRIFT_IGNORE: Act.IGNORE_ONCE,
}


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the buttons of the list."""
    for act, same in AS_UNDER_THE_ALERT.items():
        decision = alerts.DECISIONS[same]
        on_action(app, surface, act, decision.needed, partial(_decide, decision))
    for act, work in PRESSES.items():
        on_action(app, surface, act, "operator", work)


async def tell(ask: Ask, typed: str) -> None:
    """Answer with the first page of all stores, or of those whose name was typed."""
    typed = " ".join(typed.split())
    found = await _stores(ask, typed)
    if not found:
        await ask.tell(words.no_store(typed) if typed else words.NO_STORES)
        return
    asked = await _questions(ask, found)
    if asked:
        await ask.tell(_text(asked), views.drift(asked, typed))
    else:
        await ask.tell(drift_words.nothing(", ".join(found.values()) if typed else drift_words.ALL))


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    await _show(ask, views.read_press(ask.value))


async def again(ask: Ask) -> None:
    """Ask anew about what was left as it is: its alert and its buttons come back."""
    press = views.read_press(ask.value)
    found, asker = await _stores(ask, press.typed), ask.asker
    async with ask.surface.deps.database.transaction() as session:
        count = await ask_again(
            session, ask.surface.deps, workspace_id=asker.workspace.id, store_ids=list(found)
        )
        await audit.record(
            session,
            asker.workspace.id,
            asker.user,
            "drift.ask_again",
            ask.surface.now(),
            subject=", ".join(found.values()),
            detail={"differences": count},
        )
    await _show(ask, press)


async def _decide(decision: alerts.Decision, ask: Ask) -> None:
    press = views.read_press(ask.value)
    await alerts.decide(decision, ask, press.incident or 0)
    await _show(ask, press)


async def _show(ask: Ask, press: views.Press) -> None:
    found = await _stores(ask, press.typed)
    asked = await _questions(ask, found)
    if asked:
        await ask.retell(_text(asked), views.drift(asked, press.typed, press.page))
    else:
        names = ", ".join(found.values()) if press.typed else drift_words.ALL
        text = drift_words.nothing(names)
        await ask.retell(text, sections([escape(text)]))


async def _stores(ask: Ask, typed: str) -> dict[int, str]:
    """Find the stores that are meant: their names by id."""
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.at_once() as session:
        found = await find_stores(session, workspace, typed, {})
    return {store.id: store.called for store in found}


async def _questions(ask: Ask, found: dict[int, str]) -> list[Question]:
    async with ask.surface.deps.database.at_once() as session:
        return await questions(session, ask.asker.workspace.id, list(found))


def _text(asked: list[Question]) -> str:
    return drift_words.heading(sum(len(question.found) for question in asked))


PRESSES: dict[Act, Callable[[Ask], Awaitable[None]]] = {
    Act.DRIFT_PAGE: turn_page,
    Act.DRIFT_PAGE_BACK: turn_page,
    Act.DRIFT_ASK_AGAIN: again,
}
