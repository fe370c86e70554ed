"""The tiny app of these tests, in both modes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.fixtures import by_http, connected, serving
from tests.slack_sandbox.tiny_app import MANIFEST, TinyApp, over_http, over_sockets


@pytest.fixture(params=["socket", "http"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Workspace, TinyApp]]:
    """A workspace and the running app, once per way of delivery."""
    async with serving(manifest_for(request.param), ack_seconds=0.5) as workspace:
        app = TinyApp(workspace)
        if request.param == "socket":
            async with over_sockets(app):
                await connected(workspace)
                yield workspace, app
        else:
            async with over_http(app) as url, by_http(workspace, url):
                yield workspace, app


@pytest.fixture
async def socket_rig() -> AsyncIterator[tuple[Workspace, TinyApp]]:
    """A workspace and the app over Socket Mode alone."""
    async with serving(MANIFEST, ack_seconds=0.5) as workspace:
        app = TinyApp(workspace)
        async with over_sockets(app):
            await connected(workspace)
            yield workspace, app


def manifest_for(mode: str) -> dict[str, Any]:
    """Return the tiny manifest for `socket` or `http`."""
    if mode == "socket":
        return MANIFEST
    url = "https://bot.example.com/slack/events"
    commands = [{**c, "url": url} for c in MANIFEST["features"]["slash_commands"]]
    settings = {
        **MANIFEST["settings"],
        "socket_mode_enabled": False,
        "interactivity": {"is_enabled": True, "request_url": url},
        "event_subscriptions": {
            **MANIFEST["settings"]["event_subscriptions"],
            "request_url": url,
        },
    }
    features = {**MANIFEST["features"], "slash_commands": commands}
    return {**MANIFEST, "features": features, "settings": settings}
