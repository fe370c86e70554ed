"""A whole office: the local Slack, the real app behind it, local shops, a real database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yaml
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import CursorResult, text

from bot.slack.app import build_app, drain, slack_routes
from bot.slack.home import home_refresher
from bot.slack.outbox import deliver
from bot.slack.surface import SlackSettings, web_client
from bot.web.connect import connect_routes
from sandbox.slack.people import Person
from sandbox.slack.workspace import Workspace
from storage.database import Database
from sync import people
from tests.contract.slack.official import official_errors
from tests.engine.world import SimulatedClock, World
from tests.slack_sandbox.fixtures import by_http, connected, serving

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
PEOPLE = {"manager": "U0MANAGER01", "operator": "U0OPERATOR1"}


@dataclass
class Office:
    """One workspace with the running bot, and what a test needs to look at."""

    world: World
    slack: Workspace
    app: AsyncApp
    client: AsyncWebClient
    url: str
    pauses: list[float] = field(default_factory=list)

    @property
    def manager(self) -> Person:
        return self.slack.person("manager")

    @property
    def operator(self) -> Person:
        return self.slack.person("operator")

    @property
    def viewer(self) -> Person:
        return self.slack.person("viewer")

    async def settle(self) -> None:
        """Wait until everything that goes on after an ack has ended."""
        await drain(self.app)

    async def slash(self, person: Person, typed: str) -> str:
        """Type a command and return all that it answered, blocks and all."""
        before = len(person.ephemerals())
        await person.slash(f"/stock {typed}".strip())
        await self.settle()
        assert person.notice is None, person.notice
        return "\n".join(shown(message) for message in person.ephemerals()[before:])

    async def click(self, person: Person, act: str, **how: Any) -> None:
        await person.click(act, **how)
        await self.settle()

    async def submit(self, person: Person) -> None:
        await person.submit()
        await self.settle()
        assert person.notice is None, person.notice

    async def home(self, person: Person) -> str:
        await person.open_home()
        await self.settle()
        assert person.home is not None
        return shown(person.home)

    async def deliver(self) -> int:
        """Send what waits in the outbox, without really waiting."""
        return await deliver(
            self.world.deps(), self.client, self.world.clock.now(), pause=self.pause
        )

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Run a statement behind everybody's back; its rows, if it has any."""
        async with self.world.database.transaction() as session:
            found = await session.execute(text(sql), values)
            gives_rows = isinstance(found, CursorResult) and found.returns_rows
            return list(found) if gives_rows else []


def shown(surface: Any) -> str:
    """Gather every text that stands on a view or message."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                found.append(value["text"])
            for key, inner in value.items():
                if key not in ("state", "text") or not isinstance(inner, str):
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk({key: value for key, value in surface.items() if key != "state"})
    return "\n".join(found)


def title(person: Person) -> str:
    """Return the title of the open modal."""
    assert person.modal is not None
    return str(person.modal["title"]["text"])


def modal(person: Person) -> dict[str, Any]:
    """Return the open modal."""
    assert person.modal is not None, "no modal is open"
    return person.modal


async def see(office: Office, text: str) -> str:
    """Wait until the manager's open window shows a text; all that it shows then."""
    await office.settle()
    await office.manager.until(lambda p: p.modal and text in shown(p.modal))
    return shown(modal(office.manager))


def block_of(person: Person, start: str) -> str:
    """Return the id of the open modal's block whose id starts so."""
    assert person.modal is not None
    return next(
        str(block["block_id"])
        for block in person.modal["blocks"]
        if block["block_id"].startswith(start)
    )


