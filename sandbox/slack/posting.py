"""What the app posts, edits and deletes."""

from collections.abc import Callable
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.content import NO_TEXT, Content
from sandbox.slack.directory import Directory
from sandbox.slack.errors import Refused
from sandbox.slack.faults import Pacing
from sandbox.slack.inspector import Inspector
from sandbox.slack.manifest import Manifest
from sandbox.slack.messages import Messages
from sandbox.slack.models import Channel, Message
from sandbox.slack.uploads import Uploads


class Posting:
    """The app's side of the conversation."""

    def __init__(
        self,
        app: AppIdentity,
        manifest: Manifest,
        directory: Directory,
        messages: Messages,
        inspector: Inspector,
        pacing: Pacing,
        uploads: Uploads,
        announce: Callable[[Message], None],
    ) -> None:
        self._app = app
        self._manifest = manifest
        self._directory = directory
        self._messages = messages
        self._inspector = inspector
        self._pacing = pacing
        self._uploads = uploads
        self._announce = announce

    def channel_to_post_in(self, reference: str) -> Channel:
        """Return the channel an app may post in; a user id stands for the direct messages."""
        channel = self.any_channel(reference)
        if channel.is_archived:
            raise Refused("is_archived")
        if self._app.bot_user_id not in channel.members:
            open_to_all = channel.kind == "public" and "chat:write.public" in self._manifest.scopes
            if channel.kind != "public":
                raise Refused("channel_not_found")
            if not open_to_all:
                raise Refused("not_in_channel")
        if channel.kind == "im" and not self._manifest.messages_tab:
            raise Refused("messages_tab_disabled")
        if not self._pacing.take(channel.id):
            raise Refused("ratelimited", retry_after=1)
        return channel

    def any_channel(self, reference: str) -> Channel:
        """Return a channel by id, name or user id."""
        user = self._directory.users.get(reference)
        if user is not None and not user.is_bot:
            return self._directory.direct(user.id)
        channel = self._directory.find_channel(reference)
        if channel is None:
            raise Refused("channel_not_found")
        return channel

    def post(
        self,
        channel: Channel,
        content: Content,
        *,
        source: str,
        thread_ts: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Message:
        """Post a lasting message."""
        message = self._new(channel, content, source, thread_ts)
        message.metadata = metadata
        self._messages.add(message)
        self._announce(message)
        return message

    def whisper(
        self,
        channel: Channel,
        user_id: str,
        content: Content,
        *,
        source: str,
        thread_ts: str | None = None,
    ) -> Message:
        """Post a message that only one person sees."""
        message = self._new(channel, content, source, thread_ts)
        message.ephemeral_to = user_id
        return self._messages.add(message)

    def edit(self, message: Message, content: Content, *, source: str) -> Message:
        """Replace what a message says.

        A text without blocks drops the old blocks; attachments stay unless given.
        """
        self._uploads.check_shown(content.blocks)
        self._inspector.show("message", content.sent, source)
        if content.blocks is not None or content.text is not None:
            message.blocks = content.blocks or []
        if content.text is not None:
            message.text = content.text
        if content.attachments is not None:
            message.attachments = content.attachments
        ts = self._messages.new_ts(message.channel)
        message.edited = {"user": self._app.bot_user_id, "ts": ts}
        self._messages.changed()
        return message

    def share_files(
        self, channel: Channel, files: list[dict[str, Any]], comment: str, thread_ts: str | None
    ) -> Message:
        """Post uploaded files as one message."""
        message = Message(
            channel=channel.id,
            ts=self._messages.new_ts(channel.id),
            user=self._app.bot_user_id,
            team_id=self._directory.home.id,
            text=comment,
            thread_ts=self._root_of(channel, thread_ts),
            from_app=True,
            files=files,
        )
        self._messages.add(message)
        self._announce(message)
        return message

    def _new(
        self, channel: Channel, content: Content, source: str, thread_ts: str | None
    ) -> Message:
        self._uploads.check_shown(content.blocks)
        self._inspector.show("message", content.sent, source)
        return Message(
            channel=channel.id,
            ts=self._messages.new_ts(channel.id),
            user=self._app.bot_user_id,
            team_id=self._directory.home.id,
            text=content.text or (NO_TEXT if content.blocks else ""),
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            thread_ts=self._root_of(channel, thread_ts),
            from_app=True,
        )

    def _root_of(self, channel: Channel, thread_ts: str | None) -> str | None:
        if not thread_ts:
            return None
        root = self._messages.root_of(channel.id, thread_ts)
        if root is None:
            raise Refused("cannot_reply_to_message")
        return root
