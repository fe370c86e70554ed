"""Composition objects: texts, options, confirm dialogs, filters."""

from collections.abc import Mapping

from sandbox.slack.blockkit.limits import limit
from sandbox.slack.blockkit.report import Check, Report
from sandbox.slack.blockkit.shapes import (
    any_schema,
    exactly_one,
    flag,
    items,
    one_of,
    shape,
    string,
    typed,
)

_TEXT_MAX = limit("text.max_length")


def _plain(maximum: int) -> Check:
    text = string(limit("text.min_length"), maximum)
    return shape({"type": one_of("plain_text"), "text": text}, {"emoji": flag})


def _mrkdwn(maximum: int) -> Check:
    text = string(limit("text.min_length"), maximum)
    return shape({"type": one_of("mrkdwn"), "text": text}, {"verbatim": flag})


def plain_text(maximum: int = _TEXT_MAX) -> Check:
    """Check for a plain_text object."""
    return typed({"plain_text": _plain(maximum)})


def any_text(maximum: int = _TEXT_MAX) -> Check:
    """Check for a plain_text or mrkdwn object."""
    return any_schema(typed({"plain_text": _plain(maximum), "mrkdwn": _mrkdwn(maximum)}))


CONFIRM = shape(
    {
        "title": plain_text(limit("confirmation.title.max_length")),
        "text": any_text(limit("confirmation.text.max_length")),
    },
    {
        # The declared types demand both; Slack fills in "Yes" and "No" itself.
        "confirm": plain_text(limit("confirmation.confirm.max_length")),
        "deny": plain_text(limit("confirmation.deny.max_length")),
        "style": one_of("primary", "danger"),
    },
)

_option_value = string(1, limit("option.value.max_length"))
_option_plain = plain_text(limit("option.text.max_length"))
_option_rich = any_text(limit("option.text.max_length"))

OPTION = shape(
    {"text": _option_plain, "value": _option_value},
    {"description": plain_text(limit("option.description.max_length"))},
)
# Only radio buttons and checkboxes render mrkdwn in their options.
RICH_OPTION = shape(
    {"text": _option_rich, "value": _option_value},
    {"description": any_text(limit("option.description.max_length"))},
)
OVERFLOW_OPTION = shape(
    {"text": _option_plain, "value": _option_value},
    {
        "description": plain_text(limit("option.description.max_length")),
        "url": string(1, limit("option.url.max_length")),
    },
)
OPTION_GROUP = shape(
    {
        "label": plain_text(limit("option_group.label.max_length")),
        "options": items(
            OPTION, limit("option_group.options.min_items"), limit("option_group.options.max_items")
        ),
    }
)

DISPATCH_ACTION_CONFIG = shape(
    {
        "trigger_actions_on": items(
            one_of("on_enter_pressed", "on_character_entered"),
            limit("dispatch_action_configuration.trigger_actions_on.min_items"),
            limit("dispatch_action_configuration.trigger_actions_on.max_items"),
        )
    }
)


def _filter_not_empty(report: Report, pointer: str, value: Mapping[str, object]) -> None:
    if not value:
        report.add(pointer, "missing required field: include")


CONVERSATION_FILTER = shape(
    {},
    {
        "include": items(
            one_of("im", "mpim", "private", "public"),
            limit("conversation_filter.include.min_items"),
        ),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    [_filter_not_empty],
)

SLACK_FILE = shape(
    {},
    {
        "id": string(1, pattern=r"F[A-Z0-9]{8,}", hint="invalid slack file"),
        "url": string(1, limit("image.image_url.max_length")),
    },
    [exactly_one("id", "url")],
)
