"""One page of what people did."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import audit_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import SAID, button, quiet, sections
from bot.slack.views.why import who
from storage.audit import AuditRow, Page


def page(found: Page) -> list[Block]:
    """Show a page and the ways on."""
    blocks: list[Block] = sections([_line(row) for row in found.rows], f"*{words.TITLE}*")
    blocks.append(quiet(words.position(found.number + 1, found.pages, found.total)))
    buttons = [button(words.ALL, Act.AUDIT_FILE)]
    if found.number + 1 < found.pages:
        buttons.insert(0, button(words.OLDER, Act.AUDIT_OLDER, str(found.number + 1)))
    if found.number:
        buttons.insert(0, button(words.NEWER, Act.AUDIT_NEWER, str(found.number - 1)))
    return [*blocks, ActionsBlock(elements=buttons)]


def _line(row: AuditRow) -> str:
    about = f": {escape(short(row.subject, SAID))}" if row.subject else ""
    link = f" (<{row.link}|{words.MESSAGE}>)" if row.link else ""
    return f"{when(row.at)}  {who(row.actor)} {escape(words.what(row.act))}{about}{link}"
