"""One payload per published case that has to be refused, built from the case's own words."""

from typing import Any, Final


def plain(text: str) -> dict[str, Any]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def option(**changes: Any) -> dict[str, Any]:
    """Return an option with some fields replaced."""
    return {"text": plain("A"), "value": "a", **changes}


def confirm(**changes: Any) -> dict[str, Any]:
    """Return a confirm dialog with some fields replaced."""
    words = {name: plain("Ok") for name in ("title", "text", "confirm", "deny")}
    return {**words, **changes}


def button(**changes: Any) -> dict[str, Any]:
    """Return a button with some fields replaced."""
    return {"type": "button", "action_id": "go", "text": plain("Go"), **changes}


def actions(*elements: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Return an actions block."""
    return [{"type": "actions", "elements": list(elements), **changes}]


def menu(kind: str = "static_select", **changes: Any) -> dict[str, Any]:
    """Return a select with some fields replaced."""
    return {"type": kind, "action_id": "menu", "options": [option()], **changes}


def options(count: int) -> list[dict[str, Any]]:
    """Return so many different options."""
    return [option(value=str(number)) for number in range(count)]


def asking(element: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Return an input block."""
    return [{"type": "input", "label": plain("Say"), "element": element, **changes}]


def section(**changes: Any) -> list[dict[str, Any]]:
    """Return a section block with some fields replaced."""
    return [{"type": "section", "text": plain("Hi"), **changes}]


def view(**changes: Any) -> dict[str, Any]:
    """Return a modal with some fields replaced."""
    return {"type": "modal", "title": plain("T"), "blocks": section(), **changes}


def _group(**changes: Any) -> dict[str, Any]:
    return {"label": plain("G"), "options": [option()], **changes}


_IMAGE: Final = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
_TEXT_INPUT: Final = {"type": "plain_text_input", "action_id": "say"}
_FILE_INPUT: Final = {"type": "file_input", "action_id": "file"}
_NUMBER: Final = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}

# Case -> blocks of a message that has to be refused.
IN_MESSAGES: Final[dict[str, list[dict[str, Any]]]] = {
    "text-empty": section(text=plain("")),
    "text-too-long": section(text=plain("x" * 3001)),
    "button-action-id-too-long": actions(button(action_id="x" * 256)),
    "button-text-too-long": actions(button(text=plain("x" * 76))),
    "button-url-too-long": actions(button(url="x" * 3001)),
    "button-value-too-long": actions(button(value="x" * 2001)),
    "button-accessibility-label-too-long": actions(button(accessibility_label="x" * 76)),
    "confirmation-title-too-long": actions(button(confirm=confirm(title=plain("x" * 101)))),
    "confirmation-text-too-long": actions(button(confirm=confirm(text=plain("x" * 301)))),
    "confirmation-confirm-too-long": actions(button(confirm=confirm(confirm=plain("x" * 31)))),
    "confirmation-deny-too-long": actions(button(confirm=confirm(deny=plain("x" * 31)))),
    "option-text-too-long": actions(menu(options=[option(text=plain("x" * 76))])),
    "option-value-too-long": actions(menu(options=[option(value="x" * 151)])),
    "option-url-too-long": actions(menu("overflow", options=[option(url="x" * 3001)])),
    "option-description-too-long": actions(menu(options=[option(description=plain("x" * 76))])),
    "option-group-label-too-long": actions(
        {**menu(), "options": None} | {"option_groups": [_group(label=plain("x" * 76))]}
    ),
    "option-group-empty": actions(menu(option_groups=[_group(options=[])])),
    "option-group-too-many-options": actions(menu(option_groups=[_group(options=options(101))])),
    "select-placeholder-too-long": actions(menu(placeholder=plain("x" * 151))),
    "select-too-many-options": actions(menu(options=options(101))),
    "select-too-many-option-groups": actions(menu(option_groups=[_group()] * 101)),
    "overflow-empty": actions(menu("overflow", options=[])),
    "overflow-too-many-options": actions(menu("overflow", options=options(6))),
    "checkboxes-empty": actions(menu("checkboxes", options=[])),
    "checkboxes-too-many-options": actions(menu("checkboxes", options=options(11))),
    "radio-buttons-empty": actions(menu("radio_buttons", options=[])),
    "radio-buttons-too-many-options": actions(menu("radio_buttons", options=options(11))),
    "table-too-many-rows": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}],
    "actions-too-many-elements": actions(*(button(action_id=str(n)) for n in range(26))),
    "context-too-many-elements": [{"type": "context", "elements": [plain("x")] * 11}],
    "context-invalid-element": [{"type": "context", "elements": [button()]}],
    "header-text-too-long": [{"type": "header", "text": plain("x" * 151)}],
    "image-url-too-long": [{**_IMAGE, "image_url": "x" * 3001}],
    "image-alt-text-too-long": [{**_IMAGE, "alt_text": "x" * 2001}],
    "image-url-and-slack-file": section(accessory={**_IMAGE, "slack_file": {"id": "F01234567"}}),
    "markdown-too-long": [{"type": "markdown", "text": "x" * 12001}],
    "section-text-too-long": section(text={"type": "mrkdwn", "text": "x" * 3001}),
    "section-too-many-fields": section(fields=[plain("x")] * 11),
    "section-field-too-long": section(fields=[plain("x" * 2001)]),
    "section-missing-content": [{"type": "section"}],
    "static-select-options-and-groups": actions(menu(option_groups=[_group()])),
    "block-id-too-long": section(block_id="x" * 256),
}

