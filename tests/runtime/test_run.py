"""The real process against the local Slack: it answers, says how it is, and stops in order."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psycopg
import pytest

from sandbox.slack.delivery_http import HttpDelivery
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from sandbox.story.process import Bot
from tests import databases
from tests.runtime.command import COMMAND, KEY, ROOT, environment, stockroom
from tests.runtime.outage import allow_connections


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the database's own user can reach."""
    with databases.throw_away_home() as folder:
        yield folder.parent


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """The local Slack, served, with the app installed from its manifest."""
    made = Workspace(Manifest.load(ROOT / "manifest.yml"))
    async with serve(made):
        yield made


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(workspace: Workspace, home: Path, **changed: str) -> dict[str, str]:
    return environment(
        **{
            "STOCKROOM_DATA_DIR": str(home),
            "STOCKROOM_LISTEN": f"127.0.0.1:{_free_port()}",
            "STOCKROOM_SECRET_KEY": KEY,
            "SLACK_API_URL": f"{workspace.base_url}/api/",
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            **changed,
        }
    )


async def helps(workspace: Workspace) -> bool:
    """Somebody types /stock help and reads the answer."""
    person = workspace.person("viewer")
    before = len(person.ephemerals())
    await person.slash("/stock help")
    await person.until(lambda one: len(one.ephemerals()) > before)
    return "What you can type" in json.dumps(person.ephemerals()[-1])


async def asked(env: dict[str, str], path: str) -> tuple[int, dict[str, str]]:
    async with aiohttp.ClientSession() as client:
        async with client.get(f"http://{env['STOCKROOM_LISTEN']}{path}") as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def delivering(workspace: Workspace, env: dict[str, str]) -> AsyncIterator[None]:
    """Let the local Slack post its signed requests to the bot."""
    url = f"http://{env['STOCKROOM_LISTEN']}/slack/events"
    delivery = HttpDelivery(url, workspace.app.signing_secret, workspace.now)
    workspace.deliver_through(delivery)
    try:
        yield
    finally:
        await delivery.close()


async def test_run_over_socket_mode(workspace: Workspace, home: Path) -> None:
    env = settings_for(workspace, home, SLACK_APP_TOKEN=workspace.app.app_token)
    log = home / "bot.log"
    bot = Bot(COMMAND, ROOT, env, log)
    async with bot.running():
        assert await helps(workspace)
        assert await asked(env, "/healthz") == (200, {"status": "alive"})
        ready = {"status": "ready", "database": "ok", "schema": "ok", "slack": "ok"}
        assert await asked(env, "/readyz") == (200, ready)

        await workspace.sockets.disconnect("refresh_requested")
        await workspace.changes.until(lambda: workspace.sockets.connections, 10)
        assert await helps(workspace)

        assert bot.claim_code is not None
        manager = workspace.person("manager")
        await manager.slash(f"/stock claim {bot.claim_code}")
        await manager.until(lambda one: "You are a manager" in json.dumps(one.ephemerals()))
    said = log.read_text()
    assert "stopped" in said
    assert "Traceback" not in said
    held = (workspace.app.bot_token, workspace.app.app_token, KEY, bot.claim_code)
    assert [secret for secret in held if secret in said] == []

    # The same data again, after kill -9: who manages is remembered, so no code is printed.
    again = Bot(COMMAND, ROOT, env, log)
    await again.start()
    await again.kill()
    await again.start()
    assert await helps(workspace)
    await again.stop()
    assert again.claim_code is None


async def test_parts_apart_over_http(workspace: Workspace, home: Path, database_url: str) -> None:
    env = settings_for(
        workspace,
        home,
        DATABASE_URL=database_url,
        SLACK_SIGNING_SECRET=workspace.app.signing_secret,
    )
    bot = Bot(COMMAND, ROOT, env, home / "bot.log", "bot")
    worker = Bot(COMMAND, ROOT, env, home / "worker.log", "worker")
    clock = Bot(COMMAND, ROOT, env, home / "clock.log", "clock")
    async with bot.running(), worker.running(), clock.running(), delivering(workspace, env):
        assert await helps(workspace)
        ready = {"status": "ready", "database": "ok", "schema": "ok", "slack": "ok"}
        assert await asked(env, "/readyz") == (200, ready)

        url = f"http://{env['STOCKROOM_LISTEN']}/slack/events"
        async with aiohttp.ClientSession() as client:
            async with client.post(url, data={"command": "/stock", "text": "help"}) as answer:
                assert answer.status == 401

        allow_connections(database_url, allow=False)
        assert (await asked(env, "/readyz"))[0] == 503
        assert (await asked(env, "/healthz"))[0] == 200
        allow_connections(database_url, allow=True)
        assert await asked(env, "/readyz") == (200, ready)
        assert await helps(workspace)

        workspace.faults.token_revoked = True
        ended = await asyncio.to_thread(stockroom, "doctor", env=env)
        assert (ended.code, "SLACK_BOT_TOKEN" in ended.out) == (1, True)
        workspace.faults.token_revoked = False
        ended = await asyncio.to_thread(stockroom, "doctor", env=env)
        assert ended.code == 0, ended.said + (home / "stockroom.log").read_text()

    # The app was installed again: what waited for that is sent as soon as the bot is back.
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into outbox (workspace_id, kind, payload, created_at, not_before, problem) "
            "select id, 'store_changed', %s, now() - interval '1 hour', now() + interval '1 day', "
            "'token_revoked' from workspace",
            (json.dumps({"act": "pause", "actor": "U0MANAGER01", "stores": ["Alpha"]}),),
        )
        connection.commit()
        ended = await asyncio.to_thread(stockroom, "doctor", env=env)
        assert "messages to Slack: 1 waiting, the oldest since" in ended.out
        assert "Slack said: token_revoked." in ended.out
        async with bot.running(), worker.running(), clock.running(), delivering(workspace, env):
            for _ in range(100):
                left = connection.execute("select 1 from outbox where sent_at is null").fetchall()
                connection.commit()
                if not left:
                    break
                await asyncio.sleep(0.1)
        assert not left


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Cannot reach Slack"),
    ],
)
async def test_slack_that_refuses_or_is_silent_ends_it_in_one_line(
    workspace: Workspace, home: Path, database_url: str, changed: dict[str, str], said: str
) -> None:
    given = {"SLACK_APP_TOKEN": workspace.app.app_token, **changed}
    env = settings_for(workspace, home, DATABASE_URL=database_url, **given)
    ended = await asyncio.to_thread(stockroom, "run", env=env)
    assert ended.code == 1
    assert said in ended.problems.splitlines()[-1]
    assert "Traceback" not in ended.said
    assert "wrong" not in ended.problems.splitlines()[-1]
