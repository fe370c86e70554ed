"""The demo: everything served on this machine, opened, and kept until it is stopped."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

import httpx

from sandbox.demo.merchant import goods, stores
from sandbox.demo.opening import Demo, open_up
from sandbox.demo.ours import Ours
from sandbox.demo.routes import store_routes
from sandbox.demo.shelves import Shelves
from sandbox.demo.shopper import Shopper
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from sandbox.story.member import StuckError
from sandbox.story.plot import Tell, Teller
from sandbox.story.process import Bot
from sandbox.story.run import cancelled_by_signals, last_lines, throw_away
from sandbox.story.serving import Place, environment, free_port, serving_stores
from sandbox.story.shopkeeper import Shopkeeper

Opening = Callable[[Demo, Tell], Awaitable[None]]


async def demo(place: Place, out: TextIO, *, browse: bool = True) -> int:
    """Open the pages and stay up until stopped; with `browse` in the person's own browser.

    The local stores forget everything with their process, and so the ledger does.
    """
    with throw_away() as home, cancelled_by_signals():
        try:
            async with up(place, home, Teller(out).tell) as made:
                out.write("\n".join(_how_to_use(made.address)) + "\n")
                out.flush()
                if browse and _has_browser():
                    webbrowser.open(made.address)
                await asyncio.Event().wait()
        except StuckError as stuck:
            out.write("\n".join([f"The demo got stuck: {stuck}", *last_lines(home)]) + "\n")
            return 1
        except asyncio.CancelledError:
            out.write("Stopped.\n")
    return 0


@asynccontextmanager
async def up(
    place: Place, home: Path, tell: Tell, *, opening: Opening = open_up
) -> AsyncIterator[Demo]:
    """Serve the local Slack, the stores and their pages, and the real bot, after an opening."""
    workspace = Workspace(Manifest.load(place.manifest))
    listen = f"127.0.0.1:{free_port()}"
    async with (
        httpx.AsyncClient(timeout=70, trust_env=False) as http,
        serving_stores(http, stores()) as (keepers, new_stores),
        _pages(workspace, keepers, place, home, listen, new_stores) as (slack, bot),
    ):
        tell("The local Slack and seven stores are up; the bot starts, with a Postgres of its own.")
        async with bot.running():
            made = Demo(slack, http, bot, keepers, workspace)
            await opening(made, tell)
            yield made


@asynccontextmanager
async def _pages(
    workspace: Workspace,
    keepers: list[Shopkeeper],
    place: Place,
    home: Path,
    listen: str,
    new_stores: dict[str, dict[str, object]],
) -> AsyncIterator[tuple[str, Bot]]:
    """Serve the workspace with the page of the stores beside it; yield the address and the bot."""
    shopper = Shopper(keepers)
    bot: Bot | None = None

    async def export() -> str:
        if bot is None:
            raise StuckError("the bot is not up yet")
        return await bot.command("export", "--listings")

    ours = Ours(export)
    shelves = Shelves(keepers, {good.sku: good.price for good in goods()}, ours)
    async with serve(workspace, beside=store_routes(shelves, shopper)) as slack:
        settings = environment(workspace, slack, home, listen, new_stores)
        bot = Bot(place.command, place.root, settings, home / "bot.log")
        try:
            yield slack, bot
        finally:
            await shopper.stop()
            await ours.close()


def _how_to_use(address: str) -> list[str]:
    return [
        "",
        f"Open {address}/ and {address}/stores side by side.",
        "  1. In Slack, on Stockroom's Home tab, press Turn on sync for a store and walk through.",
        "  2. In the stores, buy something; watch the others follow within seconds.",
        "  3. Break a store there, and read #stock-alerts.",
        "Everything stays up until Ctrl-C; nothing of it leaves this machine.",
    ]


def _has_browser() -> bool:
    """Say whether a window can be opened here; a browser in the terminal would hide the rest."""
    return sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
