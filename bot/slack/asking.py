"""One way for every listener: ack, find out who asks, do it, answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import words
from bot.slack.context import Asker, Body, Refused, identify
from bot.slack.escape import escape, short
from bot.slack.poster import PLAIN
from bot.slack.surface import Surface
from bot.slack.trouble import show_notice, tell_directly, user_of
from bot.slack.views.notice import notice
from sync.people import Role

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ask:
    """One request of one person who may make it."""

    surface: Surface
    asker: Asker
    body: Body

    @property
    def client(self) -> AsyncWebClient:
        return self.surface.client

    @property
    def value(self) -> str:
        """The value of the button that was pressed, or of what was picked in a menu."""
        act = self.body["actions"][0]
        return str(act.get("value") or (act.get("selected_option") or {}).get("value") or "")

    @property
    def searched(self) -> str:
        """What was typed into a menu that is searched."""
        return str(self.body.get("value") or "")

    @property
    def view(self) -> Mapping[str, Any]:
        view: Mapping[str, Any] = self.body["view"]
        return view

    async def open(self, view: View) -> str | None:
        """Open a modal and return its id; None when the click is too old for one."""
        try:
            answer = await self.client.views_open(trigger_id=self.body["trigger_id"], view=view)
        except SlackApiError as error:
            if error.response["error"] in ("expired_trigger_id", "exchanged_trigger_id"):
                return None
            raise
        return str(answer["view"]["id"])

    async def update(self, view_id: str, view: View) -> None:
        """Replace an open view; a person who closed it meanwhile is no error."""
        try:
            await self.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if error.response["error"] != "not_found":
                raise

    async def tell(self, text: str, blocks: list[Block] | None = None) -> None:
        """Answer the person alone, wherever the request came from."""
        await tell(self.body, self.client, self.respond(), text, blocks)

    async def offer(self, text: str, blocks: list[Block]) -> bool:
        """Answer with what Slack may not take yet; whether it did. Nothing is shown if not."""
        respond = self.respond()
        if respond is None:
            return False
        return await _taken(respond, text, blocks)

    async def retell(self, text: str, blocks: list[Block]) -> None:
        """Put another answer in the place of the one that was acted on.

        Where Slack does not take it, that one stays, and its buttons with it.
        """
        respond = self.respond()
        if respond is not None and not await _taken(respond, text, blocks, replace=True):
            await _tell_plainly(self.body, self.client, respond, text)

    def respond(self) -> AsyncRespond | None:
        url = self.body.get("response_url")
        return AsyncRespond(response_url=url) if url else None


Work = Callable[[Ask], Awaitable[None]]
Find = Callable[[Ask], Awaitable[list[Option]]]
Submit = Callable[[Ask, AsyncAck], Awaitable[BoltResponse]]


async def tell(
    body: Body,
    client: AsyncWebClient,
    respond: AsyncRespond | None,
    text: str,
    blocks: list[Block] | None = None,
) -> None:
    """Answer ephemerally where there is a response URL, else in a small window.

    `text` is plain; it is escaped here, so that nothing that was typed becomes a command.
    """
    if respond is not None:
        if not await _taken(respond, text, blocks):
            await _tell_plainly(body, client, respond, text)
    elif "trigger_id" in body:
        await show_notice(client, body, words.NOTICE_TITLE, text, blocks)


async def _taken(
    respond: AsyncRespond, text: str, blocks: list[Block] | None, *, replace: bool = False
) -> bool:
    """Answer at the response URL; whether Slack took it. Nothing is shown if not."""
    try:
        answer = await respond(
            text=escape(text),
            blocks=blocks,
            response_type=None if replace else "ephemeral",
            replace_original=replace,
        )
    except SlackObjectFormationError as error:  # it is no block of Slack's: our own mistake
        problem = str(error)
    else:
        if answer.status_code == HTTPStatus.OK:
            return True
        problem = f"{answer.status_code} {answer.body}"
    log.warning("Slack did not take an answer", extra={"problem": problem})
    return False


async def _tell_plainly(
    body: Body, client: AsyncWebClient, respond: AsyncRespond, text: str
) -> None:
    """Say in a few words what Slack did not take in full, at the same place or directly."""
    said = f"{words.CUT_ANSWER}\n{short(text, PLAIN)}"
    if not await _taken(respond, said, None):
        await tell_directly(client, user_of(body), said)


async def just_ack(ack: AsyncAck) -> None:
    await ack()


def on_action(app: AsyncApp, surface: Surface, act: str, needed: Role, work: Work) -> None:
    """Ack a press at once, then do the work if the person may."""
    app.action(act)(ack=just_ack, lazy=[lazily(surface, needed, work)])


def lazily(surface: Surface, needed: Role, work: Work) -> Callable[..., Awaitable[None]]:
    """Make a listener that works after the ack; refusals are told politely."""

    async def run(body: dict[str, Any]) -> None:
        try:
            asker = await identify(surface, body, needed)
            await work(Ask(surface, asker, body))
        except Refused as refusal:
            url = body.get("response_url")
            respond = AsyncRespond(response_url=url) if url else None
            await tell(body, surface.client, respond, str(refusal))

    return run


def on_submit(app: AsyncApp, surface: Surface, call: str, needed: Role, submit: Submit) -> None:
    """Answer a submitted view: the answer is the ack, so nothing slow may come before it."""

    async def run(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        try:
            asker = await identify(surface, body, needed)
            return await submit(Ask(surface, asker, body), ack)
        except Refused as refusal:
            view = notice(words.NOTICE_TITLE, str(refusal))
            return await ack(response_action="update", view=view)

    app.view(call)(run)


def on_search(app: AsyncApp, surface: Surface, act: str, needed: Role, find: Find) -> None:
    """Answer what is typed into a menu with what is found; nothing for who may not ask."""

    async def run(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        try:
            asker = await identify(surface, body, needed)
        except Refused:
            return await ack(options=[])
        return await ack(options=await find(Ask(surface, asker, body)))

    app.options(act)(run)
