"""The other side, served on this machine, and the real bot beside it."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from sandbox.shopify.catalogue import generate
from sandbox.shopify.serve import serving
from sandbox.shopify.shop import Shop
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from sandbox.story.member import Member
from sandbox.story.process import Bot
from sandbox.story.shopkeeper import Shopkeeper

LISTINGS = 64  # sellable ones in each shop; beside them the awkward ones
ORDER_LAG = 0.2  # seconds until an order of a local shop can be listed

# A store's waits, shortened to what the local shops need; a real shop's are minutes.
QUICK = {
    "orders_every_seconds": 1,
    "push_every_seconds": 1,
    "order_lag_seconds": ORDER_LAG + 0.3,
    "reading_age_seconds": 0.2,
    "clock_margin_seconds": 1,
    "abandoned_seconds": 5,
}


@dataclass(frozen=True)
class Place:
    """Where the real bot is: the command line that starts it, from which folder, its manifest."""

    command: Sequence[str]
    root: Path
    manifest: Path


@dataclass(frozen=True)
class World:
    """Everything that a story needs: the people, the shops, the bot."""

    http: httpx.AsyncClient
    mara: Member  # owns the business
    oskar: Member  # packs parcels
    north: Shopkeeper
    south: Shopkeeper
    bot: Bot
    slack: str  # the addresses of the local Slack and of the bot's web pages
    web: str

    @property
    def shops(self) -> tuple[Shopkeeper, Shopkeeper]:
        return self.north, self.south


@asynccontextmanager
async def world(place: Place, home: Path) -> AsyncIterator[World]:
    """Serve the local Slack and both shops, and yield them with a bot that is not started yet.

    `home` holds the bot's database and its log.
    """
    workspace = Workspace(Manifest.load(place.manifest))
    shops = [
        _shop("north-harbour", "North Harbour", "Harbour warehouse", seed=1),
        _shop("south-market", "South Market", "Market counter", seed=2),
    ]
    listen = f"127.0.0.1:{_free_port()}"
    # Everything stays on this machine, whatever proxy it is set up for.
    async with (
        serve(workspace) as slack,
        serving(shops) as shopify,
        httpx.AsyncClient(timeout=70, trust_env=False) as http,
    ):
        environment = {
            "STOCKROOM_DATA_DIR": str(home),
            "STOCKROOM_LISTEN": listen,
            "STOCKROOM_PUBLIC_URL": f"http://{listen}",
            "STOCKROOM_SECRET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            "STOCKROOM_NEW_STORES": json.dumps(
                {"shopify": {"base_url": f"{shopify}/shopify/{{shop}}", **QUICK}}
            ),
            "SLACK_API_URL": f"{slack}/api/",
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "DATABASE_URL": "",
            "SLACK_SIGNING_SECRET": "",
        }
        yield World(
            http=http,
            mara=Member(http, slack, "manager"),
            oskar=Member(http, slack, "operator"),
            north=Shopkeeper(http, shopify, shops[0]),
            south=Shopkeeper(http, shopify, shops[1]),
            bot=Bot(place.command, place.root, environment, home / "bot.log"),
            slack=slack,
            web=f"http://{listen}",
        )


def _shop(name: str, title: str, location: str, *, seed: int) -> Shop:
    shop = Shop(name, title=title, order_lag=timedelta(seconds=ORDER_LAG))
    shop.add_location(location)
    generate(shop, LISTINGS, seed)
    return shop


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