# Case -> a view that has to be refused.
IN_VIEWS: Final[dict[str, dict[str, Any]]] = {
    "file-input-max-files-too-small": view(
        submit=plain("Go"), blocks=asking({**_FILE_INPUT, "max_files": 0})
    ),
    "file-input-max-files-too-large": view(
        submit=plain("Go"), blocks=asking({**_FILE_INPUT, "max_files": 11})
    ),
    "plain-text-input-max-length-too-large": view(
        submit=plain("Go"), blocks=asking({**_TEXT_INPUT, "max_length": 3001})
    ),
    "number-input-inverted-range": view(
        submit=plain("Go"), blocks=asking({**_NUMBER, "min_value": "2", "max_value": "1"})
    ),
    "input-label-too-long": view(
        submit=plain("Go"), blocks=asking(_TEXT_INPUT, label=plain("x" * 2001))
    ),
    "input-hint-too-long": view(
        submit=plain("Go"), blocks=asking(_TEXT_INPUT, hint=plain("x" * 2001))
    ),
    "input-invalid-element": view(submit=plain("Go"), blocks=asking(button())),
    "alert-text-too-long": view(blocks=[{"type": "alert", "text": plain("x" * 201)}]),
    "view-too-many-blocks": view(blocks=section() * 101),
    "view-private-metadata-too-long": view(private_metadata="x" * 3001),
    "view-callback-id-too-long": view(callback_id="x" * 256),
    "view-title-too-long": view(title=plain("x" * 25)),
    "view-close-too-long": view(close=plain("x" * 25)),
    "view-submit-too-long": view(submit=plain("x" * 25)),
}

# Slack takes these since the cases were written (see the official folder's SOURCES.md).
RELAXED: Final = frozenset(
    {
        "markdown-empty",
        "table-ragged-rows",
        "table-column-settings-mismatch",
        "url-source-url-too-long",
        "video-alt-text-empty",
        "view-missing-blocks",
    }
)

# Cases about blocks that the sandbox refuses whole.
OF_UNSUPPORTED_BLOCKS: Final = (
    "video-",
    "card-",
    "carousel-",
    "container-",
    "context-actions-",
    "feedback-button-",
    "icon-button-",
    "data-",
    "pie-",
    "chart-",
    "axis-",
    "url-source-",
)
