"""Answers after the acknowledgement, or inside it: response URLs and command replies."""

from collections.abc import Mapping
from typing import Any

from sandbox.slack.content import Content
from sandbox.slack.directory import Directory
from sandbox.slack.errors import Refused
from sandbox.slack.messages import Messages
from sandbox.slack.posting import Posting
from sandbox.slack.tickets import ResponseUrl, ResponseUrls


class LateAnswers:
    """Applies what an app sends to a response URL."""

    def __init__(
        self, urls: ResponseUrls, directory: Directory, messages: Messages, posting: Posting
    ) -> None:
        self._urls = urls
        self._directory = directory
        self._messages = messages
        self._posting = posting

    def receive(self, key: str, body: object) -> None:
        """Apply one post to a response URL; refuse it as Slack does."""
        if not isinstance(body, dict):
            raise Refused("invalid_payload")
        self.apply(self._urls.redeem(key), body, source="response_url")

    def apply(self, ticket: ResponseUrl, body: Mapping[str, Any], *, source: str) -> None:
        """Delete, replace or post, as the body says; ephemeral unless it says otherwise."""
        original = self._messages.find(ticket.channel, ticket.message_ts, seen_by=ticket.user_id)
        if body.get("delete_original") is True:
            if original is None:
                raise Refused("message_not_found")
            self._messages.remove(original)
            return
        content = Content.read(body)
        if body.get("replace_original") is True and original is not None:
            self._posting.edit(original, content, source=source)
            return
        channel = self._directory.channels[ticket.channel]
        thread_ts = body.get("thread_ts")
        if body.get("response_type") == "in_channel":
            self._posting.post(channel, content, source=source, thread_ts=thread_ts)
        else:
            self._posting.whisper(
                channel, ticket.user_id, content, source=source, thread_ts=thread_ts
            )
