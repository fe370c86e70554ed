"""The whole local workspace: one engine behind the wire, the tests and the story."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.changes import Changes
from sandbox.slack.courier import EVENT_WAITS, Courier
from sandbox.slack.delivery import ACK_SECONDS, Delivery
from sandbox.slack.delivery_socket import SocketDelivery
from sandbox.slack.directory import Directory
from sandbox.slack.events import Events
from sandbox.slack.faults import Faults, Pacing
from sandbox.slack.inspector import Inspector
from sandbox.slack.late_answers import LateAnswers
from sandbox.slack.manifest import Manifest
from sandbox.slack.messages import Messages
from sandbox.slack.models import Channel, Message
from sandbox.slack.payloads import Payloads
from sandbox.slack.people import Person
from sandbox.slack.posting import Posting
from sandbox.slack.tickets import ResponseUrls, Triggers
from sandbox.slack.uploads import Uploads
from sandbox.slack.views import Views
from sandbox.slack.webapi import WebApi


class Workspace:
    """Everything Slack would hold and do for one app in one workspace.

    `now` gives the time in epoch seconds. `ack_seconds` is how long an act waits for the app.
    `event_waits` are the seconds before each repeat of an unacknowledged event.
    `lenient_triggers` lets triggers live for ever (for a debugger); `pacing` limits posts.
    """

    def __init__(
        self,
        manifest: Manifest,
        *,
        app: AppIdentity | None = None,
        now: Callable[[], float] = time.time,
        base_url: str = "http://127.0.0.1",
        ack_seconds: float = ACK_SECONDS,
        event_waits: tuple[float, ...] = EVENT_WAITS,
        lenient_triggers: bool = False,
        pacing: bool = False,
    ) -> None:
        self.manifest = manifest
        self.app = app or AppIdentity()
        self.now = now
        # Where this workspace is served; `serve` puts the real address here.
        self.base_url = base_url
        self.changes = Changes()
        self.inspector = Inspector()
        self.inspector.on_record(lambda _record: self.changes.bump())
        self.faults = Faults()
        self.pacing = Pacing(now, active=pacing)
        self.directory = Directory(self.app, manifest.bot_name, now)
        self.messages = Messages(self.app, self.directory, self.changes, now)
        self.views = Views(self.app, self.directory, self.changes, now)
        self.triggers = Triggers(now, lenient=lenient_triggers)
        self.response_urls = ResponseUrls(now)
        self.uploads = Uploads(self.app, now)
        self.payloads = Payloads(self.app, self.directory)
        self.courier = Courier(self.inspector, ack_seconds, event_waits)
        self.events = Events(self.manifest, self.payloads, self.courier, now)
        self.posting = Posting(
            self.app,
            manifest,
            self.directory,
            self.messages,
            self.inspector,
            self.pacing,
            self.uploads,
            self._announce,
        )
        self.late_answers = LateAnswers(
            self.response_urls, self.directory, self.messages, self.posting
        )
        self.sockets = SocketDelivery(self.app.app_id, self.changes.bump)
        if manifest.socket_mode:
            self.courier.delivery = self.sockets
        self.web_api = WebApi(self)
        self._people: dict[str, Person] = {}
        self._background: set[asyncio.Task[None]] = set()

    def deliver_through(self, delivery: Delivery) -> None:
        """Send people's acts this way from now on, instead of through Socket Mode."""
        self.courier.delivery = delivery

    def person(self, name: str) -> Person:
        """Return a person by name or id; always the same one. KeyError if there is none."""
        user = self.directory.user(name)
        if user.is_bot:
            raise KeyError(name)
        return self._people.setdefault(user.id, Person(self, user))

    def response_url(self, channel: str, user_id: str, message_ts: str | None = None) -> str:
        """Return a new URL at which the app may answer late."""
        return f"{self.base_url}/response/{self.response_urls.issue(channel, user_id, message_ts)}"

    def join(self, channel: Channel, user_id: str, inviter: str | None = None) -> None:
        """Make somebody a member of a channel and announce it."""
        if user_id in channel.members:
            return
        channel.members.add(user_id)
        self.changes.bump()
        self.in_background(self.events.joined(channel, user_id, inviter))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the call that caused it."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def stop(self) -> None:
        """End what still runs."""
        await self.courier.stop()
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def _announce(self, message: Message) -> None:
        channel = self.directory.channels[message.channel]
        if self.events.wants_messages_of(channel):
            body = self.messages.as_payload(message)
            self.in_background(self.events.said(channel, body))
