"""A local store over a socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
    """A server that leaves the signals to the program around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving_app(
    app: Starlette, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve an application in the running loop and yield the address; port 0 takes a free one."""
    listener = socket.create_server((host, port))
    config = uvicorn.Config(
        app,
        lifespan="off",
        date_header=False,  # answers carry the store's own clock
        access_log=False,
        log_level="critical",  # lost answers are meant, not worth a traceback
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
