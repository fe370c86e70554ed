"""`/stock`: what was typed, read into one word and the rest, and answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.app.async_app import AsyncApp
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import (
    adjust,
    alert_channel,
    audit_log,
    connect,
    counting,
    drift,
    history,
    history_words,
    lifecycle,
    lists,
    low,
    low_words,
    status,
    stop_sell,
    stop_words,
    transfer,
    transfer_words,
    undo,
    unlinked,
    which,
    why,
    why_words,
    words,
)
from bot.slack import people as people_window
from bot.slack.asking import Ask, just_ack, lazily
from bot.slack.escape import escape, unescape
from bot.slack.ids import COMMAND
from bot.slack.surface import Surface
from bot.slack.views import help as help_views
from bot.slack.views import product as product_views
from flows.lifecycle import Act
from storage.facts import ProductRow
from sync import people
from sync.at_once import sync_now
from sync.people import Role
from sync.show import find_product, find_row, similar_skus
from sync.stores import find_stores
from sync.why import find

Answer = Callable[[Ask, str], Awaitable[None]]
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Word:
    """What a word needs and who answers it."""

    needed: Role
    answer: Answer


def read(text: str) -> tuple[str, str]:
    """Split what was typed into its first word, folded, and the rest as it stands."""
    first, _, rest = text.strip().partition(" ")
    return first.casefold() or "help", rest.strip()


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the command: ack first, then work out and send the answer."""

    async def answer(body: dict[str, Any]) -> None:
        typed = unescape(str(body.get("text", "")))
        first, rest = read(typed)
        word = WORDS.get(first, Word("viewer", not_understood))
        given = typed.strip() if first not in WORDS else rest

        async def work(ask: Ask) -> None:
            await word.answer(ask, given)

        await lazily(surface, word.needed, work)(body)

    app.command(COMMAND)(ack=just_ack, lazy=[answer])


async def help_answer(ask: Ask, rest: str) -> None:
    await ask.tell(words.HELP_TITLE, help_views.help_text(ask.asker.role))


async def not_understood(ask: Ask, typed: str) -> None:
    blocks = help_views.not_understood(typed, ask.asker.role)
    await ask.tell(words.not_understood(typed), blocks)


async def claim(ask: Ask, code: str) -> None:
    """Make a manager of whoever has the code."""
    if not code:
        await ask.tell(words.CLAIM_HOW)
        return
    asker = ask.asker
    async with ask.surface.deps.database.transaction() as session:
        done = await people.claim(session, asker.workspace.id, asker.user, code, ask.surface.now())
    await ask.tell(words.CLAIMED if done else words.CLAIM_WRONG)


async def status_answer(ask: Ask, typed: str) -> None:
    """Show how every store stands, or the ones whose name was typed."""
    await status.tell(ask, typed)


async def show(ask: Ask, typed: str) -> None:
    """Show one product."""
    found = await _product(ask, typed, words.SHOW_HOW, find_product)
    if found is not None:
        text = product_views.text(found)
        # Not every Slack takes a table yet.
        if product_views.as_table(found) and await ask.offer(
            text, product_views.product(found, table=True)
        ):
            return
        await ask.tell(text, product_views.product(found))


async def why_answer(ask: Ask, typed: str) -> None:
    """Explain one product's numbers."""
    found = await _product(ask, typed, why_words.HOW, find)
    if isinstance(found, ProductRow):
        await why.tell(ask, found)
    elif isinstance(found, tuple):
        await why.tell_strays(ask, found)


async def history_answer(ask: Ask, typed: str) -> None:
    """Show what was booked for one product."""
    found = await _product(ask, typed, history_words.HOW, find_row)
    if found is not None:
        await history.tell(ask, found)


async def adjust_answer(ask: Ask, typed: str) -> None:
    """Open the window that stock is adjusted in."""
    found = await _product(ask, typed, words.ADJUST_HOW, find_product)
    if found is not None:
        await adjust.begin(ask, found)


async def drift_answer(ask: Ask, typed: str) -> None:
    """List the differences that nothing explains."""
    await drift.tell(ask, typed)


async def unlinked_answer(ask: Ask, typed: str) -> None:
    """List the listings that are linked to no product."""
    await unlinked.tell(ask, typed)


async def transfer_answer(ask: Ask, typed: str) -> None:
    """Open the window that units are moved between warehouses in."""
    found = await _product(ask, typed, transfer_words.HOW, find_product)
    if found is not None:
        await transfer.begin(ask, found)


async def stop_answer(ask: Ask, typed: str) -> None:
    """Stop a product in every store, or show how that stands."""
    found = await _product(ask, typed, stop_words.HOW, find_row)
    if found is not None:
        await stop_sell.tell(ask, found)


