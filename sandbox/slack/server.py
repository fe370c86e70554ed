"""Serve a workspace over a real socket."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn
from starlette.routing import BaseRoute

from sandbox.slack.web import create_app
from sandbox.slack.workspace import Workspace


class _Server(uvicorn.Server):
    """Leaves the process's signal handlers alone: it is a guest in somebody else's loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    beside: Sequence[BaseRoute] = (),
) -> AsyncIterator[str]:
    """Serve until the block ends; yield the address, and put it into `workspace.base_url`.

    Port 0 takes a free one. `beside`: other pages at the same address.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    workspace.base_url = f"http://{host}:{listening.getsockname()[1]}"
    server = _Server(
        uvicorn.Config(
            create_app(workspace, beside),
            log_level="warning",
            lifespan="off",
            # The other implementation rests on a deprecated module.
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            if running.done():
                await running  # raises what went wrong
            await asyncio.sleep(0.005)
        yield workspace.base_url
    finally:
        await workspace.stop()
        await workspace.sockets.drop()
        server.should_exit = True
        await running
        listening.close()
