"""A served local workspace for tests, and the app that is pointed at it."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.delivery_http import HttpDelivery
from sandbox.slack.inspector import Inspector
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace

# Repeats of unacknowledged events come at once in tests.
AT_ONCE = (0.0, 0.0, 0.0)


@contextlib.asynccontextmanager
async def serving(
    manifest: Manifest | Path | Mapping[str, Any],
    *,
    now: Callable[[], float] = time.time,
    ack_seconds: float = 3.0,
    event_waits: tuple[float, ...] = AT_ONCE,
    pacing: bool = False,
    app: AppIdentity | None = None,
) -> AsyncIterator[Workspace]:
    """Serve a workspace on a free loopback port while the block runs.

    `workspace.base_url + "/api/"` is the bot's SLACK_API_URL; its secrets are `workspace.app`.
    """
    if isinstance(manifest, Path):
        manifest = Manifest.load(manifest)
    elif not isinstance(manifest, Manifest):
        manifest = Manifest.parse(manifest)
    workspace = Workspace(
        manifest,
        app=app,
        now=now,
        ack_seconds=ack_seconds,
        event_waits=event_waits,
        pacing=pacing,
    )
    async with serve(workspace):
        yield workspace


@contextlib.asynccontextmanager
async def by_http(workspace: Workspace, url: str) -> AsyncIterator[HttpDelivery]:
    """Deliver to the app at `url` by signed requests while the block runs."""
    delivery = HttpDelivery(url, workspace.app.signing_secret, workspace.now)
    before = workspace.courier.delivery
    workspace.deliver_through(delivery)
    try:
        yield delivery
    finally:
        workspace.deliver_through(before)
        await delivery.close()


async def connected(workspace: Workspace, seconds: float = 5.0) -> None:
    """Wait until the app has opened a socket."""
    if not await workspace.changes.until(lambda: workspace.sockets.connections, seconds):
        raise TimeoutError("the app did not connect")


def assert_nothing_refused(inspector: Inspector) -> None:
    """Fail with Slack's own words if the app sent anything that the checks refused."""
    refused = inspector.refusals()
    assert not refused, "\n".join(f"{record.name}: {record.answer}" for record in refused)
