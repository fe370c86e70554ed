"""Short-lived permits: triggers for modals and URLs for late answers."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.slack.errors import Refused

TRIGGER_SECONDS: Final = 3.0  # Slack: a trigger_id expires 3 s after it was sent
RESPONSE_URL_USES: Final = 5  # Slack: a response_url takes 5 posts
RESPONSE_URL_SECONDS: Final = 30 * 60.0  # Slack: within 30 minutes

_TRIGGER_FORM: Final = re.compile(r"\d+\.\d+\.[0-9a-f]{32}")


@dataclass
class Trigger:
    """Leave to show one modal to one person."""

    user_id: str
    issued: float
    # The modal inside which the person acted: only then may a view be pushed.
    view_id: str | None
    # The channel in which the person acted, for selects that start from it.
    channel: str | None = None
    spent: bool = False


class Triggers:
    """Issues and redeems trigger ids."""

    def __init__(self, now: Callable[[], float], *, lenient: bool) -> None:
        self._now = now
        self._lenient = lenient
        self._issued: dict[str, Trigger] = {}

    def issue(self, user_id: str, view_id: str | None = None, channel: str | None = None) -> str:
        """Return a new trigger id for this person."""
        now = self._now()
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user_id, now, view_id, channel)
        return trigger_id

    def look_at(self, trigger_id: str) -> Trigger:
        """Return a trigger that may still be spent, else refuse as Slack does."""
        trigger = self._issued.get(trigger_id)
        if trigger is None or not _TRIGGER_FORM.fullmatch(trigger_id):
            raise Refused("invalid_trigger_id")
        if trigger.spent:
            raise Refused("exchanged_trigger_id")
        if not self._lenient and self._now() - trigger.issued > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        return trigger


@dataclass
class ResponseUrl:
    """Where an app may answer late: to one person in one channel, about one message or none."""

    channel: str
    user_id: str
    issued: float
    message_ts: str | None
    uses: int = 0


class ResponseUrls:
    """Issues and redeems response URLs."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, channel: str, user_id: str, message_ts: str | None = None) -> str:
        """Return the key that ends a new response URL."""
        key = secrets.token_urlsafe(18)
        self._issued[key] = ResponseUrl(channel, user_id, self._now(), message_ts)
        return key

    def redeem(self, key: str) -> ResponseUrl:
        """Count one use and return the ticket; refuse an unknown, used or old one."""
        ticket = self._issued.get(key)
        if ticket is None or self._now() - ticket.issued > RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if ticket.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        ticket.uses += 1
        return ticket
