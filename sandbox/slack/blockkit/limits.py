"""Every number of Block Kit, by the name of what it bounds.

The numbers follow Slack's `blocks.validate`. The names are those of the published limits file, so
that the contract tests can lay the two side by side.
"""

from types import MappingProxyType
from typing import Final

LIMITS: Final = MappingProxyType(
    {
        "text.min_length": 1,
        "text.max_length": 3000,
        "action_id.max_length": 255,
        "block_id.max_length": 255,
        "button.text.max_length": 75,
        "button.url.max_length": 3000,
        "button.value.max_length": 2000,
        "button.accessibility_label.max_length": 75,
        "confirmation.title.max_length": 100,
        "confirmation.text.max_length": 300,
        "confirmation.confirm.max_length": 30,
        "confirmation.deny.max_length": 30,
        "option.text.max_length": 75,
        "option.value.max_length": 150,
        "option.description.max_length": 75,
        "option.url.max_length": 3000,
        "option_group.label.max_length": 75,
        "option_group.options.min_items": 1,
        "option_group.options.max_items": 100,
        "select.placeholder.max_length": 150,
        "select.options.min_items": 1,
        "select.options.max_items": 100,
        "select.option_groups.min_items": 1,
        "select.option_groups.max_items": 100,
        "select.min_query_length.min": 0,
        "multi_select.max_selected_items.min": 1,
        "overflow.options.min_items": 1,
        "overflow.options.max_items": 5,
        "checkboxes.options.min_items": 1,
        "checkboxes.options.max_items": 10,
        "radio_buttons.options.min_items": 1,
        "radio_buttons.options.max_items": 10,
        "file_input.max_files.min": 1,
        "file_input.max_files.max": 10,
        "plain_text_input.min_length.min": 0,
        "plain_text_input.min_length.max": 3000,
        "plain_text_input.max_length.min": 1,
        "plain_text_input.max_length.max": 3000,
        "rich_text_input.min_lines.min": 1,
        "rich_text_input.min_lines.max": 100,
        "rich_text_input.max_lines.min": 1,
        "rich_text_input.max_lines.max": 100,
        "conversation_filter.include.min_items": 1,
        "dispatch_action_configuration.trigger_actions_on.min_items": 1,
        "dispatch_action_configuration.trigger_actions_on.max_items": 2,
        "actions.elements.max_items": 25,
        "alert.text.max_length": 200,
        "context.elements.max_items": 10,
        "table.rows.max_items": 100,
        "table.columns.max_items": 20,
        "table.column_settings.max_items": 20,
        "header.text.max_length": 150,
        "image.image_url.max_length": 3000,
        "image.alt_text.max_length": 2000,
        "image.title.max_length": 2000,
        "image_element.image_url.max_length": 3000,
        "image_element.alt_text.max_length": 2000,
        "input.label.max_length": 2000,
        "input.hint.max_length": 2000,
        "markdown.text.max_length": 12000,
        "markdown.total_text.max_length": 12000,
        "rich_text_list.indent.min": 0,
        "rich_text_list.indent.max": 8,
        "rich_text_list.offset.min": 0,
        "section.text.max_length": 3000,
        "section.fields.max_items": 10,
        "section.fields.item_max_length": 2000,
        "message.blocks.max_items": 50,
        "message.attachments.max_items": 100,
        "view.blocks.max_items": 100,
        "view.private_metadata.max_length": 3000,
        "view.callback_id.max_length": 255,
        "view.external_id.max_length": 255,
        "view.title.max_length": 24,
        "view.close.max_length": 24,
        "view.submit.max_length": 24,
    }
)

# Slack refuses a view above 250 kB with `view_too_large`.
VIEW_BYTES: Final = 250_000
# `chat.postMessage` cuts a longer text; `chat.update` and `chat.postEphemeral` refuse far earlier.
MESSAGE_TEXT: Final = 40_000
UPDATE_TEXT: Final = 4_000
# Undocumented: Slack refuses a message whose blocks hold more (slackapi/bolt-js issue 2509 measured
# 13,200 to 13,300).
BLOCKS_TEXT: Final = 13_200
# Our own early warning: beyond this the 3,000 of private_metadata are close.
ROOMY_METADATA: Final = 2_500


def limit(name: str) -> int:
    """Return the number behind a dotted name."""
    return LIMITS[name]
