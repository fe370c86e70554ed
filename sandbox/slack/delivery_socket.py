"""Delivery over Socket Mode: the app's own WebSockets, one envelope to one of them."""

import asyncio
import contextlib
import itertools
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any, Final, Literal

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.slack.delivery import Envelope, Outcome

MOST_CONNECTIONS: Final = 10  # Slack: up to 10 WebSockets per app
CONNECTION_SECONDS: Final = 18_060  # what Slack's hello announces
DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class _Connection:
    """One WebSocket of the app and the acknowledgements still expected on it."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.expected: dict[str, asyncio.Future[Any]] = {}

    async def send(self, body: dict[str, Any]) -> None:
        await self.socket.send_text(json.dumps(body))

    def acknowledge(self, text: str) -> None:
        """Read one message of the app; anything but an acknowledgement is ignored, as by Slack."""
        try:
            body = json.loads(text)
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        waiting = self.expected.pop(str(body.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(body.get("payload"))


class SocketDelivery:
    """Keeps the app's connections and deals envelopes out to them in turn."""

    def __init__(self, app_id: str, changed: Callable[[], None]) -> None:
        self._app_id = app_id
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = itertools.count()

    @property
    def connections(self) -> int:
        """How many sockets the app has open."""
        return len(self._connections)

    def issue_ticket(self) -> str:
        """Return what a socket URL needs; it admits one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Admit one connection by its ticket and read it until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(code=1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = _Connection(socket)
        if len(self._connections) >= MOST_CONNECTIONS:
            await self._say_goodbye(connection, "too_many_websockets")
            return
        try:
            await connection.send(self._hello())
            self._connections.append(connection)
            self._changed()
            while True:
                connection.acknowledge(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            return  # it ended, from either side
        finally:
            self._forget(connection)

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Send one envelope to one connection and wait for its acknowledgement."""
        if not self._connections:
            return Outcome("dispatch_failed")
        connection = self._connections[next(self._turn) % len(self._connections)]
        envelope_id = str(uuid.uuid4())
        expected: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.expected[envelope_id] = expected
        try:
            async with asyncio.timeout(seconds):
                await connection.send(_wire(envelope, envelope_id))
                return Outcome(answer=await expected or None)
        except TimeoutError:
            return Outcome("operation_timeout")
        except (WebSocketDisconnect, RuntimeError, ConnectionError):
            return Outcome("dispatch_failed")
        finally:
            connection.expected.pop(envelope_id, None)

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Tell every connection to go; all but a mere warning are closed at once."""
        for connection in list(self._connections):
            if reason == "warning":
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                    await connection.send(self._disconnect(reason))
            else:
                self._forget(connection)
                await self._say_goodbye(connection, reason)

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self._connections):
            self._forget(connection)
            await _close(connection.socket)

    async def _say_goodbye(self, connection: _Connection, reason: DisconnectReason) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.send(self._disconnect(reason))
        await _close(connection.socket)

    def _forget(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for waiting in connection.expected.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the connection ended"))
        connection.expected.clear()
        self._changed()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections) + 1,
            "debug_info": {
                "host": "applink-local",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._app_id},
        }

    def _disconnect(self, reason: DisconnectReason) -> dict[str, Any]:
        return {
            "type": "disconnect",
            "reason": reason,
            "num_connections": len(self._connections),
            "debug_info": {"host": "applink-local"},
            "connection_info": {"app_id": self._app_id},
        }


def _wire(envelope: Envelope, envelope_id: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.kind,
        "accepts_response_payload": envelope.accepts_answer,
    }
    if envelope.kind == "events_api":
        body["retry_attempt"] = envelope.retry_attempt
        body["retry_reason"] = envelope.retry_reason
    return body


async def _close(socket: WebSocket) -> None:
    if socket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the other side was faster
            await socket.close()
