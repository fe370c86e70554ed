"""The door of HTTP mode: a request is let in when Slack signed it just now, and only once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from bot.slack.tasks import KeptTasks
from storage import seen_requests
from storage.database import Database
from sync.clock import Clock

WINDOW = 60 * 5  # seconds; Slack: older requests are to be taken for replays
KEPT = timedelta(seconds=2 * WINDOW)  # a stamp may be a window old, or a window ahead of us
DIGITS = 12  # of a time stamp in seconds; enough for the next 30,000 years

log = logging.getLogger(__name__)


class _Seconds(SlackClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class SignedOnce(AsyncMiddleware):
    """Refuses (401) what is unsigned, wrongly signed, old, or was here before.

    Requests over Socket Mode carry no signature: their socket is the proof. What was
    seen is remembered in the database, for all processes, until it is too old anyway.
    """

    def __init__(
        self, signing_secret: str, clock: Clock, database: Database, tasks: KeptTasks
    ) -> None:
        self._clock = clock
        seconds = _Seconds(clock)
        self._verifier = SignatureVerifier(signing_secret, seconds) if signing_secret else None
        self._database = database
        self._tasks = tasks
        self._forgot_at: datetime | None = None

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # Bolt calls it by this name
    ) -> BoltResponse:
        if req.mode == "socket_mode" or (self._signed(req) and await self._first_time(req)):
            return await next()
        return BoltResponse(status=401, body={"error": "invalid request"})

    def _signed(self, req: AsyncBoltRequest) -> bool:
        timestamp = req.headers.get("x-slack-request-timestamp", [""])[0]
        signature = req.headers.get("x-slack-signature", [""])[0]
        well_formed = timestamp.isdecimal() and len(timestamp) <= DIGITS
        if self._verifier is None or not (well_formed and (timestamp + signature).isascii()):
            return False
        return self._verifier.is_valid(req.raw_body, timestamp, signature)

    async def _first_time(self, req: AsyncBoltRequest) -> bool:
        now = self._clock.now()
        async with self._database.at_once() as session:
            first = await seen_requests.first_time(
                session, req.headers["x-slack-signature"][0], now
            )
        if self._forgot_at is None or self._forgot_at < now - KEPT:
            self._forgot_at = now
            self._tasks.follow(self._forget(now - KEPT), _remember_failure)
        return first

    async def _forget(self, before: datetime) -> None:
        async with self._database.transaction() as session:
            await seen_requests.forget(session, before)


async def _remember_failure(error: Exception) -> None:
    """Old requests that stay a while longer trouble nobody; the next round takes them too."""
    log.warning("old requests could not be forgotten", exc_info=error)
