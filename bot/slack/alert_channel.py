"""Choosing where alerts go, tested with one message before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.asking import Ask, on_action, on_submit
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.inputs import picked
from bot.slack.late import show_later, tell_later
from bot.slack.surface import Surface
from bot.slack.views import alert_channel as views
from bot.slack.views.kit import mrkdwn
from bot.slack.views.notice import notice
from storage import digests
from storage.digests import Schedule
from sync import digest, incidents, people
from sync.incidents import IncidentKind


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was chosen in the window."""

    channel: str
    hour: int | None
    second: bool


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the settings button and the window behind it."""

    async def pressed(ask: Ask) -> None:
        await begin(ask)

    on_action(app, surface, Act.SET_ALERTS, "manager", pressed)
    on_submit(app, surface, Call.ALERT_CHANNEL, "manager", save)


async def begin(ask: Ask) -> None:
    """Open the window."""
    team, workspace = await ask.surface.team(), ask.asker.workspace
    async with ask.surface.deps.database.at_once() as session:
        hour = (await digests.schedule(session, workspace.id)).hour
    if workspace.alert_channel is None:
        hour = digest.HOUR
    view = views.alert_channel(
        workspace.alert_channel, hour, team.bot_name, second=workspace.second_person
    )
    if await ask.open(view) is None:
        await ask.tell(words.TOO_LATE)


async def save(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Test the channel after the ack: posting there is a call to Slack."""
    held = (ask.view["state"]["values"].get(Field.CHANNEL) or {}).get(VALUE) or {}
    channel = held.get("selected_conversation")
    if not channel:
        errors = {str(Field.CHANNEL): words.PICK_CHANNEL}
        return await ack(response_action="errors", errors=errors)
    state = ask.view["state"]["values"]
    wanted = _Wanted(
        str(channel),
        views.hour_of(picked(state, Field.HOUR)),
        second=views.needs_second(picked(state, Field.SECOND)),
    )
    waiting = f"alerts-{uuid4()}"
    ask.surface.tasks.follow(_test(ask, wanted, waiting), tell_later(ask, waiting))
    view = notice(words.ALERTS_TITLE, words.TESTING, external_id=waiting)
    return await ack(response_action="update", view=view)


async def _test(ask: Ask, wanted: _Wanted, waiting: str) -> None:
    surface, asker = ask.surface, ask.asker
    team = await surface.team()
    try:
        text = words.test_message(asker.user)
        await surface.client.chat_postMessage(
            channel=wanted.channel,
            text=text,
            blocks=[SectionBlock(text=mrkdwn(text))],
            unfurl_links=False,
        )
    except SlackApiError as error:
        problem = words.channel_refused(str(error.response["error"]), team.bot_name)
        view = views.alert_channel(
            wanted.channel, wanted.hour, team.bot_name, second=wanted.second, problem=problem
        )
    else:
        view = await _chosen(ask, wanted)
    await show_later(surface, waiting, view)


async def _chosen(ask: Ask, wanted: _Wanted) -> View:
    surface, asker = ask.surface, ask.asker
    now, zone = surface.now(), await _zone(ask)
    async with surface.deps.database.transaction() as session:
        await people.set_alert_channel(
            session, asker.workspace.id, wanted.channel, actor=asker.user, now=now
        )
        await people.set_second_person(
            session, asker.workspace.id, needed=wanted.second, actor=asker.user, now=now
        )
        await digest.set_schedule(
            session, asker.workspace.id, Schedule(wanted.hour, zone), actor=asker.user, now=now
        )
        await incidents.resolve(
            session,
            surface.deps.queue,
            workspace_id=asker.workspace.id,
            store_id=None,
            kinds=[IncidentKind.ALERT_PATH],
            now=now,
        )
    return notice(words.ALERTS_TITLE, words.ALERTS_SAVED)


async def _zone(ask: Ask) -> str:
    """Ask Slack for the person's time zone: an hour that is chosen is one of theirs."""
    answer = await ask.surface.client.users_info(user=ask.asker.user)
    return str(answer["user"].get("tz") or "UTC")
