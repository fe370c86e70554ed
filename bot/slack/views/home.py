"""The Home tab: the Store List, open incidents, settings behind a button."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock
from slack_sdk.models.blocks.block_elements import InteractiveElement
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.escape import escape
from bot.slack.ids import Act
from bot.slack.views import alerts, lifecycle, stores
from bot.slack.views.kit import button, header, quiet, section
from storage.incidents import IncidentRow
from sync.people import Role, allows
from sync.stores import StoreSummary

# Slack: 100 blocks in a Home tab. A store takes 4 and an incident 2; the frame takes 12.
BLOCKS = 88


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the Home tab of one person shows.

    resumable  stores with a draft of theirs for turning sync on
    changing   stores with a draft of theirs for changing places
    """

    stores: Sequence[StoreSummary]
    incidents: Sequence[IncidentRow]
    resumable: Collection[int]
    role: Role
    alert_channel: str | None
    changing: Collection[int] = ()


def home(board: Dashboard, page: int = 0) -> View:
    """Show one page; a page that no longer exists becomes the last."""
    pages = _pages(board)
    page = max(0, min(page, len(pages) - 1))
    blocks = [*_frame(board), *(block for item in pages[page] for block in item)]
    if len(pages) > 1:
        blocks.append(_turning(page, len(pages)))
    return View(type="home", blocks=blocks)


def closed(why: str) -> View:
    """Show somebody who may not see the stores why not."""
    return View(type="home", blocks=[section(escape(why))])


def _frame(board: Dashboard) -> list[Block]:
    buttons = []
    if allows(board.role, "manager"):
        buttons = [
            button("Connect a store", Act.CONNECT),
            button("Settings: alert channel", Act.SET_ALERTS),
        ]
    where = f"<#{board.alert_channel}>" if board.alert_channel else "nobody yet: choose a channel"
    return [
        header("Store List"),
        quiet(f"Alerts go to {where}"),
        *([ActionsBlock(elements=buttons)] if buttons else []),
    ]


def _pages(board: Dashboard) -> list[list[list[Block]]]:
    """Fill pages with whole items: open incidents first, for what fails shines at the top."""
    pages: list[list[list[Block]]] = [[]]
    used = 0
    for item in _items(board):
        if used + len(item) > BLOCKS:
            pages.append([])
            used = 0
        pages[-1].append(item)
        used += len(item)
    return pages


def _items(board: Dashboard) -> list[list[Block]]:
    items: list[list[Block]] = []
    if board.incidents:
        items.append([section(f"*Open incidents: {len(board.incidents):,}*")])
        items += [[section(alerts.summary(incident))] for incident in board.incidents]
        items.append([DividerBlock()])
    if not board.stores:
        items.append([section(escape(words.NO_STORES))])
    return items + [_store(store, board) for store in board.stores]


def _store(store: StoreSummary, board: Dashboard) -> list[Block]:
    blocks: list[Block] = [section(stores.headline(store)), quiet(stores.details(store))]
    if allows(board.role, "manager"):
        blocks.append(ActionsBlock(elements=_acts(store, board)))
    return [*blocks, DividerBlock()]


def _acts(store: StoreSummary, board: Dashboard) -> list[InteractiveElement]:
    """Offer what comes next as buttons, and whatever else can be done in a menu beside them."""
    elements: list[InteractiveElement] = []
    if store.health == "needs_reconnect":
        elements.append(button(words.RECONNECT, Act.RECONNECT, str(store.id), style="primary"))
    if store.sync_status == "off" and store.turning_on is None:
        label = "Resume" if store.id in board.resumable else "Turn on sync"
        style = None if elements else "primary"
        elements.append(button(label, Act.TURN_ON, str(store.id), style=style))
    if store.sync_status == "paused":
        elements.append(lifecycle.resume_button(store))
    return [*elements, lifecycle.store_menu(store, begun=store.id in board.changing)]


def _turning(page: int, pages: int) -> ActionsBlock:
    """Turn the page; the first has no way back, the last none on."""
    back = button("Earlier stores", Act.HOME_PAGE_BACK, str(page - 1))
    on = button(f"More stores (page {page + 1} of {pages})", Act.HOME_PAGE, str(page + 1))
    return ActionsBlock(elements=[*([back] if page else []), *([on] if page + 1 < pages else [])])
