"""Whole surfaces: views, messages, option lists, and the rules that span their blocks."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.slack.blockkit.blocks import block_of
from sandbox.slack.blockkit.elements import given_options
from sandbox.slack.blockkit.limits import ROOMY_METADATA, limit
from sandbox.slack.blockkit.objects import OPTION, OPTION_GROUP, plain_text
from sandbox.slack.blockkit.report import Check, Problem, Report
from sandbox.slack.blockkit.shapes import exactly_one, flag, items, nullable, one_of, shape, string
from sandbox.slack.blockkit.walk import elements_of


def check_view(view: object) -> list[str]:
    """Return what Slack would refuse about a modal or Home view, pointers under `/view`."""
    report = Report()
    if not isinstance(view, dict):
        report.add("/view", "must provide an object")
        return report.lines()
    kind = view.get("type")
    if kind is not None and kind not in ("modal", "home"):
        report.add("/view/type", f"unsupported type: {kind}")
        return report.lines()
    (_HOME if kind == "home" else _MODAL)(report, "/view", view)
    surface = "home" if kind == "home" else "modal"
    _check_view_as_a_whole(report, view, surface)
    extra = [p for p in report.problems if p.message.startswith("invalid additional property")]
    if any(problem.pointer == "/view" for problem in extra):
        report.problems.insert(0, Problem("failed to match all allowed schemas", "/view"))
    return report.lines()


def check_message(payload: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse about a message's blocks and attachments."""
    report = Report()
    blocks = payload.get("blocks")
    if blocks is not None:
        _check_block_list(report, "/blocks", blocks, "message")
    attachments = payload.get("attachments")
    for index, attachment in enumerate(attachments if isinstance(attachments, list) else []):
        inner = attachment.get("blocks") if isinstance(attachment, dict) else None
        if inner is not None:
            _check_block_list(report, f"/attachments/{index}/blocks", inner, "message")
    return report.lines()


def check_blocks(blocks: object, surface: str, pointer: str = "/blocks") -> list[str]:
    """Return what Slack would refuse about a list of blocks on a surface."""
    report = Report()
    _check_block_list(report, pointer, blocks, surface)
    return report.lines()


