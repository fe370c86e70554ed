"""Interactive elements and images: their closed sets of fields."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from sandbox.slack.blockkit.limits import limit
from sandbox.slack.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_ACTION_CONFIG,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    SLACK_FILE,
    plain_text,
)
from sandbox.slack.blockkit.report import Check, Report
from sandbox.slack.blockkit.rich_text import RICH_TEXT
from sandbox.slack.blockkit.shapes import (
    Rule,
    exactly_one,
    flag,
    items,
    one_of,
    shape,
    string,
    typed,
    whole,
)

_ACTION_ID: dict[str, Check] = {"action_id": string(1, limit("action_id.max_length"))}
_CONFIRM: dict[str, Check] = {"confirm": CONFIRM}
_FOCUS: dict[str, Check] = {"focus_on_load": flag}
_PLACEHOLDER: dict[str, Check] = {"placeholder": plain_text(limit("select.placeholder.max_length"))}
_DISPATCH: dict[str, Check] = {"dispatch_action_config": DISPATCH_ACTION_CONFIG}
_SELECTED: dict[str, Check] = {
    "max_selected_items": whole(limit("multi_select.max_selected_items.min"))
}
_QUERY: dict[str, Check] = {"min_query_length": whole(limit("select.min_query_length.min"))}
_RESPONSE_URL: dict[str, Check] = {"response_url_enabled": flag}

_USER = string(1, pattern=r"[UW][A-Z0-9]+", hint="invalid user id")
_CHANNEL = string(1, pattern=r"[CG][A-Z0-9]+", hint="invalid channel id")
_CONVERSATION = string(1, pattern=r"[CDGUW][A-Z0-9]+", hint="invalid conversation id")
_NUMBER = string(1, pattern=r"-?\d+(\.\d+)?", hint="must be a valid number")

_OPTIONS: dict[str, Check] = {
    "options": items(OPTION, limit("select.options.min_items"), limit("select.options.max_items")),
    "option_groups": items(
        OPTION_GROUP,
        limit("select.option_groups.min_items"),
        limit("select.option_groups.max_items"),
    ),
}


def given_options(element: Mapping[str, object]) -> list[object]:
    """Return all options of an element, those inside groups included."""
    options = element.get("options")
    found = list(options) if isinstance(options, list) else []
    groups = element.get("option_groups")
    for group in groups if isinstance(groups, list) else []:
        inner = group.get("options") if isinstance(group, dict) else None
        found += inner if isinstance(inner, list) else []
    return found


def _bare(option: object) -> object:
    """Return an option without what Slack itself adds to texts."""
    if isinstance(option, dict):
        return {k: _bare(v) for k, v in option.items() if k not in ("emoji", "verbatim")}
    return option


def _initial_among_options(report: Report, pointer: str, value: Mapping[str, object]) -> None:
    offered = [_bare(option) for option in given_options(value)]
    if "initial_option" in value and _bare(value["initial_option"]) not in offered:
        report.add(f"{pointer}/initial_option", "must be one of the provided options")
    if "initial_options" in value:
        chosen = value["initial_options"]
        known = isinstance(chosen, list) and all(_bare(option) in offered for option in chosen)
        if not chosen or not known:
            report.add(f"{pointer}/initial_options", "must be one of the provided options")


def _initial_not_too_many(report: Report, pointer: str, value: Mapping[str, object]) -> None:
    allowed = value.get("max_selected_items")
    for name, chosen in value.items():
        if not name.startswith("initial_") or not isinstance(chosen, list):
            continue
        if isinstance(allowed, int) and len(chosen) > allowed:
            report.add(f"{pointer}/{name}", f"no more than {allowed} items allowed")


def _not_inverted(low: str, high: str) -> Rule:
    def rule(report: Report, pointer: str, value: Mapping[str, object]) -> None:
        try:
            least, most = Decimal(str(value[low])), Decimal(str(value[high]))
        except (KeyError, InvalidOperation):
            return
        if least > most:
            report.add(f"{pointer}/{low}", f"must be less than or equal to {high}")

    return rule


def _element(
    kind: str,
    required: Mapping[str, Check],
    *optional: Mapping[str, Check],
    rules: tuple[Rule, ...] = (),
) -> Check:
    merged: dict[str, Check] = {**_ACTION_ID}
    for part in optional:
        merged.update(part)
    merged = {name: check for name, check in merged.items() if name not in required}
    return shape({"type": one_of(kind), **required}, merged, rules)


def _choice(kind: str, initial: str, least: int, most: int) -> Check:
    of_option = items(RICH_OPTION, 1) if initial == "initial_options" else RICH_OPTION
    return _element(
        kind,
        {"options": items(RICH_OPTION, least, most)},
        _CONFIRM,
        _FOCUS,
        {initial: of_option},
        rules=(_initial_among_options,),
    )


def _select(kind: str, *parts: Mapping[str, Check], rules: tuple[Rule, ...] = ()) -> Check:
    return _element(kind, {}, _CONFIRM, _PLACEHOLDER, *parts, rules=rules)


def _multi(kind: str, *parts: Mapping[str, Check], rules: tuple[Rule, ...] = ()) -> Check:
    return _select(kind, _SELECTED, *parts, rules=(*rules, _initial_not_too_many))


def _text_input(kind: str, *parts: Mapping[str, Check], rules: tuple[Rule, ...] = ()) -> Check:
    return _element(
        kind,
        {},
        _DISPATCH,
        _FOCUS,
        _PLACEHOLDER,
        {"initial_value": string()},
        *parts,
        rules=rules,
    )


_STATIC_RULES = (exactly_one("options", "option_groups"), _initial_among_options)
_CONVERSATION_PARTS: dict[str, Check] = {
    "default_to_current_conversation": flag,
    "filter": CONVERSATION_FILTER,
}

ELEMENTS: Final[dict[str, Check]] = {
    "button": _element(
        "button",
        {"text": plain_text(limit("button.text.max_length"))},
        _CONFIRM,
        {
            "url": string(1, limit("button.url.max_length")),
            "value": string(1, limit("button.value.max_length")),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(1, limit("button.accessibility_label.max_length")),
        },
    ),
    "overflow": _element(
        "overflow",
        {
            "options": items(
                OVERFLOW_OPTION,
                limit("overflow.options.min_items"),
                limit("overflow.options.max_items"),
            )
        },
        _CONFIRM,
    ),
    "checkboxes": _choice(
        "checkboxes",
        "initial_options",
        limit("checkboxes.options.min_items"),
        limit("checkboxes.options.max_items"),
    ),
    "radio_buttons": _choice(
        "radio_buttons",
        "initial_option",
        limit("radio_buttons.options.min_items"),
        limit("radio_buttons.options.max_items"),
    ),
    "static_select": _select(
        "static_select", _FOCUS, _OPTIONS, {"initial_option": OPTION}, rules=_STATIC_RULES
    ),
    "multi_static_select": _multi(
        "multi_static_select",
        _FOCUS,
        _OPTIONS,
        {"initial_options": items(OPTION, 1)},
        rules=_STATIC_RULES,
    ),
    "external_select": _select("external_select", _FOCUS, _QUERY, {"initial_option": OPTION}),
    # Slack refuses focus_on_load here, though every other input takes it.
    "multi_external_select": _multi(
        "multi_external_select", _QUERY, {"initial_options": items(OPTION, 1)}
    ),
    "users_select": _select("users_select", _FOCUS, {"initial_user": _USER}),
    "multi_users_select": _multi("multi_users_select", _FOCUS, {"initial_users": items(_USER, 1)}),
    "conversations_select": _select(
        "conversations_select",
        _FOCUS,
        _RESPONSE_URL,
        _CONVERSATION_PARTS,
        {"initial_conversation": _CONVERSATION},
    ),
    "multi_conversations_select": _multi(
        "multi_conversations_select",
        _FOCUS,
        _CONVERSATION_PARTS,
        {"initial_conversations": items(_CONVERSATION, 1)},
    ),
    "channels_select": _select(
        "channels_select", _FOCUS, _RESPONSE_URL, {"initial_channel": _CHANNEL}
    ),
    "multi_channels_select": _multi(
        "multi_channels_select", _FOCUS, {"initial_channels": items(_CHANNEL, 1)}
    ),
    "datepicker": _element(
        "datepicker",
        {},
        _CONFIRM,
        _FOCUS,
        _PLACEHOLDER,
        {
            "initial_date": string(
                1,
                pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
                hint="must be a date of the form YYYY-MM-DD",
            )
        },
    ),
    "timepicker": _element(
        "timepicker",
        {},
        _CONFIRM,
        _FOCUS,
        _PLACEHOLDER,
        {
            "initial_time": string(
                1, pattern=r"([01]\d|2[0-3]):[0-5]\d", hint="must be a time of the form HH:mm"
            ),
            "timezone": string(1),
        },
    ),
    "datetimepicker": _element(
        "datetimepicker",
        {},
        _CONFIRM,
        _FOCUS,
        {"initial_date_time": whole(0, 9_999_999_999)},  # Slack: ten digits of seconds
    ),
    "plain_text_input": _text_input(
        "plain_text_input",
        {
            "multiline": flag,
            "min_length": whole(
                limit("plain_text_input.min_length.min"), limit("plain_text_input.min_length.max")
            ),
            "max_length": whole(
                limit("plain_text_input.max_length.min"), limit("plain_text_input.max_length.max")
            ),
        },
        rules=(_not_inverted("min_length", "max_length"),),
    ),
    "email_text_input": _text_input("email_text_input"),
    "url_text_input": _text_input("url_text_input"),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": flag},
        _DISPATCH,
        _FOCUS,
        _PLACEHOLDER,
        {"initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
        rules=(_not_inverted("min_value", "max_value"),),
    ),
    "rich_text_input": _element(
        "rich_text_input",
        _ACTION_ID,
        _DISPATCH,
        _FOCUS,
        _PLACEHOLDER,
        {
            "initial_value": RICH_TEXT,
            "min_lines": whole(
                limit("rich_text_input.min_lines.min"), limit("rich_text_input.min_lines.max")
            ),
            "max_lines": whole(
                limit("rich_text_input.max_lines.min"), limit("rich_text_input.max_lines.max")
            ),
        },
    ),
    "file_input": _element(
        "file_input",
        {},
        {
            "filetypes": items(string(1), 1),
            "max_files": whole(
                limit("file_input.max_files.min"), limit("file_input.max_files.max")
            ),
        },
    ),
}

IMAGE: Final = shape(
    {
        "type": one_of("image"),
        "alt_text": string(1, limit("image_element.alt_text.max_length")),
    },
    {"image_url": string(1, limit("image_element.image_url.max_length")), "slack_file": SLACK_FILE},
    [exactly_one("image_url", "slack_file")],
)

_SELECTS: Final = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
_CHOICES: Final = (
    *_SELECTS,
    *(f"multi_{name}" for name in _SELECTS),
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
)


def _named(*names: str) -> dict[str, Check]:
    return {name: ELEMENTS[name] for name in names}


SECTION_ACCESSORY: Final = typed({**_named("button", "overflow", *_CHOICES), "image": IMAGE})
ACTIONS_ELEMENT: Final = typed(
    _named("button", "overflow", "datetimepicker", "rich_text_input", *_CHOICES)
)
INPUT_ELEMENT: Final = typed(
    _named(
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
        *_CHOICES,
    )
)
