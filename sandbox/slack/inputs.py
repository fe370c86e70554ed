"""What stands in the inputs of a surface: `state.values`, and the client's own checks."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.slack.blockkit.elements import given_options
from sandbox.slack.blockkit.walk import elements_of
from sandbox.slack.errors import CannotDo
from sandbox.slack.models import Values

# Element type -> (key in the state, key of its initial value, value when nothing is entered).
_KEYS: Final[dict[str, tuple[str, str, Any]]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "file_input": ("files", "", []),
}
TEXT_INPUTS: Final = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
)
_ONE_OPTION: Final = frozenset({"static_select", "external_select", "radio_buttons"})
_MANY_OPTIONS: Final = frozenset({"checkboxes", "multi_static_select", "multi_external_select"})

REQUIRED: Final = "Please complete this required field."


def stateful(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (block, element) for every element that has a place in `state.values`."""
    for block in blocks:
        for _, element in elements_of(block):
            if element.get("type") in _KEYS:
                yield block, element


def state_key(kind: str) -> str:
    """Return the key under which an element's entry stands, as `selected_option`."""
    return _KEYS[kind][0]


def initial_values(blocks: list[dict[str, Any]], channel: str | None = None) -> Values:
    """Return `state.values` as it stands before anybody touched the surface.

    `channel` is where the person came from, for `default_to_current_conversation`.
    """
    values: Values = {}
    for block, element in stateful(blocks):
        entry = _initial_entry(element, channel)
        values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def carried_values(blocks: list[dict[str, Any]], earlier: Values) -> Values:
    """Return the values after an update: equal ids and type keep what stood there.

    Slack does not apply `initial_*` again when the ids are equal; a selection whose option is no
    longer offered is dropped.
    """
    values = initial_values(blocks)
    for block, element in stateful(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        before = earlier.get(block_id, {}).get(action_id)
        if before is not None and before["type"] == element["type"]:
            values[block_id][action_id] = _still_offered(element, before)
    return values


def entry_for(element: Mapping[str, Any], answer: object) -> dict[str, Any]:
    """Return the state entry for what a person entered; CannotDo if it is not on offer.

    `answer` is a string for texts, dates, times and ids, an option's value (or the option itself)
    for selects, a list of those for multi selects, None to empty the field.
    """
    kind = str(element["type"])
    _, _, empty = _KEYS[kind]
    if answer is None or answer in ("", []):
        value: Any = empty
    elif kind in _ONE_OPTION:
        value = _offered_option(element, answer)
    elif kind in _MANY_OPTIONS:
        chosen = answer if isinstance(answer, list) else [answer]
        value = [_offered_option(element, one) for one in chosen]
    elif kind == "datetimepicker":
        value = int(str(answer))
    elif isinstance(empty, list):
        value = list(answer) if isinstance(answer, list) else [answer]
    elif kind == "rich_text_input" and isinstance(answer, str):
        value = _rich_text(answer)
    else:
        value = answer
    return _entry(element, value)


def submission_errors(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """Return what Slack's client shows under the fields instead of sending: block_id -> text."""
    errors: dict[str, str] = {}
    for block, element in stateful(blocks):
        if block["type"] != "input":
            continue
        entry = values[block["block_id"]][element["action_id"]]
        value = entry[state_key(element["type"])]
        blank = value in (None, "", [])
        if blank and not block["optional"]:
            errors[block["block_id"]] = REQUIRED
        elif not blank:
            complaint = _complaint(element, value)
            if complaint:
                errors[block["block_id"]] = complaint
    return errors


def _initial_entry(element: Mapping[str, Any], channel: str | None) -> dict[str, Any]:
    _, initial, empty = _KEYS[str(element["type"])]
    value = element.get(initial, empty)
    if channel and initial not in element and element.get("default_to_current_conversation"):
        value = [channel] if isinstance(empty, list) else channel
    if isinstance(value, list):
        value = list(value)
    return _entry(element, value)


def _entry(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kind = str(element["type"])
    entry = {"type": kind, state_key(kind): value}
    if kind == "timepicker" and element.get("timezone"):
        entry["timezone"] = element["timezone"]
    return entry


def _still_offered(element: Mapping[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    kind = str(element["type"])
    if kind in ("external_select", "multi_external_select"):
        return before
    if kind in _ONE_OPTION | _MANY_OPTIONS:
        by_value = {option["value"]: option for option in _option_dicts(element)}
        now = before[state_key(kind)]
        if kind in _ONE_OPTION:
            return _entry(element, by_value.get(now["value"]) if now else None)
        return _entry(element, [by_value[one["value"]] for one in now if one["value"] in by_value])
    return before


def _option_dicts(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [option for option in given_options(element) if isinstance(option, dict)]


def _offered_option(element: Mapping[str, Any], answer: object) -> dict[str, Any]:
    if isinstance(answer, dict):
        if element["type"] not in ("external_select", "multi_external_select"):
            answer = answer.get("value")
        else:
            return answer
    for option in _option_dicts(element):
        if option["value"] == answer:
            return option
    raise CannotDo(f"no option {answer!r} in {element.get('action_id')}")


def _rich_text(text: str) -> dict[str, Any]:
    leaf = {"type": "text", "text": text}
    section = {"type": "rich_text_section", "elements": [leaf]}
    return {"type": "rich_text", "elements": [section]}


def _complaint(element: Mapping[str, Any], value: Any) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        return _length_complaint(element, value)
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _is_web_address(value):
        return "Please enter a valid URL."
    most = element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(value) > most:
        return f"Please select no more than {most} items."
    return None


def _length_complaint(element: Mapping[str, Any], value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if len(value) > most:
        return f"Please enter no more than {most} characters."
    return None


def _number_complaint(element: Mapping[str, Any], value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a valid number."
    if not number.is_finite():
        return "Please enter a valid number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number greater than or equal to {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number less than or equal to {element['max_value']}."
    return None


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
