"""The blocks we support, and which of them each surface takes."""

from collections.abc import Mapping
from typing import Final

from sandbox.slack.blockkit.elements import (
    ACTIONS_ELEMENT,
    IMAGE,
    INPUT_ELEMENT,
    SECTION_ACCESSORY,
)
from sandbox.slack.blockkit.limits import limit
from sandbox.slack.blockkit.objects import SLACK_FILE, any_text, plain_text
from sandbox.slack.blockkit.report import Check, Report
from sandbox.slack.blockkit.rich_text import RICH_TEXT, RICH_TEXT_FIELDS
from sandbox.slack.blockkit.shapes import (
    Rule,
    at_least_one,
    exactly_one,
    flag,
    items,
    nullable,
    one_of,
    shape,
    string,
    typed,
    whole,
)

_BLOCK_ID: Final[dict[str, Check]] = {"block_id": string(0, limit("block_id.max_length"))}


def _block(
    kind: str,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    rules: tuple[Rule, ...] = (),
) -> Check:
    return shape({"type": one_of(kind), **required}, {**_BLOCK_ID, **(optional or {})}, rules)


def _context_element(report: Report, pointer: str, value: object) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image":
        IMAGE(report, pointer, value)
    else:
        any_text()(report, pointer, value)


def _no_file_dispatch(report: Report, pointer: str, value: Mapping[str, object]) -> None:
    element = value.get("element")
    is_file = isinstance(element, dict) and element.get("type") == "file_input"
    if is_file and value.get("dispatch_action"):
        report.add(f"{pointer}/dispatch_action", "dispatch_action is not supported by file_input")


_CELL = typed(
    {
        "raw_text": shape({"type": one_of("raw_text"), "text": string()}),
        "raw_number": shape({"type": one_of("raw_number"), "value": whole(), "text": string()}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = nullable(shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}))

BLOCKS: Final[dict[str, Check]] = {
    "section": _block(
        "section",
        {},
        {
            "text": any_text(limit("section.text.max_length")),
            "fields": items(
                any_text(limit("section.fields.item_max_length")),
                1,
                limit("section.fields.max_items"),
            ),
            "accessory": SECTION_ACCESSORY,
            "expand": flag,
        },
        (at_least_one("text", "fields"),),
    ),
    "header": _block("header", {"text": plain_text(limit("header.text.max_length"))}),
    "context": _block(
        "context",
        {"elements": items(_context_element, 1, limit("context.elements.max_items"))},
    ),
    "divider": _block("divider", {}),
    "actions": _block(
        "actions",
        {"elements": items(ACTIONS_ELEMENT, 1, limit("actions.elements.max_items"))},
    ),
    "input": _block(
        "input",
        {"label": plain_text(limit("input.label.max_length")), "element": INPUT_ELEMENT},
        {
            "hint": plain_text(limit("input.hint.max_length")),
            "optional": flag,
            "dispatch_action": flag,
        },
        (_no_file_dispatch,),
    ),
    "image": _block(
        "image",
        {"alt_text": string(1, limit("image.alt_text.max_length"))},
        {
            "image_url": string(1, limit("image.image_url.max_length")),
            "slack_file": SLACK_FILE,
            "title": plain_text(limit("image.title.max_length")),
        },
        (exactly_one("image_url", "slack_file"),),
    ),
    "rich_text": shape(RICH_TEXT_FIELDS, _BLOCK_ID),
    "markdown": _block("markdown", {"text": string(0, limit("markdown.text.max_length"))}),
    "table": _block(
        "table",
        {
            "rows": items(
                items(_CELL, 1, limit("table.columns.max_items")),
                1,
                limit("table.rows.max_items"),
            )
        },
        {"column_settings": items(_COLUMN, 0, limit("table.column_settings.max_items"))},
    ),
    "alert": _block(
        "alert",
        {"text": any_text(limit("alert.text.max_length"))},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "file": _block("file", {"external_id": string(1), "source": one_of("remote")}),
}

_EVERYWHERE: Final = (
    "section",
    "header",
    "context",
    "divider",
    "actions",
    "input",
    "image",
    "rich_text",
)
# A table on a Home tab is doubtful (sources disagree), so the sandbox refuses it there.
SURFACE_BLOCKS: Final[dict[str, tuple[str, ...]]] = {
    "modal": (*_EVERYWHERE, "alert"),
    "home": _EVERYWHERE,
    "message": (*_EVERYWHERE, "markdown", "table", "file"),
}


def block_of(surface: str) -> Check:
    """Check one block as the given surface takes it: `modal`, `home` or `message`."""
    return typed({kind: BLOCKS[kind] for kind in SURFACE_BLOCKS[surface]})
