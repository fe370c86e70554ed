"""The other side, served on this machine, and the real bot beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from sandbox import amazon, bigcommerce, ebay, etsy, shopify, walmart, woocommerce
from sandbox.amazon import catalogue as amazon_catalogue
from sandbox.bigcommerce import catalogue as bigcommerce_catalogue
from sandbox.ebay import catalogue as ebay_catalogue
from sandbox.etsy import catalogue as etsy_catalogue
from sandbox.shopify import catalogue as shopify_catalogue
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from sandbox.story.member import Member
from sandbox.story.process import Bot
from sandbox.story.quick import quick
from sandbox.story.serving import Place, environment, free_port, serving_stores
from sandbox.story.shopkeeper import Shopkeeper
from sandbox.walmart import catalogue as walmart_catalogue
from sandbox.woocommerce import catalogue as woocommerce_catalogue

LISTINGS = 64  # sellable ones in each store; beside them the awkward ones


@dataclass(frozen=True)
class World:
    """Everything that a story needs: the people, the stores, the bot.

    warehouse  what the shelves that North and South sell from are called at first
    counter    what they are called once South joins: a linked warehouse takes the new name
    reef       on WooCommerce, with shelves of its own beside them
    tide       on BigCommerce, without any of its own
    kiln, finds, bay  on Etsy, eBay and Walmart, each with shelves of its own beside the counter
    dune       on Amazon, with shelves of its own and goods that Amazon sends
    """

    http: httpx.AsyncClient
    mara: Member  # owns the business
    north: Shopkeeper
    south: Shopkeeper
    reef: Shopkeeper
    tide: Shopkeeper
    kiln: Shopkeeper
    finds: Shopkeeper
    bay: Shopkeeper
    dune: Shopkeeper
    warehouse: str
    counter: str
    bot: Bot
    slack: str  # the address of the local Slack

    @property
    def shops(self) -> tuple[Shopkeeper, ...]:
        """The stores that share shelves, so that what one sells is seen in the others."""
        return self.north, self.south, self.reef, self.tide, self.kiln, self.finds, self.bay

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
    kiln = _etsy("kiln-and-cloth", "KilnAndCloth", seed=6)
    finds = _ebay("tidepool-finds", "Tidepool Finds", seed=7)
    bay = _walmart("bay-supply", seed=8)
    dune = _amazon("dune-trading", seed=5)
    for sku in ("KEPT-BACK", "BEADS"):  # what only Tidewater would sell else
        north.add_listing(sku, 25)
    listen = f"127.0.0.1:{free_port()}"
    # Everything stays on this machine, whatever proxy it is set up for.
    async with (
        serve(workspace) as slack,
        httpx.AsyncClient(timeout=70, trust_env=False) as http,
        serving_stores(http, [north, south, reef, tide, kiln, finds, bay, dune]) as served,
    ):
        keepers, new_stores = served
        of_north, of_south, of_reef, of_tide, of_kiln, of_finds, of_bay, of_dune = keepers
        settings = environment(workspace, slack, home, listen, new_stores)
        yield World(
            http=http,
            mara=Member(http, slack, "manager"),
            north=of_north,
            south=of_south,
            reef=of_reef,
            tide=of_tide,
            kiln=of_kiln,
            finds=of_finds,
            bay=of_bay,
            dune=of_dune,
            warehouse=warehouse,
            counter=counter,
            bot=Bot(place.command, place.root, settings, home / "bot.log"),
            slack=slack,
        )


def _shopify(name: str, title: str, location: str, *, seed: int) -> shopify.Shop:
    shop = quick(shopify.Shop(name, title=title))
    shop.add_location(location)
    shopify_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _woocommerce(name: str, *, seed: int) -> woocommerce.Shop:
    shop = quick(woocommerce.Shop(name))
    woocommerce_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _bigcommerce(name: str, *, seed: int) -> bigcommerce.Shop:
    shop = quick(bigcommerce.Shop(name))
    bigcommerce_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _etsy(name: str, title: str, *, seed: int) -> etsy.Shop:
    shop = quick(etsy.Shop(name, title=title))
    etsy_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _ebay(name: str, title: str, *, seed: int) -> ebay.Shop:
    shop = quick(ebay.Shop(name, title=title))
    ebay_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _walmart(name: str, *, seed: int) -> walmart.Shop:
    shop = quick(walmart.Shop(name))
    walmart_catalogue.generate(shop, LISTINGS, seed)
    return shop


def _amazon(name: str, *, seed: int) -> amazon.Shop:
    shop = quick(amazon.Shop(name))
    amazon_catalogue.generate(shop, LISTINGS, seed)
    return shop
