"""Local shops over a socket, and when each call came in."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.shopify import Shop, create_app


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a shop: its path, its operation, its body, and when it was here whole."""

    path: str
    name: str
    body: dict[str, Any]
    at: float


@dataclass
class Street:
    """Served shops; `url` is their common address."""

    url: str
    calls: list[Call] = field(default_factory=list)

    def named(self, shop: str, name: str, since: float) -> Iterator[Call]:
        """The calls of one operation to a shop from a moment on, in order."""
        for call in self.calls:
            if call.at >= since and call.name == name and f"/{shop}/" in call.path:
                yield call


class _Watched:
    """Passes requests on to the shops and notes each."""

    def __init__(self, app: ASGIApp, calls: list[Call]) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = b""

        async def watched() -> Message:
            nonlocal content
            message = await receive()
            content += message.get("body", b"")
            if message["type"] == "http.request" and not message.get("more_body"):
                body = json.loads(content) if content.startswith(b"{") else {}
                name = str(body.get("operationName", ""))
                self._calls.append(Call(scope["path"], name, body, time.perf_counter()))
            return message

        await self._app(scope, watched, send)


class _Server(uvicorn.Server):
    """A server that leaves the signals to the program around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(shops: Sequence[Shop]) -> AsyncIterator[Street]:
    """Serve the shops in the running loop until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    street = Street(f"http://127.0.0.1:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        _Watched(create_app(shops), street.calls),
        lifespan="off",
        date_header=False,  # answers carry the shop's own clock
        access_log=False,
        log_level="critical",
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield street
    finally:
        server.should_exit = True
        await task
