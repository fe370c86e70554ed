"""Turn one person's acts into envelopes and deliver them."""

import copy
from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.delivery import Envelope, EnvelopeKind, Outcome
from sandbox.slack.inputs import stateful
from sandbox.slack.manifest import Command
from sandbox.slack.models import Channel, Message, User, View
from sandbox.slack.payloads import channel_of, message_container
from sandbox.slack.spots import Spot

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

_INTERACTIVE: Final[EnvelopeKind] = "interactive"

# What an action carries of its element, beside the ids and the value.
_CARRIED: Final = (
    "text",
    "value",
    "style",
    "url",
    "confirm",
    "placeholder",
    "initial_option",
    "initial_options",
    "initial_user",
    "initial_users",
    "initial_conversation",
    "initial_conversations",
    "initial_channel",
    "initial_channels",
    "initial_date",
    "initial_time",
    "initial_date_time",
)


class Acts:
    """Builds and sends what one person's client sends."""

    def __init__(self, workspace: "Workspace", user: User) -> None:
        self._workspace = workspace
        self._user = user

    async def command(self, channel: Channel, command: Command, text: str) -> Outcome:
        """Send a slash command."""
        workspace = self._workspace
        payload = workspace.payloads.command(
            self._user,
            channel,
            command,
            text,
            response_url=workspace.response_url(channel.id, self._user.id),
            trigger_id=workspace.triggers.issue(self._user.id, channel=channel.id),
        )
        return await workspace.courier.send(Envelope("slash_commands", payload, True))

    async def action(self, spot: Spot, entry: dict[str, Any]) -> Outcome:
        """Send `block_actions` for one element."""
        payload = self._start("block_actions")
        payload |= self._context(spot)
        if isinstance(spot.surface, View):
            trigger_id = self._workspace.triggers.issue(self._user.id, spot.surface.id)
        else:
            trigger_id = self._workspace.triggers.issue(self._user.id, channel=spot.surface.channel)
        payload["trigger_id"] = trigger_id
        if isinstance(spot.surface, Message):
            payload["state"] = {"values": copy.deepcopy(spot.values)}
            payload["response_url"] = self._workspace.response_url(
                spot.surface.channel, self._user.id, spot.surface.ts
            )
        payload["actions"] = [self._action(spot, entry)]
        return await self._workspace.courier.send(Envelope(_INTERACTIVE, payload, False))

    async def suggestion(self, spot: Spot, query: str) -> Outcome:
        """Send `block_suggestion` for what was typed into an external select."""
        payload = self._start("block_suggestion")
        payload |= self._context(spot)
        block_id, action_id = spot.key
        payload |= {"action_id": action_id, "block_id": block_id, "value": query}
        return await self._workspace.courier.send(Envelope(_INTERACTIVE, payload, True))

    async def submission(self, view: View) -> Outcome:
        """Send `view_submission`."""
        payload = self._start("view_submission")
        payload["trigger_id"] = self._workspace.triggers.issue(self._user.id, view.id)
        payload["view"] = self._workspace.views.as_payload(view, with_state=True)
        payload["response_urls"] = self._response_urls(view)
        return await self._workspace.courier.send(Envelope(_INTERACTIVE, payload, True))

    async def closed(self, view: View, *, is_cleared: bool) -> Outcome:
        """Send `view_closed`."""
        payload = self._start("view_closed")
        payload["view"] = self._workspace.views.as_payload(view, with_state=True)
        payload["is_cleared"] = is_cleared
        return await self._workspace.courier.send(Envelope(_INTERACTIVE, payload, False))

    def _start(self, kind: str) -> dict[str, Any]:
        return self._workspace.payloads.interaction(kind, self._user)

    def _context(self, spot: Spot) -> dict[str, Any]:
        """Return where the person acted: in a view, or on a message in a channel."""
        surface = spot.surface
        if isinstance(surface, View):
            return {
                "container": {"type": "view", "view_id": surface.id},
                "view": self._workspace.views.as_payload(surface, with_state=True),
            }
        channel = self._workspace.directory.channels[surface.channel]
        context: dict[str, Any] = {
            "container": message_container(surface),
            "channel": channel_of(channel),
        }
        if surface.ephemeral_to is None:
            context["message"] = self._workspace.messages.as_payload(surface)
        return context

    def _action(self, spot: Spot, entry: dict[str, Any]) -> dict[str, Any]:
        block_id, action_id = spot.key
        kind = spot.element["type"]
        carried = {name: spot.element[name] for name in _CARRIED if name in spot.element}
        return copy.deepcopy(
            {
                "action_id": action_id,
                "block_id": block_id,
                **carried,
                **entry,
                "type": kind,
                "action_ts": f"{self._workspace.now():.6f}",
            }
        )

    def _response_urls(self, view: View) -> list[dict[str, str]]:
        urls: list[dict[str, str]] = []
        for block, element in stateful(view.body["blocks"]):
            entry = view.values[block["block_id"]][element["action_id"]]
            chosen = entry.get("selected_conversation") or entry.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": chosen,
                        "response_url": self._workspace.response_url(chosen, self._user.id),
                    }
                )
        return urls
