"""Replacing a progress view once its result is there.

The ack that shows the progress view may reach Slack after the result does: until then
Slack does not find the view by its external id, so the result is offered again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.asking import Ask
from bot.slack.context import Refused
from bot.slack.surface import Surface
from bot.slack.trouble import log_error, tell_directly
from bot.slack.views.notice import notice

log = logging.getLogger(__name__)

# Seconds between offers: together longer than Slack takes to show an acknowledged view.
OFFERS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)


async def show_later(surface: Surface, external_id: str, view: View) -> bool:
    """Show the result in the progress view, unless the person closed it; whether it was shown."""
    for wait in (*OFFERS, None):
        try:
            await surface.client.views_update(external_id=external_id, view=view)
        except SlackApiError as error:
            if error.response["error"] != "not_found":
                raise
        else:
            return True
        if wait is not None:
            await surface.pause(wait)
    return False


async def show_done(ask: Ask, showing: Awaitable[object]) -> None:
    """Show what came of an act that is done; the person is told directly where that breaks."""
    try:
        await showing
    except Exception:
        log.exception("what was done could not be shown")
        await tell_directly(ask.client, ask.asker.user, words.DONE_UNSEEN)


def tell_later(ask: Ask, external_id: str) -> Callable[[Exception], Awaitable[None]]:
    """Make what tells the person in the progress view that its work broke."""
    return _telling(ask, partial(show_later, ask.surface, external_id))


def tell_in(ask: Ask, view_id: str) -> Callable[[Exception], Awaitable[None]]:
    """Make what tells the person in the window in hand that what it waits for broke."""

    async def show(view: View) -> bool:
        await ask.client.views_update(view_id=view_id, view=view)
        return True

    return _telling(ask, show)


def _telling(
    ask: Ask, show: Callable[[View], Awaitable[bool]]
) -> Callable[[Exception], Awaitable[None]]:
    async def tell(error: Exception) -> None:
        refused = isinstance(error, Refused)
        title = words.NOTICE_TITLE if refused else words.BROKEN_TITLE
        text = str(error) if refused else words.broken(log_error(error, ask.body))
        try:
            shown = await show(notice(title, text))
        except SlackApiError:
            shown = False
        if not shown:
            await tell_directly(ask.client, ask.asker.user, text)

    return tell
