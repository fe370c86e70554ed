"""What one person sees."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from sandbox.slack.errors import CannotDo
from sandbox.slack.models import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


class Screen:
    """The client of one person: modals, Home, messages, and the client's own words."""

    def __init__(self, workspace: "Workspace", user: User) -> None:
        self._workspace = workspace
        self.user = user
        self.id = user.id
        self.name = user.name
        # What the client itself says: a failed command, a modal that did not get through.
        self.notice: str | None = None
        # Elements with a warning triangle: (block_id, action_id).
        self.warnings: list[tuple[str, str]] = []

    @property
    def modal(self) -> dict[str, Any] | None:
        """The topmost modal with its state, or None."""
        view = self._workspace.views.top(self.id)
        return self._workspace.views.as_payload(view, with_state=True) if view else None

    @property
    def modals(self) -> list[dict[str, Any]]:
        """All open modals, the topmost last."""
        views = self._workspace.views
        return [views.as_payload(view, with_state=True) for view in views.stack(self.id)]

    @property
    def home(self) -> dict[str, Any] | None:
        """The Home view the app published, or None."""
        view = self._workspace.views.home(self.id)
        return self._workspace.views.as_payload(view, with_state=True) if view else None

    @property
    def errors(self) -> dict[str, str]:
        """The texts under the fields of the topmost modal: block_id -> text."""
        view = self._workspace.views.top(self.id)
        return dict(view.errors) if view else {}

    def messages(self, channel: str = "app") -> list[dict[str, Any]]:
        """Return a channel's lasting top-level messages, oldest first (`app`: the bot's DM)."""
        place = self.channel(channel)
        return [self._as_seen(message) for message in self._workspace.messages.in_channel(place.id)]

    def thread(self, ts: str, channel: str = "stock-alerts") -> list[dict[str, Any]]:
        """Return a thread: the parent and its replies."""
        place = self.channel(channel)
        found = self._workspace.messages.replies(place.id, ts)
        return [self._as_seen(message) for message in found]

    def ephemerals(self) -> list[dict[str, Any]]:
        """Return what only this person sees, oldest first."""
        return [self._as_seen(m) for m in self._workspace.messages.ephemerals(self.id)]

    def screen(self) -> dict[str, Any]:
        """Return everything this person sees, as JSON."""
        return {
            "person": self.name,
            "modal": self.modal,
            "modals": self.modals,
            "errors": self.errors,
            "notice": self.notice,
            "warnings": [list(pair) for pair in self.warnings],
            "home": self.home,
            "ephemerals": self.ephemerals(),
            "channels": {
                channel.name if channel.kind != "im" else "app": self.messages(channel.id)
                for channel in self._workspace.directory.channels.values()
                if self.id in channel.members
            },
        }

    async def until(self, satisfied: Callable[[Self], object], seconds: float = 5.0) -> None:
        """Wait until something stands on the screen; TimeoutError if it does not come."""
        if not await self._workspace.changes.until(lambda: satisfied(self), seconds):
            raise TimeoutError(f"{self.name} waited in vain for {seconds} s")

    def channel(self, reference: str) -> Channel:
        """Return a channel by `#name`, name or id; `app` is the direct messages with the bot."""
        if reference == "app":
            return self._workspace.directory.direct(self.id)
        channel = self._workspace.directory.find_channel(reference)
        if channel is None or (channel.kind != "public" and self.id not in channel.members):
            raise CannotDo(f"there is no channel {reference}")
        return channel

    def _as_seen(self, message: Message) -> dict[str, Any]:
        return self._workspace.messages.as_payload(message) | {"channel": message.channel}
