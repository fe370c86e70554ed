"""The web side, over a real socket."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import pytest
from aiohttp import web

from bot import http
from bot.failures import Failed

ANYWHERE = ("127.0.0.1", 0)


class Part:
    """A part whose state a test can change."""

    def __init__(self) -> None:
        self.problem: str | None = None

    async def check(self) -> str | None:
        return self.problem


async def test_readyz_follows_its_parts_and_healthz_does_not() -> None:
    database, slack = Part(), Part()
    checks = {"database": database.check, "slack": slack.check}
    async with http.serving(http.web_application([], checks), ANYWHERE) as port:
        base = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as client:
            assert await _get(client, f"{base}/readyz") == (
                200,
                {"status": "ready", "database": "ok", "slack": "ok"},
            )
            database.problem = "cannot be reached"
            assert await _get(client, f"{base}/readyz") == (
                503,
                {"status": "not ready", "database": "cannot be reached", "slack": "ok"},
            )
            assert (await _get(client, f"{base}/healthz"))[0] == 200
            database.problem = None
            assert (await _get(client, f"{base}/readyz"))[0] == 200


async def test_a_part_that_hangs_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READY_WITHIN", 0.01)

    async def hang() -> str | None:
        await asyncio.sleep(60)
        return None

    async with http.serving(http.web_application([], {"database": hang}), ANYWHERE) as port:
        async with aiohttp.ClientSession() as client:
            status, body = await _get(client, f"http://127.0.0.1:{port}/readyz")
    assert status == 503
    assert "no answer" in body["database"]


async def test_a_large_body_is_refused_and_a_failure_shows_nothing() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def fail(_: web.Request) -> web.Response:
        raise ValueError("the inside of things")

    routes = [web.post("/read", read), web.get("/fail", fail)]
    async with http.serving(http.web_application(routes, {}), ANYWHERE) as port:
        base = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as client:
            async with client.post(
                f"{base}/read", data=io.BytesIO(bytes(http.MAX_BODY + 1))
            ) as answer:
                assert answer.status == 413
            async with client.post(f"{base}/read", data=b"x") as answer:
                assert (answer.status, await answer.text()) == (200, "1")
            async with client.get(f"{base}/fail") as answer:
                assert answer.status == 500
                assert "inside" not in await answer.text()


async def test_a_taken_port_is_said_in_words() -> None:
    async with http.serving(http.web_application([], {}), ANYWHERE) as port:
        with pytest.raises(Failed, match=f"Cannot listen on 127.0.0.1:{port}.*STOCKROOM_LISTEN"):
            async with http.serving(http.web_application([], {}), ("127.0.0.1", port)):
                pass


async def _get(client: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, str]]:
    async with client.get(url) as answer:
        return answer.status, await answer.json()
