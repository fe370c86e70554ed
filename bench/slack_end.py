"""Slack's end of the line, as thin as it can be: it knows everybody and notes when answers come.

The local Slack checks and records every view; here its work would be measured too.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from aiohttp import web

from bench.catalogue import TEAM

SIGNING_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - made up
EXPECTED = b"Alpha"  # the store's name, in every answer to `/stock status`
BOT_TOKEN = "xoxb-bench"  # noqa: S105 - made up


class SlackEnd:
    """Answers the Web API, and notes when the answer to each request could be seen."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: dict[str, float] = {}  # by the name in the response URL: perf_counter
        self._news = asyncio.Event()

    def settings(self) -> dict[str, str]:
        """What an app in this workspace is told by its environment."""
        return {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }

    def response_url(self, name: str) -> str:
        return f"{self.url}/response/{name}"

    async def until_seen(self, names: Collection[str]) -> None:
        """Return once every one of these requests has its answer."""
        while not all(name in self.seen for name in names):
            self._news.clear()
            await self._news.wait()

    async def api(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "users.info":
            return _ok(user={"id": request.query.get("user"), "team_id": TEAM})
        return _ok(
            team_id=TEAM,
            team="Bench",
            user_id="U0BOT",
            user="stockroom",
            channel="C0BENCH",
            ts="1.1",
            view={"id": "V0BENCH"},
        )

    async def response(self, request: web.Request) -> web.Response:
        now = time.perf_counter()
        if EXPECTED not in await request.read():
            raise web.HTTPBadRequest(text="this is no answer to the question")
        self.seen[request.match_info["name"]] = now
        self._news.set()
        return web.Response(text="ok")


def _ok(**said: object) -> web.Response:
    return web.json_response({"ok": True, **said})


@asynccontextmanager
async def slack_end() -> AsyncIterator[SlackEnd]:
    """Serve it on a free port while the block runs."""
    end = SlackEnd()
    application = web.Application()
    application.add_routes(
        [web.route("*", "/api/{method}", end.api), web.post("/response/{name}", end.response)]
    )
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        end.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield end
    finally:
        await runner.cleanup()


def signed(fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """Make a request's body and headers as Slack signs them."""
    body = urlencode(fields)
    stamp = str(int(time.time()))
    digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    return body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def command(end: SlackEnd, user: str, name: str) -> dict[str, str]:
    """Make `/stock status`, typed by a person; its answer will be seen under `name`."""
    return {
        "command": "/stock",
        "text": "status",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": "C0BENCH",
        "user_id": user,
        "api_app_id": "A0BENCH",
        "trigger_id": name,
        "response_url": end.response_url(name),
    }


def submission(user: str, name: str, callback: str, metadata: str) -> dict[str, str]:
    """Make a modal's submission; `metadata` is what its view carried."""
    view = {
        "id": "V0BENCH",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "state": {"values": {}},
        "blocks": [],
    }
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "trigger_id": name,
        "view": view,
    }
    return {"payload": json.dumps(payload)}
