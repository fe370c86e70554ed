"""Socket Mode itself: tickets, reconnecting, repeats, nobody there."""

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.fixtures import connected, serving
from tests.slack_sandbox.tiny_app import MANIFEST, TinyApp, over_sockets

Rig = tuple[Workspace, TinyApp]


async def test_disconnect_then_reconnect(socket_rig: Rig) -> None:
    workspace, _ = socket_rig
    manager = workspace.person("manager")
    await workspace.sockets.disconnect("refresh_requested")
    await manager.until(lambda p: len(workspace.inspector.calls("apps.connections.open")) >= 2)
    await connected(workspace)
    await manager.slash("/tiny echo")
    assert manager.notice is None
    assert manager.ephemerals()[-1]["text"] == "echoed"


async def test_nobody_connected() -> None:
    async with serving(MANIFEST) as workspace:
        manager = workspace.person("manager")
        await manager.slash("/tiny echo")
        assert manager.notice == '/tiny failed with the error "dispatch_failed"'
        async with over_sockets(TinyApp(workspace)):
            await connected(workspace)
            await manager.slash("/tiny echo")
            assert manager.notice is None


async def test_a_ticket_admits_once() -> None:
    async with serving(MANIFEST) as workspace, aiohttp.ClientSession() as session:
        url = await _socket_url(workspace)
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)


async def test_one_of_several_sockets_gets_each_envelope() -> None:
    async with serving(MANIFEST) as workspace, aiohttp.ClientSession() as session:
        first = await session.ws_connect(await _socket_url(workspace))
        second = await session.ws_connect(await _socket_url(workspace))
        for socket in (first, second):
            assert (await socket.receive_json())["type"] == "hello"
        manager = workspace.person("manager")
        for socket in (first, second):
            acting = asyncio.create_task(manager.slash("/tiny x"))
            envelope = await _next(first, second)
            assert envelope["accepts_response_payload"] is True
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
            await asyncio.wait_for(acting, 2)
        assert len(workspace.inspector.deliveries("/tiny")) == 2


async def test_an_unacknowledged_event_is_repeated_three_times() -> None:
    async with serving(MANIFEST, ack_seconds=0.05) as workspace:
        async with aiohttp.ClientSession() as session:
            socket = await session.ws_connect(await _socket_url(workspace))
            await socket.receive_json()
            manager = workspace.person("manager")
            await manager.open_home()
            seen = [await socket.receive_json() for _ in range(4)]
            assert [envelope["retry_attempt"] for envelope in seen] == [0, 1, 2, 3]
            assert [envelope["retry_reason"] for envelope in seen] == ["", *["timeout"] * 3]
            assert len({envelope["payload"]["event_id"] for envelope in seen}) == 1
            assert len({envelope["envelope_id"] for envelope in seen}) == 4
            await manager.until(
                lambda p: len(workspace.inspector.deliveries("app_home_opened")) == 4
            )


async def test_an_event_acknowledged_at_the_second_try_is_not_repeated() -> None:
    async with serving(MANIFEST, ack_seconds=0.05) as workspace:
        async with aiohttp.ClientSession() as session:
            socket = await session.ws_connect(await _socket_url(workspace))
            await socket.receive_json()
            await workspace.person("manager").open_home()
            await socket.receive_json()
            again = await socket.receive_json()
            await socket.send_json({"envelope_id": again["envelope_id"]})
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.receive_json(), 0.2)


async def test_only_the_app_token_opens_sockets() -> None:
    async with serving(MANIFEST) as workspace:
        client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            await client.apps_connections_open(app_token=workspace.app.bot_token)


async def _socket_url(workspace: Workspace) -> str:
    client = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    answer = await client.apps_connections_open(app_token=workspace.app.app_token)
    return str(answer["url"])


async def _next(*sockets: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return the next envelope on any of the sockets."""
    waiting = [asyncio.create_task(socket.receive_json()) for socket in sockets]
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    envelope: dict[str, Any] = done.pop().result()
    return envelope
