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

from sandbox import amazon, bigcommerce, shopify, woocommerce
from sandbox.amazon import catalogue as amazon_catalogue
from sandbox.amazon.serve import serving as serving_amazon
from sandbox.bigcommerce import catalogue as bigcommerce_catalogue
from sandbox.bigcommerce.serve import serving as serving_bigcommerce
from sandbox.shopify import catalogue as shopify_catalogue
from sandbox.shopify.serve import serving as serving_shopify
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from sandbox.story.member import Member
from sandbox.story.process import Bot
from sandbox.story.shopkeeper import (
    Shopkeeper,
    of_amazon,
    of_bigcommerce,
    of_shopify,
    of_woocommerce,
)
from sandbox.woocommerce import catalogue as woocommerce_catalogue
from sandbox.woocommerce.serve import serving as serving_woocommerce

LISTINGS = 64  # sellable ones in each store; beside them the awkward ones
ORDER_LAG = 0.2  # seconds until an order of a local store can be listed
APPLY_LAG = 0.3  # seconds until the local BigCommerce shows a number that it took

# A store's waits, shortened to what the local stores need; a real one's are minutes.
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
    """Everything that a story needs: the people, the stores, the bot.

    warehouse  what the shelves that North and South sell from are called at first
    counter    what they are called once South joins: a linked warehouse takes the new name
    reef       on WooCommerce, with shelves of its own beside them
    tide       on BigCommerce, without any of its own
    dune       on Amazon, with shelves of its own and goods that Amazon sends
    """

    http: httpx.AsyncClient
    mara: Member  # owns the business
    oskar: Member  # packs parcels
    north: Shopkeeper
    south: Shopkeeper
    reef: Shopkeeper
    tide: Shopkeeper
    dune: Shopkeeper
    warehouse: str
    counter: str
    bot: Bot
    slack: str  # the addresses of the local Slack and of the bot's web pages
    web: str

    @property
    def shops(self) -> tuple[Shopkeeper, ...]:
        """The stores that share shelves, so that what one sells is seen in the others."""
        return self.north, self.south, self.reef, self.tide

    @property
    def every_shop(self) -> tuple[Shopkeeper, ...]:
        """All stores."""
        return *self.shops, self.dune


@asynccontextmanager
async def world(place: Place, home: Path) -> AsyncIterator[World]:
    """Serve the local Slack and all stores, and yield them with a bot that is not started yet.

    `home` holds the bot's database and its log.
    """
    workspace = Workspace(Manifest.load(place.manifest))
    warehouse, counter = "Harbour warehouse", "Market counter"
    north = _shopify("north-harbour", "North Harbour", warehouse, seed=1)
    south = _shopify("south-market", "South Market", counter, seed=2)
    reef, tide = _woocommerce("reef-online", seed=3), _bigcommerce("tidewater", seed=4)
    dune = _amazon("dune-trading", seed=5)
    for sku in ("KEPT-BACK", "BEADS"):  # what only Tidewater would sell else
        north.add_listing(sku, 25)
    listen = f"127.0.0.1:{_free_port()}"
    # Everything stays on this machine, whatever proxy it is set up for.
    async with (
        serve(workspace) as slack,
        serving_shopify([north, south]) as at_shopify,
        serving_woocommerce([reef]) as at_woocommerce,
        serving_bigcommerce([tide]) as at_bigcommerce,
        serving_amazon([dune]) as at_amazon,
        httpx.AsyncClient(timeout=70, trust_env=False) as http,
    ):
        environment = {
            "STOCKROOM_DATA_DIR": str(home),
            "STOCKROOM_LISTEN": listen,
            "STOCKROOM_PUBLIC_URL": f"http://{listen}",
            "STOCKROOM_SECRET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            "STOCKROOM_NEW_STORES": json.dumps(
                {
                    "shopify": {"base_url": f"{at_shopify}/shopify/{{shop}}", **QUICK},
                    "woocommerce": {"base_url": f"{at_woocommerce}/woocommerce/{{shop}}", **QUICK},
                    "bigcommerce": {
                        "base_url": f"{at_bigcommerce}/stores/{{shop}}",
                        "apply_lag_seconds": APPLY_LAG + 0.5,
                        **QUICK,
                    },
                    "amazon": {
                        "base_url": f"{at_amazon}/amazon/{{shop}}",
                        "apply_lag_seconds": APPLY_LAG + 0.5,
                        **QUICK,
                    },
                }
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
            north=of_shopify(http, at_shopify, north),
            south=of_shopify(http, at_shopify, south),
            reef=of_woocommerce(http, at_woocommerce, reef),
            tide=of_bigcommerce(http, at_bigcommerce, tide),
            dune=of_amazon(http, at_amazon, dune),
            warehouse=warehouse,
            counter=counter,
            bot=Bot(place.command, place.root, environment, home / "bot.log"),
            slack=slack,
            web=f"http://{listen}",
        )


def _shopify(name: str, title: str, location: str, *, seed: int) -> shopify.Shop:
    shop = shopify.Shop(name, title=title, order_lag=timedelta(seconds=ORDER_LAG))
    shop.add_location(location)
    shopify_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _woocommerce(name: str, *, seed: int) -> woocommerce.Shop:
    shop = woocommerce.Shop(name, order_lag=timedelta(seconds=ORDER_LAG))
    woocommerce_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _bigcommerce(name: str, *, seed: int) -> bigcommerce.Shop:
    shop = bigcommerce.Shop(name, order_lag=timedelta(seconds=ORDER_LAG))
    bigcommerce_catalogue.generate(shop, LISTINGS, seed)
    shop.apply_lag = timedelta(seconds=APPLY_LAG)
    return shop


def _amazon(name: str, *, seed: int) -> amazon.Shop:
    """An account that Amazon lets ask often, of which patches are seen at once."""
    shop = amazon.Shop(name, order_lag=timedelta(seconds=ORDER_LAG))
    amazon_catalogue.generate(shop, LISTINGS, seed)
    shop.order_delay, shop.patch_time = timedelta(), timedelta(seconds=APPLY_LAG)
    shop.limits.metered = False
    shop.reports.takes = timedelta(seconds=4)  # the first look at one is after five
    return shop


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
