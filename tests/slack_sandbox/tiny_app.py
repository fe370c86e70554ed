"""A small Bolt app that uses every kind of answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.workspace import Workspace

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Tiny"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "tiny", "always_online": True},
        "slash_commands": [
            {"command": "/tiny", "description": "Do it", "usage_hint": "[word]"},
            {"command": "/whom", "description": "Names", "should_escape": True},
            {"command": "/deaf", "description": "Nobody listens"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "files:write",
                "users:read",
                "channels:read",
                "channels:history",
                "app_mentions:read",
                "reactions:read",
                "reactions:write",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "message.channels",
                "member_joined_channel",
                "reaction_added",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> dict[str, Any]:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    """Return an option that shows its value."""
    return {"text": plain(value.title()), "value": value}


def text_input(action_id: str, **more: Any) -> dict[str, Any]:
    """Return an input block `b_<action_id>` with a text field."""
    element = {"type": "plain_text_input", "action_id": action_id, **more}
    return {
        "type": "input",
        "block_id": f"b_{action_id}",
        "label": plain(action_id.title()),
        "element": element,
    }


def button(action_id: str, **more: Any) -> dict[str, Any]:
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": plain(action_id.title()), **more}


def modal(callback_id: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(callback_id.title()),
        "submit": plain("Go on"),
        "blocks": list(blocks),
        **more,
    }


SURE = {
    "title": plain("Risky"),
    "text": plain("Are you sure?"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}

FORM = modal(
    "form",
    text_input("name", min_length=2, max_length=20),
    {
        "type": "input",
        "block_id": "b_count",
        "optional": True,
        "label": plain("Count"),
        "element": {
            "type": "number_input",
            "action_id": "count",
            "is_decimal_allowed": False,
            "min_value": "1",
            "max_value": "9",
        },
    },
    {
        "type": "input",
        "block_id": "b_item",
        "optional": True,
        "label": plain("Item"),
        "element": {"type": "external_select", "action_id": "item", "min_query_length": 2},
    },
    {
        "type": "actions",
        "block_id": "b_more",
        "elements": [
            button("more"),
            button("risky", style="danger", confirm=SURE),
        ],
    },
    notify_on_close=True,
)


class TinyApp:
    """The app, and what it was sent."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.received: list[dict[str, Any]] = []
        # Set to hold back the acknowledgement of the next command.
        self.sleep_before_ack = 0.0
        # What the app answers the next submissions with.
        self.answers: list[dict[str, Any]] = []
        self.bolt = AsyncApp(
            client=AsyncWebClient(
                token=workspace.app.bot_token, base_url=f"{workspace.base_url}/api/"
            ),
            signing_secret=workspace.app.signing_secret,
            process_before_response=True,
        )
        self._listen()

    def last(self, kind: str) -> dict[str, Any]:
        """Return the newest request of a type."""
        return [body for body in self.received if _kind(body) == kind][-1]

    def count(self, kind: str) -> int:
        """Return how many requests of a type came."""
        return len([body for body in self.received if _kind(body) == kind])

    def _listen(self) -> None:
        bolt = self.bolt
        bolt.command("/tiny")(ack=self._ack_command, lazy=[self._after_command])
        bolt.command("/whom")(self._whom)
        bolt.view("form")(self._submitted)
        bolt.view_closed("form")(self._noted)
        bolt.options("item")(self._suggest)
        for action_id in ("more", "risky", "name", "pick", "home_button", "msg_button"):
            bolt.action(action_id)(ack=self._noted, lazy=[self._after_action])
        for event in ("app_home_opened", "member_joined_channel", "reaction_added"):
            bolt.event(event)(ack=self._noted, lazy=[self._after_event])
        bolt.event("app_mention")(self._noted)
        bolt.event("message")(self._noted)

    async def _noted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.received.append(body)
        await ack()

    async def _ack_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.received.append(body)
        await asyncio.sleep(self.sleep_before_ack)
        if body["text"] == "echo":
            await ack(text="echoed")
        elif body["text"] == "shout":
            await ack(text="shouted", response_type="in_channel")
        else:
            await ack()

    async def _after_command(
        self, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        elif body["text"] == "late":
            await respond("later")
        elif body["text"] == "post":
            await client.chat_postMessage(
                channel="#stock-alerts",
                text="Look",
                blocks=[{"type": "actions", "elements": [button("msg_button", value="v")]}],
            )

    async def _whom(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.received.append(body)
        await ack()

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.received.append(body)
        await ack(**(self.answers.pop(0) if self.answers else {}))

    async def _suggest(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        self.received.append(body)
        await ack(options=[option(f"{body['value']}-{n}") for n in (1, 2)])

    async def _after_action(
        self, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        action = body["actions"][0]
        if action["action_id"] == "more":
            top = modal("form", text_input("detail"))
            await client.views_push(trigger_id=body["trigger_id"], view=top)
        elif action["action_id"] == "msg_button":
            await respond(text="pressed", replace_original=action["value"] == "replace")

    async def _after_event(self, body: dict[str, Any], client: AsyncWebClient) -> None:
        if body["event"]["type"] == "app_home_opened":
            await client.views_publish(
                user_id=body["event"]["user"],
                view={
                    "type": "home",
                    "blocks": [{"type": "actions", "elements": [button("home_button")]}],
                },
            )


def _kind(body: dict[str, Any]) -> str:
    if "event" in body:
        return str(body["event"]["type"])
    return str(body.get("command") or body["type"])


@contextlib.asynccontextmanager
async def over_sockets(app: TinyApp) -> AsyncIterator[None]:
    """Run the app over Socket Mode."""
    handler = AsyncSocketModeHandler(
        app.bolt,
        app.workspace.app.app_token,
        web_client=AsyncWebClient(
            token=app.workspace.app.bot_token, base_url=f"{app.workspace.base_url}/api/"
        ),
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


@contextlib.asynccontextmanager
async def over_http(app: TinyApp) -> AsyncIterator[str]:
    """Run the app as a server and yield the URL of its events."""
    runner = web.AppRunner(app.bolt.web_app("/slack/events"))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        await runner.cleanup()
