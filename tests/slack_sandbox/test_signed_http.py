"""Signed HTTP as Bolt verifies it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.slack.delivery_http import HttpDelivery
from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.conftest import manifest_for
from tests.slack_sandbox.fixtures import by_http, serving
from tests.slack_sandbox.tiny_app import TinyApp, over_http

Site = tuple[Workspace, TinyApp, str]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A workspace without Socket Mode, the app, and the app's URL."""
    async with serving(manifest_for("http"), ack_seconds=0.5) as workspace:
        app = TinyApp(workspace)
        async with over_http(app) as url:
            yield workspace, app, url


async def test_the_handshake(site: Site) -> None:
    workspace, _, url = site
    async with by_http(workspace, url) as delivery:
        assert await delivery.verify_url(workspace.app.verification_token, 2.0)
    async with by_http(workspace, url.replace("/slack/", "/nowhere/")) as delivery:
        assert not await delivery.verify_url(workspace.app.verification_token, 2.0)


async def test_a_wrong_signature_is_turned_away(site: Site) -> None:
    workspace, app, url = site
    manager = workspace.person("manager")
    forger = HttpDelivery(url, "another secret", workspace.now)
    workspace.deliver_through(forger)
    await manager.slash("/tiny echo")
    assert manager.notice == '/tiny failed with the error "http_client_error"'
    assert app.received == []
    await forger.close()
    async with by_http(workspace, url):
        await manager.slash("/tiny echo")
        assert len(app.received) == 1


async def test_an_old_request_is_turned_away(site: Site) -> None:
    workspace, app, url = site
    late = HttpDelivery(url, workspace.app.signing_secret, lambda: workspace.now() - 301)
    workspace.deliver_through(late)
    manager = workspace.person("manager")
    await manager.slash("/tiny echo")
    assert manager.notice == '/tiny failed with the error "http_client_error"'
    assert app.received == []
    await late.close()


async def test_an_app_that_is_not_there(site: Site) -> None:
    workspace, _, url = site
    manager = workspace.person("manager")
    await manager.slash("/tiny echo")
    assert manager.notice == '/tiny failed with the error "dispatch_failed"'
    async with by_http(workspace, "http://127.0.0.1:9/slack/events"):
        await manager.slash("/tiny echo")
        assert manager.notice == '/tiny failed with the error "dispatch_failed"'
    async with by_http(workspace, url):
        await manager.slash("/tiny echo")
        assert not manager.notice


async def test_events_are_repeated_unless_the_app_declines(site: Site) -> None:
    workspace, _, _ = site
    answers = [httpx.Response(500), httpx.Response(500, headers={"x-slack-no-retry": "1"})]
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers[len(seen) - 1]

    delivery = HttpDelivery(
        "http://app/slack/events",
        workspace.app.signing_secret,
        workspace.now,
        httpx.MockTransport(answer),
    )
    workspace.deliver_through(delivery)
    await workspace.person("manager").open_home()
    await workspace.changes.until(lambda: len(seen) == 2, 5)
    assert "x-slack-retry-num" not in seen[0].headers
    assert seen[1].headers["x-slack-retry-num"] == "1"
    assert seen[1].headers["x-slack-retry-reason"] == "http_error"
    assert seen[0].content == seen[1].content
    assert not await workspace.changes.until(lambda: len(seen) > 2, 0.1)
    await delivery.close()


async def test_a_press_that_does_not_get_through(site: Site) -> None:
    workspace, _, url = site
    manager = workspace.person("manager")
    async with by_http(workspace, url):
        await manager.slash("/tiny form")
        await manager.until(lambda p: p.modal)
    await manager.click("risky")
    assert manager.warnings == [("b_more", "risky")]
    await manager.type("name", "Mara")
    await manager.submit()
    assert manager.notice == "We had some trouble connecting. Try again?"
    assert await manager.suggest("item", "abc") == []
    assert manager.notice == "Result not available"
    async with by_http(workspace, url):
        await manager.click("risky")
        assert manager.warnings == []
        assert await manager.suggest("item", "abc")
        await manager.submit()
        assert manager.modal is None
