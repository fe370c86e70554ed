"""The door of HTTP mode: a request is let in when Slack signed it just now, and only once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from sync.clock import Clock

WINDOW = 60 * 5  # seconds; Slack: older requests are to be taken for replays
DIGITS = 12  # of a time stamp in seconds; enough for the next 30,000 years


class _Seconds(SlackClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class SignedOnce(AsyncMiddleware):
    """Refuses (401) what is unsigned, wrongly signed, old, or was here before.

    Requests over Socket Mode carry no signature: their socket is the proof. What was
    seen is remembered in this process. A replay that reaches another process within
    the window meets the rules that make a double click harmless.
    """

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._clock = _Seconds(clock)
        self._verifier = SignatureVerifier(signing_secret, self._clock) if signing_secret else None
        self._seen: dict[bytes, float] = {}  # in order of arrival

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # Bolt calls it by this name
    ) -> BoltResponse:
        if req.mode == "socket_mode" or (self._signed(req) and self._first_time(req)):
            return await next()
        return BoltResponse(status=401, body={"error": "invalid request"})

    def _signed(self, req: AsyncBoltRequest) -> bool:
        timestamp = req.headers.get("x-slack-request-timestamp", [""])[0]
        signature = req.headers.get("x-slack-signature", [""])[0]
        well_formed = timestamp.isdecimal() and len(timestamp) <= DIGITS
        if self._verifier is None or not (well_formed and (timestamp + signature).isascii()):
            return False
        return self._verifier.is_valid(req.raw_body, timestamp, signature)

    def _first_time(self, req: AsyncBoltRequest) -> bool:
        now = self._clock.now()
        while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW:
            del self._seen[next(iter(self._seen))]
        signature = hashlib.sha256(req.headers["x-slack-signature"][0].encode()).digest()
        if signature in self._seen:
            return False
        self._seen[signature] = now
        return True
