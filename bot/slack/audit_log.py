"""`/stock audit`: what people did, newest first, in pages; all of it as a file."""

from __future__ import annotations

from slack_bolt.app.async_app import AsyncApp

from bot.slack import audit_words as words
from bot.slack.asking import Ask, on_action
from bot.slack.files import send_file
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views import audit_log as views
from bot.slack.views.kit import section
from storage import audit
from sync.audit_log import audit_csv


def register(app: AsyncApp, surface: Surface) -> None:
    """Turn the pages, and send all."""
    for act in (Act.AUDIT_NEWER, Act.AUDIT_OLDER):
        on_action(app, surface, act, "manager", turn_page)
    on_action(app, surface, Act.AUDIT_FILE, "manager", send_all)


async def tell(ask: Ask) -> None:
    """Answer with the newest acts."""
    found = await _page(ask, 0)
    if found.total:
        await ask.tell(words.TITLE, views.page(found))
    else:
        await ask.tell(words.NOTHING)


async def turn_page(ask: Ask) -> None:
    """Show another page in the place of the one that stands there."""
    found = await _page(ask, int(ask.value))
    await ask.retell(words.TITLE, views.page(found) if found.total else [section(words.NOTHING)])


async def send_all(ask: Ask) -> None:
    """Send the whole log to the person alone."""
    async with ask.surface.deps.database.at_once() as session:
        content = await audit_csv(session, ask.asker.workspace.id)
    await send_file(ask, content, "what-people-did.csv", words.FILE)
    await ask.tell(words.SENT)


async def _page(ask: Ask, page: int) -> audit.Page:
    async with ask.surface.deps.database.at_once() as session:
        return await audit.page(session, ask.asker.workspace.id, page)