async def low_answer(ask: Ask, typed: str) -> None:
    """Open the window of a product's low-stock level."""
    found = await _product(ask, typed, low_words.HOW, find_product)
    if found is not None:
        await low.begin(ask, found)


async def count_answer(ask: Ask, rest: str) -> None:
    await counting.begin(ask)


async def connect_answer(ask: Ask, typed: str) -> None:
    await connect.connect(ask, typed)


async def turn_on(ask: Ask, typed: str) -> None:
    """Open the wizard of the store that is meant."""
    await which.begin(ask, "turn_on", typed)


async def settings(ask: Ask, typed: str) -> None:
    """Open the settings of the store that is meant."""
    await which.begin(ask, "settings", typed)


async def sync_answer(ask: Ask, typed: str) -> None:
    """Read the stores that are meant at once; the word needs a “now” behind it."""
    first, _, name = typed.partition(" ")
    if first.casefold() != "now":
        await ask.tell(words.SYNC_HOW)
        return
    name = name.strip()
    async with ask.surface.deps.database.transaction() as session:
        found = await find_stores(session, ask.asker.workspace.id, name, {})
        reached = await sync_now(
            session,
            ask.surface.deps,
            workspace_id=ask.asker.workspace.id,
            store_ids=[store.id for store in found],
            actor=ask.asker.user,
        )
    if found:
        ids = {store.id for store in reached}
        await ask.tell(words.syncing([store.called for store in found if store.id in ids]))
    else:
        await ask.tell(words.no_store(name) if name else words.NO_STORES)


def listed(what: str) -> Answer:
    """Make what answers a word that lists things."""

    async def answer(ask: Ask, rest: str) -> None:
        await lists.tell(ask, what)

    return answer


async def export(ask: Ask, rest: str) -> None:
    await lists.export(ask)


async def people_answer(ask: Ask, rest: str) -> None:
    await people_window.begin(ask)


async def audit_answer(ask: Ask, rest: str) -> None:
    await audit_log.tell(ask)


async def undo_answer(ask: Ask, rest: str) -> None:
    await undo.tell(ask)


def about(act: Act) -> Answer:
    """Make what answers a word that pauses, resumes, turns off or disconnects."""

    async def answer(ask: Ask, typed: str) -> None:
        await lifecycle.begin(ask, act, typed)

    return answer


async def alerts(ask: Ask, rest: str) -> None:
    await alert_channel.begin(ask)


async def _product(
    ask: Ask,
    typed: str,
    how: str,
    find: Callable[[AsyncSession, int, str], Awaitable[P | None]],
) -> P | None:
    """Find the product that is meant; where there is none, say so and return None.

    A SKU may hold an entity literally; it is tried both ways.
    """
    if not typed:
        await ask.tell(how)
        return None
    async with ask.surface.deps.database.transaction() as session:
        workspace = ask.asker.workspace.id
        for sku in dict.fromkeys((typed, escape(typed))):
            found = await find(session, workspace, sku)
            if found is not None:
                return found
        similar = await similar_skus(session, workspace, typed)
    await ask.tell(words.no_product(typed, similar))
    return None


WORDS: dict[str, Word] = {
    "help": Word("viewer", help_answer),
    "claim": Word("viewer", claim),
    "status": Word("viewer", status_answer),
    "show": Word("viewer", show),
    "why": Word("viewer", why_answer),
    "history": Word("viewer", history_answer),
    "stores": Word("viewer", listed("stores")),
    "warehouses": Word("viewer", listed("warehouses")),
    "adjust": Word("operator", adjust_answer),
    "drift": Word("operator", drift_answer),
    "unlinked": Word("operator", unlinked_answer),
    "count": Word("operator", count_answer),
    "transfer": Word("operator", transfer_answer),
    "low": Word("operator", low_answer),
    "stop-sell": Word("operator", stop_answer),
    "sync": Word("operator", sync_answer),
    "export": Word("operator", export),
    "people": Word("manager", people_answer),
    "audit": Word("manager", audit_answer),
    "undo": Word("manager", undo_answer),
    "connect": Word("manager", connect_answer),
    "turn-on": Word("manager", turn_on),
    "turn-off": Word("manager", about(Act.TURN_OFF)),
    "pause": Word("manager", about(Act.PAUSE)),
    "resume": Word("manager", about(Act.RESUME)),
    "disconnect": Word("manager", about(Act.DISCONNECT)),
    "settings": Word("manager", settings),
    "alerts": Word("manager", alerts),
}
