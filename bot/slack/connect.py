"""Connecting a store: a one-time link to our own page, or the line to run where there is none."""

from __future__ import annotations

from datetime import timedelta

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    LinkButtonElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    StaticSelectElement,
)

from bot.slack import words
from bot.slack.asking import Ask, on_action
from bot.slack.ids import Act
from bot.slack.surface import Surface
from bot.slack.views.kit import option, plain, section
from connectors.catalog import PLATFORMS
from storage import audit, connect_links
from sync.stores import list_stores

LINK_LIFE = timedelta(minutes=15)


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the Connect and Reconnect buttons."""
    on_action(app, surface, Act.CONNECT, "manager", connect_pressed)
    on_action(app, surface, Act.PLATFORM, "manager", platform_picked)
    for act in (Act.RECONNECT, Act.WIZARD_RECONNECT):
        on_action(app, surface, act, "manager", reconnect_pressed)
    on_action(app, surface, Act.OPEN_LINK, "viewer", nothing_to_do)


async def connect_pressed(ask: Ask) -> None:
    await connect(ask, "")


async def platform_picked(ask: Ask) -> None:
    await connect(ask, ask.value)


async def reconnect_pressed(ask: Ask) -> None:
    async with ask.surface.deps.database.transaction() as session:
        every = await list_stores(session, ask.asker.workspace.id, {})
    store = next((one for one in every if str(one.id) == ask.value), None)
    if store is None:
        await ask.tell(words.STORE_GONE)
    else:
        await _send(ask, store.platform, store.id, store.called)


async def nothing_to_do(ask: Ask) -> None:
    """A button that opens a page is still reported to us; the page does the rest."""


async def connect(ask: Ask, typed: str) -> None:
    """Answer `/stock connect [platform]`."""
    known = [platform.title for platform in PLATFORMS.values()]
    wanted = typed.strip().casefold()
    found = [key for key, p in PLATFORMS.items() if wanted in (key, p.title.casefold())]
    if not wanted and len(PLATFORMS) == 1:
        found = list(PLATFORMS)
    if found:
        await _send(ask, found[0], None, None)
    elif wanted:
        await ask.tell(words.unknown_platform(typed, known))
    else:
        text = words.which_platform(known)
        await ask.tell(text, [section(text), _menu()])


async def _send(ask: Ask, platform: str, store_id: int | None, store: str | None) -> None:
    """Hand out the way to connect: the link is bound to the person who asked."""
    surface, asker, title = ask.surface, ask.asker, PLATFORMS[platform].title
    if surface.settings.public_url is None:
        text, line = words.connect_there(title), words.connect_command(platform, store)
        await ask.tell(f"{text}\n{line}", [section(text), _as_typed(line)])
        return
    now = surface.now()
    async with surface.deps.database.transaction() as session:
        token = await connect_links.create(
            session, asker.workspace.id, asker.user, platform, store_id, now, LINK_LIFE
        )
        await audit.record(
            session,
            asker.workspace.id,
            asker.user,
            "connect.link",
            now,
            subject=store or title,
            link=asker.link,
        )
    text = words.connect_link(title, int(LINK_LIFE.total_seconds() // 60))
    await ask.tell(text, _link(text, f"{surface.settings.public_url}/connect/{token}"))


def _as_typed(line: str) -> RichTextBlock:
    """Show a line for a shell so that nothing in it is read as formatting."""
    text = RichTextElementParts.Text(text=line)
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=[text])])


def _menu() -> ActionsBlock:
    return ActionsBlock(
        elements=[
            StaticSelectElement(
                action_id=Act.PLATFORM,
                placeholder=plain(words.PICK_PLATFORM),
                options=[option(key, one.title) for key, one in PLATFORMS.items()],
            )
        ]
    )


def _link(text: str, url: str) -> list[Block]:
    opening = LinkButtonElement(
        text=plain(words.OPEN_PAGE), url=url, action_id=Act.OPEN_LINK, style="primary"
    )
    return [section(text), ActionsBlock(elements=[opening])]