def characters(value: object) -> int:
    """Count the characters of all texts in blocks."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if not isinstance(value, dict):
        return 0
    text = value.get("text")
    own = len(text) if isinstance(text, str) else 0
    return own + sum(map(characters, value.values()))


def check_options_answer(answer: object) -> list[str]:
    """Return what Slack would refuse about the answer to a block suggestion."""
    report = Report()
    _OPTIONS_ANSWER(report, "", answer)
    return report.lines()


def advise_view(view: Mapping[str, Any]) -> list[str]:
    """Return warnings about a view that Slack accepts."""
    advice = _advise_blocks(view.get("blocks"))
    if len(view.get("private_metadata") or "") > ROOMY_METADATA:
        advice.append("private_metadata is close to its limit of 3,000 characters")
    return advice


def advise_message(payload: Mapping[str, Any]) -> list[str]:
    """Return warnings about a message that Slack accepts."""
    advice = _advise_blocks(payload.get("blocks"))
    if payload.get("blocks") and not payload.get("text"):
        advice.append("no top-level text beside blocks: notifications and readers show nothing")
    mentions = {mention for text in _texts(payload) for mention in _BROAD if mention in text}
    return advice + [f"mentions everybody: {mention}>" for mention in sorted(mentions)]


# Texts that wake a whole channel when they are not escaped.
_BROAD: Final = ("<!channel", "<!here", "<!everyone")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _block_list(surface: str) -> Check:
    most = limit("message.blocks.max_items" if surface == "message" else "view.blocks.max_items")
    return items(block_of(surface), 0, most)


_BLOCK_LISTS = {surface: _block_list(surface) for surface in ("modal", "home", "message")}

_VIEW_EXTRAS: dict[str, Check] = {
    "private_metadata": string(0, limit("view.private_metadata.max_length")),
    "callback_id": string(0, limit("view.callback_id.max_length")),
    "external_id": string(0, limit("view.external_id.max_length")),
}
_MODAL = shape(
    {
        "title": plain_text(limit("view.title.max_length")),
        "blocks": _BLOCK_LISTS["modal"],
        "type": one_of("modal"),
    },
    {
        **_VIEW_EXTRAS,
        "submit": nullable(plain_text(limit("view.submit.max_length"))),
        "close": nullable(plain_text(limit("view.close.max_length"))),
        "clear_on_close": flag,
        "notify_on_close": flag,
    },
)
_HOME = shape({"blocks": _BLOCK_LISTS["home"], "type": one_of("home")}, _VIEW_EXTRAS)

_OPTIONS_ANSWER = shape(
    {},
    {
        "options": items(OPTION, 0, limit("select.options.max_items")),
        "option_groups": items(OPTION_GROUP, 0, limit("select.option_groups.max_items")),
    },
    [exactly_one("options", "option_groups")],
)


def _check_block_list(report: Report, pointer: str, blocks: object, surface: str) -> None:
    _BLOCK_LISTS[surface](report, pointer, blocks)
    if isinstance(blocks, list):
        _check_across_blocks(report, pointer, blocks, surface)


def _check_view_as_a_whole(report: Report, view: Mapping[str, Any], surface: str) -> None:
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return
    _check_across_blocks(report, "/view/blocks", blocks, surface)
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if surface == "modal" and asks and not view.get("submit"):
        report.add("/view", "missing required field: submit")


def _check_across_blocks(report: Report, pointer: str, blocks: list[Any], surface: str) -> None:
    seen: set[str] = set()
    focused = 0
    tables = 0
    markdown = 0
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        place = f"{pointer}/{index}"
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                report.add(f"{place}/block_id", f"block_id already exists: {block_id}")
            seen.add(block_id)
        tables += block.get("type") == "table"
        if block.get("type") == "markdown" and isinstance(block.get("text"), str):
            markdown += len(block["text"])
        focused += _check_elements(report, place, block, surface)
    if tables > 1:
        report.add(pointer, "only_one_table_allowed")
    if markdown > limit("markdown.total_text.max_length"):
        most = limit("markdown.total_text.max_length")
        report.add(pointer, f"markdown text must be less than {most + 1} characters in all")
    if focused > 1:
        report.add(pointer, "only one element may set focus_on_load")


def _check_elements(report: Report, place: str, block: dict[str, Any], surface: str) -> int:
    """Check the elements of one block among themselves; return how many ask for the focus."""
    seen: set[str] = set()
    focused = 0
    for relative, element in elements_of(block):
        action_id = element.get("action_id")
        if isinstance(action_id, str):
            if action_id in seen:
                report.add(f"{place}{relative}/action_id", f"action_id already exists: {action_id}")
            seen.add(action_id)
        focused += element.get("focus_on_load") is True
        in_modal_input = surface == "modal" and block.get("type") == "input"
        if element.get("response_url_enabled") and not in_modal_input:
            report.add(
                f"{place}{relative}/response_url_enabled",
                "response_url_enabled is only allowed for inputs in modals",
            )
        if element.get("type") == "file_input" and surface != "modal":
            report.add(f"{place}{relative}/type", "unsupported type: file_input")
    return focused


def _advise_blocks(blocks: object) -> list[str]:
    advice: list[str] = []
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        for relative, element in elements_of(block) if isinstance(block, dict) else ():
            place = f"/blocks/{index}{relative}"
            if not element.get("action_id") and not element.get("url"):
                advice.append(f"no action_id [json-pointer:{place}]")
            options = given_options(element)
            values = [option.get("value") for option in options if isinstance(option, dict)]
            if len(set(values)) < len(values):
                advice.append(f"two options have the same value [json-pointer:{place}]")
    return advice
