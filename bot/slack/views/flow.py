"""The results of a flow as modals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from slack_sdk.models.blocks import ActionsBlock, Block, InputBlock, Option
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.escape import escape, short
from bot.slack.ids import Act, Call
from bot.slack.views.kit import (
    OPEN_OPTIONS,
    OPTIONS_PER_VIEW,
    TITLE,
    asked,
    button,
    header,
    menu,
    option,
    plain,
    quiet,
    radio,
    section,
    sections,
    several,
)
from bot.slack.views.notice import notice, window
from flows.engine import (
    Aborted,
    Choice,
    Content,
    Done,
    Download,
    Draft,
    ExternalStep,
    Figures,
    MultiChoice,
    Points,
    Question,
    Result,
    Say,
    ShowForm,
    ShowProgress,
    Tone,
)

KEY = "~"  # between a field's key and the draft's revision in a block id


def render(draft: Draft, result: Result, *, external_id: str | None = None) -> View:
    """Show a result; a progress view can be given an external id to be found by."""
    match result:
        case ShowForm():
            return _form(draft, result)
        case ExternalStep():
            return _outside(draft, result)
        case ShowProgress():
            return notice(
                result.position,
                f"{result.title}. {result.text}",
                external_id=external_id,
            )
        case Done():
            return window(result.title, _content(draft, result.content, {}))
        case Aborted():
            return notice(result.title, result.text)


def metadata(draft: Draft) -> str:
    """All that a view carries of a draft; the rest stays in the database."""
    return json.dumps({"draft": str(draft.id), "revision": draft.revision})


def read_metadata(view: Mapping[str, Any]) -> tuple[UUID, int]:
    """Read (draft id, revision) from a view of ours."""
    held = json.loads(view["private_metadata"])
    return UUID(held["draft"]), int(held["revision"])


def read_answers(view: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    """Read what was picked in a view, by the flow's own field keys."""
    answers: dict[str, str | Sequence[str]] = {}
    for block_id, elements in view["state"]["values"].items():
        for element in elements.values():
            picked, several = element.get("selected_option"), element.get("selected_options")
            if several is not None:
                answers[field_key(block_id)] = [str(one["value"]) for one in several]
            elif picked is not None:
                answers[field_key(block_id)] = str(picked["value"])
    return answers


def field_key(block_id: str) -> str:
    return block_id.rpartition(KEY)[0]


def block_id(draft: Draft, key: str) -> str:
    """Name a field's block. The revision makes Slack show our value, not one typed before."""
    return f"{key}{KEY}{draft.revision}"


def groups_of(choice: Question) -> list[tuple[str, list[Option]]]:
    return [
        (group.label, [option(o.value, o.label, o.description) for o in group.options])
        for group in choice.groups
    ]


def _form(draft: Draft, form: ShowForm) -> View:
    blocks: list[Block] = [header(form.title)]
    if form.errors:
        blocks.append(section(f"*{words.PLEASE_CHECK}*\n{escape(form.errors.get('', ''))}".strip()))
    blocks += _content(draft, form.content, form.errors)
    if form.back:
        blocks.append(ActionsBlock(elements=[button(words.BACK, Act.WIZARD_BACK)]))
    return _modal(draft, form.position, form.submit, blocks)


def _outside(draft: Draft, step: ExternalStep) -> View:
    buttons = [button(words.RECONNECT, Act.WIZARD_RECONNECT, str(draft.store_id), style="primary")]
    back = [button(words.BACK, Act.WIZARD_BACK)] if step.back else []
    shown = [*(buttons if step.kind == "reconnect" else []), *back]
    blocks: list[Block] = [header(step.title), *sections([escape(step.text)])]
    if shown:
        blocks.append(ActionsBlock(elements=shown))
    return _modal(draft, step.position, step.submit, blocks)


def _modal(draft: Draft, position: str, submit: str, blocks: list[Block]) -> View:
    return View(
        type="modal",
        callback_id=Call.WIZARD,
        title=plain(short(position, TITLE)),
        submit=plain(submit),
        close=plain(words.CANCEL),
        private_metadata=metadata(draft),
        blocks=blocks,
    )


def _content(draft: Draft, content: tuple[Content, ...], errors: Mapping[str, str]) -> list[Block]:
    choices = sum(isinstance(part, (Choice, MultiChoice)) for part in content)
    room = OPTIONS_PER_VIEW // max(choices, 1)
    blocks: list[Block] = []
    for part in content:
        blocks += _part(draft, part, errors, room)
    return blocks


def _part(draft: Draft, part: Content, errors: Mapping[str, str], room: int) -> list[Block]:
    match part:
        case Say(text, Tone.QUIET):
            return [quiet(escape(text))]
        case Say(text, Tone.WARNING):
            return sections([f":warning: {escape(text)}"])
        case Say(text):
            return sections([escape(text)])
        case Points(items, title):
            lines = [f"• {escape(item)}" for item in items]
            return sections(lines, f"*{escape(title)}*" if title else "")
        case Figures(rows, title):
            lines = [f"{escape(name)}: *{escape(value)}*" for name, value in rows]
            return sections(lines, f"*{escape(title)}*" if title else "")
        case Download(key, label):
            return [ActionsBlock(elements=[button(label, Act.WIZARD_FILE, key)])]
        case Choice() | MultiChoice():
            said = errors.get(part.key)
            complaint = [quiet(f":warning: {escape(said)}")] if said else []
            return [_choice(draft, part, room), *complaint]


def _choice(draft: Draft, choice: Question, room: int) -> InputBlock:
    return asked(
        choice.label,
        _several(choice, room) if isinstance(choice, MultiChoice) else _one(choice, room),
        block_id=block_id(draft, choice.key),
        hint=choice.hint,
    )


def _one(choice: Choice, room: int) -> InputInteractiveElement:
    groups = groups_of(choice)
    every = [one for _, options in groups for one in options]
    if choice.shape == "open" and len(every) <= OPEN_OPTIONS:
        return radio(every, action_id=Act.ANSWER, value=choice.value)
    return menu(
        groups,
        action_id=Act.ANSWER,
        search_id=Act.ANSWER_SEARCH,
        placeholder=words.CHOOSE,
        value=choice.value,
        room=room,
    )


def _several(choice: MultiChoice, room: int) -> InputInteractiveElement:
    return several(
        groups_of(choice),
        action_id=Act.ANSWER,
        search_id=Act.ANSWER_SEARCH,
        placeholder=words.CHOOSE,
        values=choice.values,
        room=room,
    )
