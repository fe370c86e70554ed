"""Replacing a progress view once its result is there.

The ack that shows the progress view may reach Slack after the result does: until then
Slack does not find the view by its external id, so the result is offered again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.asking import Ask
from bot.slack.surface import Surface
from bot.slack.trouble import log_error
from bot.slack.views.notice import notice

# Seconds between offers: together longer than Slack takes to show an acknowledged view.
OFFERS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)


async def show_later(surface: Surface, external_id: str, view: View) -> None:
    """Show the result in the progress view; a person who closed it meanwhile is no error."""
    for wait in (*OFFERS, None):
        try:
            await surface.client.views_update(external_id=external_id, view=view)
        except SlackApiError as error:
            if error.response["error"] != "not_found":
                raise
        else:
            return
        if wait is not None:
            await surface.pause(wait)


def tell_later(ask: Ask, external_id: str) -> Callable[[Exception], Awaitable[None]]:
    """Make what tells the person in the progress view that its work broke."""

    async def tell(error: Exception) -> None:
        text = words.broken(log_error(error, ask.body))
        await show_later(ask.surface, external_id, notice(words.BROKEN_TITLE, text))

    return tell
