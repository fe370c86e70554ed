"""Delivery by signed HTTP requests to the app's one URL."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.slack.delivery import Envelope, Outcome


class HttpDelivery:
    """Posts to `url` as Slack does: form fields for commands and interactions, JSON for events."""

    def __init__(
        self,
        url: str,
        signing_secret: str,
        now: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._secret = signing_secret.encode()
        self._now = now
        # No time-out of its own: the three seconds are counted around the whole exchange.
        self._client = httpx.AsyncClient(transport=transport, timeout=None)  # noqa: S113

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def verify_url(self, token: str, seconds: float) -> bool:
        """Do Slack's handshake: the app has to echo a challenge."""
        challenge = hashlib.sha256(self._secret).hexdigest()
        body = {"token": token, "challenge": challenge, "type": "url_verification"}
        outcome = await self._post(json.dumps(body), "application/json", {}, seconds)
        answer = outcome.answer
        return challenge == (answer.get("challenge") if isinstance(answer, dict) else answer)

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Post one envelope and read its answer."""
        headers: dict[str, str] = {}
        if envelope.kind == "events_api":
            body, kind = json.dumps(envelope.payload), "application/json"
            if envelope.retry_attempt:
                headers["X-Slack-Retry-Num"] = str(envelope.retry_attempt)
                headers["X-Slack-Retry-Reason"] = envelope.retry_reason
        else:
            fields: dict[str, Any] = envelope.payload
            if envelope.kind == "interactive":
                fields = {"payload": json.dumps(envelope.payload)}
            body, kind = urlencode(fields), "application/x-www-form-urlencoded"
        return await self._post(body, kind, headers, seconds)

    async def _post(self, body: str, kind: str, headers: dict[str, str], seconds: float) -> Outcome:
        signed = {"Content-Type": kind, "User-Agent": "Slackbot 1.0", **headers}
        signed |= self._signature(body)
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.post(self._url, content=body, headers=signed)
        except TimeoutError:
            return Outcome("operation_timeout")
        except httpx.TransportError:
            return Outcome("dispatch_failed")
        if response.is_success:
            return Outcome(answer=_answer_in(response))
        return Outcome(
            "http_client_error" if response.is_client_error else "http_service_error",
            final=response.headers.get("x-slack-no-retry") == "1",
        )

    def _signature(self, body: str) -> dict[str, str]:
        # Whole seconds: the verifying side reads the header as an integer.
        timestamp = str(int(self._now()))
        base = f"v0:{timestamp}:{body}".encode()
        digest = hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _answer_in(response: httpx.Response) -> Any:
    if not response.text.strip():
        return None
    try:
        return response.json()
    except ValueError:
        return response.text
