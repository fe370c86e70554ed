"""The window of people: who has which role, and a form that gives one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.blocks.block_elements import UserSelectElement
from slack_sdk.models.views import View

from bot.slack import people_words as words
from bot.slack.escape import escape
from bot.slack.ids import VALUE, Call, Field
from bot.slack.views.kit import asked, option, plain, radio, section, sections
from bot.slack.words import CLOSE
from sync.people import Role


def form(named: Mapping[Role, Sequence[str]], *, problem: str = "", done: str = "") -> View:
    """List everybody who was named, and ask who is to have which role."""
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        *([section(f":white_check_mark: {done}")] if done else []),
    ]
    for role in ("manager", "operator"):
        users = [f"<@{user}>" for user in named.get(role, ())]
        head = f"*{words.heading(role)}*"
        blocks += sections([*_rows(users), *([] if users else [words.NOBODY])], head)
    roles = [option(role, *said) for role, said in words.ROLES.items()]
    blocks += [
        asked(
            words.WHO,
            UserSelectElement(action_id=VALUE, placeholder=plain(words.PICK_WHO)),
            block_id=Field.PERSON,
            hint=words.WHO_HINT,
        ),
        asked(words.ROLE, radio(roles, action_id=VALUE, value=None), block_id=Field.ROLE),
    ]
    return View(
        type="modal",
        callback_id=Call.PEOPLE,
        title=plain(words.TITLE),
        submit=plain(words.SUBMIT),
        close=plain(CLOSE),
        blocks=blocks,
    )


def _rows(users: Sequence[str]) -> list[str]:
    """Put ten to a line, so that a long list breaks between people."""
    return [", ".join(users[start : start + 10]) for start in range(0, len(users), 10)]
