"""`/stock people`: who may do what, and giving somebody another role."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View

from bot.slack import people_words as words
from bot.slack.asking import Ask, on_submit
from bot.slack.context import WAIT
from bot.slack.ids import VALUE, Call, Field
from bot.slack.inputs import picked
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import people as views
from bot.slack.views.notice import notice
from bot.slack.words import TOO_LATE
from sync import people
from sync.people import LastManager, Role


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the window."""
    on_submit(app, surface, Call.PEOPLE, "manager", save)


async def begin(ask: Ask) -> None:
    """Open the window with everybody who has a role."""
    if await ask.open(await _form(ask)) is None:
        await ask.tell(TOO_LATE)


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Give the role after the ack: Slack is asked first who that is."""
    state = ask.view["state"]["values"]
    user = str(((state.get(Field.PERSON) or {}).get(VALUE) or {}).get("selected_user") or "")
    role = people.as_role(picked(state, Field.ROLE))
    errors = {
        **({} if user else {str(Field.PERSON): words.PICK_WHO}),
        **({} if role else {str(Field.ROLE): words.PICK_ROLE}),
    }
    if errors or role is None:
        return await ack(response_action="errors", errors=errors)
    waiting = f"people-{uuid4()}"
    ask.surface.tasks.follow(_give(ask, user, role, waiting), tell_later(ask, waiting))
    return await ack(
        response_action="update", view=notice(words.TITLE, words.SAVING, external_id=waiting)
    )


async def _give(ask: Ask, user: str, role: Role, waiting: str) -> None:
    await show_later(ask.surface, waiting, await _given(ask, user, role))


async def _given(ask: Ask, user: str, role: Role) -> View:
    """Give the role and show how things stand, or the form again with what is in the way.

    A role can be taken from anybody, also from somebody who is no member any more.
    """
    workspace = ask.asker.workspace
    if role != "viewer":
        try:
            async with asyncio.timeout(WAIT):
                member = await ask.surface.members.is_member(user, workspace.team_id)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
            return await _form(ask, problem=words.SLACK_SILENT)
        if not member:
            return await _form(ask, problem=words.NO_MEMBER)
    try:
        async with ask.surface.deps.database.transaction() as session:
            await people.give_role(
                session,
                workspace.id,
                user,
                role,
                actor=ask.asker.user,
                now=ask.surface.now(),
            )
    except LastManager:
        return await _form(ask, problem=words.LAST_MANAGER)
    return await _form(ask, done=words.given(user, role))


async def _form(ask: Ask, *, problem: str = "", done: str = "") -> View:
    async with ask.surface.deps.database.at_once() as session:
        named = await people.named(session, ask.asker.workspace.id)
    return views.form(named, problem=problem, done=done)