@asynccontextmanager
async def open_office(
    database: Database,
    *shops: Any,
    clock: SimulatedClock,
    socket_mode: bool = False,
    public: bool = True,
    staff: bool = True,
    made: Callable[..., World] = World,
) -> AsyncIterator[Office]:
    """Open the office; every request that the bot made is checked when it closes.

    `made` makes the world of the shops: of local Shopify shops, or a Market of pairs of a
    platform's side and a name.
    """
    world = made(database, *shops, clock=clock)
    async with serving(_manifest(socket_mode), now=lambda: clock.now().timestamp()) as slack:
        home = slack.directory.home
        async with database.transaction() as session:
            row = await people.ensure_workspace(session, home.id, home.name, clock.now())
        world.workspace_id = row.id
        world.actor = slack.person("manager").id
        async with _bot(world, slack, socket_mode=socket_mode, public=public) as office:
            if staff:
                await _hire(world)
            yield office
            await office.settle()
        assert not slack.inspector.refusals(), slack.inspector.refusals()
        wrong = {
            (surface.source, error)
            for surface in slack.inspector.surfaces
            for error in official_errors(surface.payload, surface.kind)
        }
        assert not wrong


@asynccontextmanager
async def _bot(
    world: World, slack: Workspace, *, socket_mode: bool, public: bool
) -> AsyncIterator[Office]:
    application = web.Application()
    runner = web.AppRunner(application)
    settings = SlackSettings(
        bot_token=slack.app.bot_token,
        signing_secret="" if socket_mode else slack.app.signing_secret,
        api_url=f"{slack.base_url}/api/",
        public_url="https://stock.example.com" if public else None,
    )
    app = build_app(world.deps(), settings, pause=_no_pause)
    after = home_refresher(world.deps(), settings)
    application.add_routes(
        connect_routes(
            world.deps(),
            after=after,
            base_urls=world.base_urls,
            settings=world.new_stores,
            public_url=settings.public_url,
        )
    )
    if not socket_mode:
        application.add_routes(slack_routes(app))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    office = Office(world, slack, app, web_client(settings), url)
    try:
        if socket_mode:
            handler = AsyncSocketModeHandler(app, slack.app.app_token)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
            await connected(slack)
            yield office
            await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
        else:
            async with by_http(slack, f"{url}/slack/events"):
                yield office
    finally:
        await drain(app)
        await runner.cleanup()


@asynccontextmanager
async def second_process(office: Office) -> AsyncIterator[str]:
    """Run the bot once more on the same database; the address it listens at."""
    world, slack = office.world, office.slack
    settings = SlackSettings(
        slack.app.bot_token, slack.app.signing_secret, f"{slack.base_url}/api/", None
    )
    app = build_app(world.deps("worker-2"), settings, pause=_no_pause)
    application = web.Application()
    application.add_routes([*slack_routes(app), *connect_routes(world.deps("worker-2"))])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await drain(app)
        await runner.cleanup()


async def _no_pause(seconds: float) -> None:
    """Let the loop turn, so that an ack on its way can arrive."""
    await asyncio.sleep(0.02)


async def _hire(world: World) -> None:
    async with world.database.transaction() as session:
        for role, user in PEOPLE.items():
            await session.execute(
                text("""
                    insert into person (workspace_id, slack_user, role, since)
                    values (:workspace, :who, :role, :now)"""),
                {
                    "workspace": world.workspace_id,
                    "who": user,
                    "role": role,
                    "now": world.clock.now(),
                },
            )


async def claim_code(world: World) -> str:
    async with world.database.transaction() as session:
        return await people.new_claim_code(session, world.workspace_id, world.clock.now())


def _manifest(socket_mode: bool) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    if not socket_mode:
        url = "https://bot.example.com/slack/events"
        held["settings"]["socket_mode_enabled"] = False
        held["settings"]["interactivity"]["request_url"] = url
        held["settings"]["event_subscriptions"]["request_url"] = url
        for command in held["features"]["slash_commands"]:
            command["url"] = url
    return held


async def connect_url(office: Office, answer: dict[str, Any]) -> str:
    """Turn the public link of an answer into one on this machine."""
    found = re.search(r"https://stock\.example\.com(/connect/[\w-]+)", str(answer))
    assert found, answer
    return office.url + found.group(1)


async def fetch(url: str, data: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    """GET, or POST a form: (status, body, headers)."""
    assert urlsplit(url).hostname == "127.0.0.1"
    async with aiohttp.ClientSession() as session:
        request = session.get(url) if data is None else session.post(url, data=data)
        async with request as answer:
            return answer.status, await answer.text(), dict(answer.headers)
