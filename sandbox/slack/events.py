"""Events the manifest subscribes to."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.slack.courier import Courier
from sandbox.slack.manifest import Manifest
from sandbox.slack.models import Channel
from sandbox.slack.payloads import Payloads

_MESSAGE_EVENTS: Final = {
    "public": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "im": ("message.im", "im"),
}


class Events:
    """Tells the app what happened, if it asked to be told."""

    def __init__(
        self,
        manifest: Manifest,
        payloads: Payloads,
        courier: Courier,
        now: Callable[[], float],
    ) -> None:
        self._wanted = manifest.events
        self._payloads = payloads
        self._courier = courier
        self._now = now

    def wants_messages_of(self, channel: Channel) -> bool:
        """Return whether messages of this kind of channel are subscribed to."""
        return _MESSAGE_EVENTS[channel.kind][0] in self._wanted

    async def home_opened(
        self, user_id: str, channel: str, tab: str, view: dict[str, Any] | None
    ) -> None:
        """Tell that somebody opened the app's Home or Messages tab."""
        if "app_home_opened" not in self._wanted:
            return
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": channel,
            "tab": tab,
            "event_ts": self._stamp(),
        }
        if view is not None:
            event["view"] = view
        await self._send(event, channel)

    async def said(self, channel: Channel, message: dict[str, Any]) -> None:
        """Tell that a message was posted."""
        if self.wants_messages_of(channel):
            kind = _MESSAGE_EVENTS[channel.kind][1]
            await self._send(_of_message("message", channel, message, kind), channel.id)

    async def mentioned(self, channel: Channel, message: dict[str, Any]) -> None:
        """Tell that somebody spoke to the app in a channel it is in."""
        if "app_mention" in self._wanted:
            await self._send(_of_message("app_mention", channel, message, None), channel.id)

    async def joined(self, channel: Channel, user_id: str, inviter: str | None) -> None:
        """Tell that somebody became a member of a channel."""
        if "member_joined_channel" not in self._wanted:
            return
        event: dict[str, Any] = {
            "type": "member_joined_channel",
            "user": user_id,
            "channel": channel.id,
            "channel_type": "G" if channel.kind == "private" else "C",
            "team": self._payloads.home_team,
            "event_ts": self._stamp(),
        }
        if inviter:
            event["inviter"] = inviter
        await self._send(event, channel.id)

    async def reacted(self, user_id: str, emoji: str, item: dict[str, str], owner: str) -> None:
        """Tell that somebody added an emoji to a message."""
        if "reaction_added" not in self._wanted:
            return
        event = {
            "type": "reaction_added",
            "user": user_id,
            "reaction": emoji,
            "item": {"type": "message", **item},
            "item_user": owner,
            "event_ts": self._stamp(),
        }
        await self._send(event, item["channel"])

    async def _send(self, event: dict[str, Any], channel: str) -> None:
        await self._courier.send_event(self._payloads.event(event, channel, self._now()))

    def _stamp(self) -> str:
        return f"{self._now():.6f}"


def _of_message(
    kind: str, channel: Channel, message: dict[str, Any], channel_type: str | None
) -> dict[str, Any]:
    event = {**message, "type": kind, "channel": channel.id, "event_ts": message["ts"]}
    if channel_type:
        event["channel_type"] = channel_type
    return event
