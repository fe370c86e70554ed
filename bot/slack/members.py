"""Whether somebody is a full member of the workspace, as Slack says, kept for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sync.clock import Clock

FRESH = timedelta(minutes=5)  # how long somebody who became a guest may still pass as a member
KEPT = 5_000  # people; a few hundred bytes each

# What makes a Slack user something else than a full member.
_NOT_MEMBER = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")


@dataclass(frozen=True, slots=True)
class _Known:
    member: bool
    until: datetime


class Members:
    """Asks Slack's users.info, and remembers the answer."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def is_member(self, user: str, team_id: str) -> bool:
        """Say whether this is a full member of the team: no guest, no bot, nobody from outside.

        Raises slack_sdk's errors when Slack cannot be asked.
        """
        now = self._clock.now()
        known = self._known.get(user)
        if known is None or known.until <= now:
            known = _Known(await self._ask(user, team_id), now + FRESH)
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[user] = known
        return known.member

    async def _ask(self, user: str, team_id: str) -> bool:
        try:
            answer = await self._client.users_info(user=user)
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return False
            raise
        said = answer["user"]
        return said.get("team_id", team_id) == team_id and not any(map(said.get, _NOT_MEMBER))
