"""Sending what waits in the outbox, in order, at the pace that Slack asks for.

A message is marked as sent in the transaction that holds its row. A process killed in
between sends again, never not at all: where the first message is known it is edited
instead of posted once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack.home import publish
from bot.slack.poster import ChannelGone, Later, LockedOut, Message, Poster
from bot.slack.surface import Pause
from bot.slack.views import alerts, lifecycle, progress
from bot.slack.views import digest as digest_views
from storage import messages, outbox, people
from storage.messages import About, Place
from storage.outbox import OutboxRow
from storage.people import WorkspaceRow
from sync import digest, incidents
from sync.deps import Deps
from sync.incidents import IncidentKind

# Slack down or refusing: wait 10 s, 20 s, 40 s ... up to 10 min, for as long as it takes.
BACK_OFF, BACK_OFF_MOST = timedelta(seconds=10), timedelta(minutes=10)
WAIT_MOST = timedelta(seconds=60)  # that a sender waits for Slack itself; the row keeps the rest

log = logging.getLogger(__name__)


async def deliver(
    deps: Deps,
    client: AsyncWebClient,
    now: datetime | None = None,
    *,
    pause: Pause = asyncio.sleep,
) -> int:
    """Send everything that is due; how many were sent.

    What Slack puts off (429) or cannot take now stays, with the time to try again.
    """
    sender = _Sender(deps, Poster(client, pause))
    sent = 0
    while (outcome := await sender.next(now or deps.clock.now())) is not None:
        if not isinstance(outcome, Later):
            sent += 1
            if outcome.kind in _REDRAW:
                await _show_home(deps, client, outcome)
        elif outcome.wait is not None:  # Slack named the time: nothing at all is sent before
            await pause(min(outcome.wait, WAIT_MOST).total_seconds())
    return sent


async def _show_home(deps: Deps, client: AsyncWebClient, row: OutboxRow) -> None:
    """Let whoever began something see its end on the Home tab, without opening it anew."""
    async with deps.database.transaction() as session:
        workspace = await people.load_workspace(session, row.workspace_id)
        person = await _who_began(session, row)
    if workspace is None or person is None:
        return
    try:
        await publish(deps, client, workspace, person)
    except (SlackClientError, ClientError, TimeoutError, OSError) as problem:
        # The message is what counts; the tab is drawn anew whenever it is opened.
        log.warning("a Home tab was not drawn", extra={"problem": type(problem).__name__})


async def _who_began(session: AsyncSession, row: OutboxRow) -> str | None:
    if row.kind == "products_read":
        return str(row.payload["person"])
    turn_on_id = int(row.payload["turn_on_id"])
    where = await messages.of_turn_on(session, row.workspace_id, turn_on_id)
    return None if where is None else where.actor


class _Sender:
    """Sends one message after another, each in a transaction of its own."""

    def __init__(self, deps: Deps, poster: Poster) -> None:
        self._deps = deps
        self._poster = poster

    async def next(self, now: datetime) -> OutboxRow | Later | None:
        """Send the oldest due message: its row, or why it waits; None when none is due."""
        async with self._deps.database.transaction() as session:
            rows = await outbox.due(session, now, 1)
            if not rows:
                return None
            row = rows[0]
            try:
                await self._send(session, row, now)
            except LockedOut as locked:
                # One question each ten minutes, however much waits: nothing else will go either.
                log.critical(
                    "Slack knows our token no more: the app was removed, or its token revoked. "
                    "Install it again, set SLACK_BOT_TOKEN and start again. Stock goes on, and "
                    "messages wait.",
                    extra={"problem": locked.problem},
                )
                until = now + BACK_OFF_MOST
                await outbox.put_off(session, not_before=until, problem=locked.problem)
                return None
            except Later as later:
                wait = later.wait or min(BACK_OFF * 2 ** min(row.tries, 10), BACK_OFF_MOST)
                log.warning("a message waits", extra={"kind": row.kind, "problem": later.problem})
                await outbox.failed(session, row.id, not_before=now + wait, problem=later.problem)
                return later
            await outbox.sent(session, row.id, now)
            return row

    async def _send(self, session: AsyncSession, row: OutboxRow, now: datetime) -> None:
        workspace = await people.load_workspace(session, row.workspace_id)
        make = _MAKERS.get(row.kind)
        if workspace is None or make is None:
            log.error("a message of an unknown kind is left out", extra={"kind": row.kind})
            return
        await make(self, session, row, workspace, now)

    # Incidents ------------------------------------------------------------------------

    async def incident(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Post an incident, or edit its message to the state that it is in now."""
        incident = await incidents.load_incident(session, workspace.id, row.incident_id or 0)
        if incident is None:
            return
        direct = incident.kind == IncidentKind.ALERT_PATH
        message = Message(
            alerts.text(incident),
            alerts.message(incident, now),
            incident.channel or (None if direct else workspace.alert_channel),
            incident.message_ts,
        )
        await self._say(session, workspace, message, now, About("incident", incident.id))

    async def repeat(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Tell a repeat in the incident's thread, and the new count in its message."""
        incident = await incidents.load_incident(session, workspace.id, row.incident_id or 0)
        if incident is None or incident.closed_at is not None:
            return  # its recovery says all there is to say
        await self.incident(session, row, workspace, now)
        incident = await incidents.load_incident(session, workspace.id, incident.id)
        if incident is not None and incident.channel and incident.message_ts:
            text = alerts.repeated(incident, int(row.payload.get("repeats", 1)))
            about, first = (
                About("incident", incident.id),
                Place(incident.channel, incident.message_ts),
            )
            for place in (first, *await messages.copies(session, about)):
                reply = Message(text, None, place.channel, thread=place.ts)
                await self._say(session, workspace, reply, now)

    # Turning on -----------------------------------------------------------------------

    async def turning_on(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Show how far a turn-on is, always in the same message."""
        turn_on_id = int(row.payload["turn_on_id"])
        where = await messages.of_turn_on(session, workspace.id, turn_on_id)
        show = _PROGRESS[row.kind]
        if where is None or (where.finished and show is progress.running):
            return  # the message about its end says all there is to say
        text, blocks = show(row.payload)
        channel = where.channel or workspace.alert_channel or where.actor
        message = Message(text, blocks, channel, where.message_ts)
        await self._say(session, workspace, message, now, About("turn_on", turn_on_id))

    async def store_changed(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Tell everybody what somebody did to a store."""
        text, blocks = lifecycle.told(row.payload)
        channel = workspace.alert_channel or str(row.payload["actor"])
        await self._say(session, workspace, Message(text, blocks, channel), now)

    async def products_read(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Say nothing: the Home tab of whoever connected the store is drawn anew."""

    async def digest(
        self, session: AsyncSession, row: OutboxRow, workspace: WorkspaceRow, now: datetime
    ) -> None:
        """Tell a workspace of its day."""
        since = datetime.fromisoformat(str(row.payload["since"]))
        made = await digest.make(session, workspace.id, since)
        message = Message(
            digest_views.text(made), digest_views.message(made), workspace.alert_channel
        )
        await self._say(session, workspace, message, now)

    # Slack ----------------------------------------------------------------------------

    async def _say(
        self,
        session: AsyncSession,
        workspace: WorkspaceRow,
        message: Message,
        now: datetime,
        about: About | None = None,
    ) -> None:
        """Edit or post a message, and note where it stands if it is `about` something."""
        if about is not None:
            await self._edit_copies(session, message, about)
        if await self._poster.edit(message):
            return
        if message.channel is not None:
            try:
                posted = await self._poster.post(message.channel, message)
            except ChannelGone as gone:
                if message.thread is not None:
                    return  # the parent is out of reach too; its state is what counts
                await self._report_channel(session, workspace, message.channel, gone.error, now)
            else:
                await self._channel_works(session, workspace, message.channel, now)
                if about is not None:
                    await messages.remember(session, about, Place(*posted))
                return
        await self._tell_managers(session, workspace, message, about)

    async def _edit_copies(self, session: AsyncSession, message: Message, about: About) -> None:
        for place in await messages.copies(session, about):
            await self._poster.edit(replace(message, channel=place.channel, ts=place.ts))

    async def _tell_managers(
        self,
        session: AsyncSession,
        workspace: WorkspaceRow,
        message: Message,
        about: About | None,
    ) -> None:
        """Send a message to each manager, and note where each copy of it stands."""
        told = 0
        for manager in await people.managers(session, workspace.id):
            try:
                posted = await self._poster.post(manager, message)
            except ChannelGone:
                continue
            if about is not None:
                note = messages.remember_copy if told else messages.remember
                await note(session, about, Place(*posted))
            told += 1
        if not told:
            raise Later("nobody can be told: no channel, no manager in reach")

    async def _channel_works(
        self, session: AsyncSession, workspace: WorkspaceRow, channel: str, now: datetime
    ) -> None:
        """End the incident about the alert channel, if there was one."""
        await incidents.resolve(
            session,
            self._deps.queue,
            workspace_id=workspace.id,
            store_id=None,
            kinds=[IncidentKind.ALERT_PATH],
            subject=channel,
            now=now,
        )

    async def _report_channel(
        self,
        session: AsyncSession,
        workspace: WorkspaceRow,
        channel: str,
        error: str,
        now: datetime,
    ) -> None:
        if channel == workspace.alert_channel:
            await incidents.report(
                session,
                self._deps.queue,
                workspace_id=workspace.id,
                store_id=None,
                kind=IncidentKind.ALERT_PATH,
                subject=channel,
                facts={"channel": channel, "problem": error},
                now=now,
            )


_Maker = Callable[[_Sender, AsyncSession, OutboxRow, WorkspaceRow, datetime], Awaitable[None]]

_MAKERS: dict[str, _Maker] = {
    "incident_opened": _Sender.incident,
    "incident_repeated": _Sender.repeat,
    "incident_closed": _Sender.incident,
    "turn_on_progress": _Sender.turning_on,
    "turn_on_done": _Sender.turning_on,
    "turn_on_stopped": _Sender.turning_on,
    "store_changed": _Sender.store_changed,
    "products_read": _Sender.products_read,
    digest.DIGEST: _Sender.digest,
}

# What changes the Home tab of whoever began it.
_REDRAW = ("products_read", "turn_on_done", "turn_on_stopped")
_PROGRESS = {
    "turn_on_progress": progress.running,
    "turn_on_done": progress.finished,
    "turn_on_stopped": progress.stopped,
}
