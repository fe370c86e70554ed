"""What is said: channel messages, threads, ephemeral messages."""

import copy
from collections.abc import Callable
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.changes import Changes
from sandbox.slack.directory import Directory
from sandbox.slack.models import Message


class Messages:
    """Keeps messages in order, with a `ts` that is unique per channel."""

    def __init__(
        self,
        app: AppIdentity,
        directory: Directory,
        changes: Changes,
        now: Callable[[], float],
    ) -> None:
        self._app = app
        self._directory = directory
        self._changes = changes
        self._now = now
        self._kept: list[Message] = []
        self._last: dict[str, tuple[int, int]] = {}

    def add(self, message: Message) -> Message:
        """Keep a new message."""
        self._kept.append(message)
        self._changes.bump()
        return message

    def new_ts(self, channel: str) -> str:
        """Return the next `ts` of a channel: seconds and a running number."""
        second, count = int(self._now()), 100
        last_second, last_count = self._last.get(channel, (0, 0))
        if second <= last_second:
            second, count = last_second, last_count + 100
        self._last[channel] = (second, count)
        return f"{second}.{count:06d}"

    def changed(self) -> None:
        """Note that a message was edited in place."""
        self._changes.bump()

    def remove(self, message: Message) -> None:
        """Delete a message."""
        self._kept.remove(message)
        self._changes.bump()

    def find(self, channel: str, ts: str | None, *, seen_by: str | None = None) -> Message | None:
        """Return a message; an ephemeral one only to the person who sees it."""
        for message in self._kept:
            here = (message.channel, message.ts) == (channel, ts)
            if here and message.ephemeral_to in (None, seen_by):
                return message
        return None

    def root_of(self, channel: str, ts: str | None) -> str | None:
        """Make a message the parent of a thread and return the thread's `ts`.

        A reply to a reply joins the thread. None if there is no such message.
        """
        parent = self.find(channel, ts)
        if parent is None:
            return None
        parent.thread_ts = parent.thread_ts or parent.ts
        return parent.thread_ts

    def in_channel(self, channel: str) -> list[Message]:
        """Return the lasting top-level messages of a channel, oldest first."""
        return [
            message
            for message in self._kept
            if message.channel == channel
            and message.ephemeral_to is None
            and message.thread_ts in (None, message.ts)
        ]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Return a thread: its parent and the replies, oldest first."""
        return [
            message
            for message in self._kept
            if message.channel == channel
            and message.ephemeral_to is None
            and thread_ts in (message.ts, message.thread_ts)
        ]

    def ephemerals(self, user_id: str) -> list[Message]:
        """Return what only this person sees, oldest first."""
        return [message for message in self._kept if message.ephemeral_to == user_id]

    def everything_seen_by(self, user_id: str) -> list[Message]:
        """Return all messages on a person's screen, oldest first."""
        return [
            message
            for message in self._kept
            if user_id in self._directory.channels[message.channel].members
            and message.ephemeral_to in (None, user_id)
        ]

    def as_payload(self, message: Message) -> dict[str, Any]:
        """Return the message object of answers, events and interactions."""
        body: dict[str, Any] = {
            "type": "message",
            "text": message.text,
            "user": message.user,
            "ts": message.ts,
            "team": message.team_id,
        }
        if message.from_app:
            body |= {
                "bot_id": self._app.bot_id,
                "app_id": self._app.app_id,
                "bot_profile": self._bot_profile(),
            }
        for name, value in (
            ("blocks", message.blocks),
            ("attachments", message.attachments),
            ("files", message.files),
            ("edited", message.edited),
            ("metadata", message.metadata),
        ):
            if value:
                body[name] = copy.deepcopy(value)
        if message.thread_ts:
            body |= self._thread_facts(message)
        if message.reactions:
            body["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
            ]
        return body

    def _thread_facts(self, message: Message) -> dict[str, Any]:
        facts: dict[str, Any] = {"thread_ts": message.thread_ts}
        if message.thread_ts != message.ts:
            return facts
        replies = [m for m in self.replies(message.channel, message.ts) if m is not message]
        facts["reply_count"] = len(replies)
        facts["latest_reply"] = replies[-1].ts if replies else message.ts
        return facts

    def _bot_profile(self) -> dict[str, Any]:
        bot = self._directory.users[self._app.bot_user_id]
        icon = "https://avatars.example.com/app.png"
        return {
            "id": self._app.bot_id,
            "app_id": self._app.app_id,
            "user_id": self._app.bot_user_id,
            "name": bot.real_name,
            "icons": {f"image_{size}": icon for size in (36, 48, 72)},
            "deleted": False,
            "updated": 0,
            "team_id": bot.team_id,
        }
