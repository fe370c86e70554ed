"""Block Kit's rules in our own words, refusing as Slack refuses."""

from sandbox.slack.blockkit.complete import complete_blocks, complete_view
from sandbox.slack.blockkit.surfaces import (
    advise_message,
    advise_view,
    characters,
    check_blocks,
    check_message,
    check_options_answer,
    check_view,
)

__all__ = [
    "advise_message",
    "advise_view",
    "characters",
    "check_blocks",
    "check_message",
    "check_options_answer",
    "check_view",
    "complete_blocks",
    "complete_view",
]
