"""What happens in a store, by plain HTTP: its numbers, its buyers, its troubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox import amazon, bigcommerce, shopify, woocommerce
from sandbox.story.member import StuckError

Json = dict[str, Any]


@dataclass(frozen=True)
class Trade:
    """How the stores of one platform differ for somebody who looks at them.

    tracked, on_sale  read from one row of a store's state
    renewed           what is typed once the access that Stockroom holds is worthless
    """

    platform: str
    tracked: Callable[[Json], bool]
    on_sale: Callable[[Json], bool]
    renewed: Callable[[Json], dict[str, str]]


SHOPIFY = Trade(
    "shopify",
    tracked=lambda row: bool(row["tracked"]),
    on_sale=lambda row: row["status"] == "ACTIVE",
    renewed=lambda told: {"access_token": told["token"]},
)
WOOCOMMERCE = Trade(
    "woocommerce",
    # A variation may leave its stock to its parent; other plugins count their own types.
    tracked=lambda row: (
        row["manage_stock"] is True and row["type"] in ("simple", "variable", "variation")
    ),
    on_sale=lambda row: row["status"] == "publish",
    renewed=lambda told: {key: told[key] for key in ("consumer_key", "consumer_secret")},
)
BIGCOMMERCE = Trade(
    "bigcommerce",
    tracked=lambda row: row["tracking"] != "none",
    on_sale=lambda row: bool(row["visible"]),
    renewed=lambda told: {"access_token": told["token"]},
)

AMAZON = Trade(
    "amazon",
    tracked=lambda row: "DEFAULT" in row["channels"],  # the others are sent by Amazon itself
    on_sale=lambda row: not row["closed"],
    renewed=lambda told: {"refresh_token": told["refresh_token"]},
)


class Shopkeeper:
    """One local store.

    control     where people act on it
    title       what Stockroom calls it
    typed       what opens it, by field of the connect page
    warehouses  those whose sum it shows, by name
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        control: str,
        trade: Trade,
        title: str,
        typed: Mapping[str, str],
        *warehouses: str,
    ) -> None:
        self._http = http
        self.control = control
        self.trade = trade
        self.title = title
        self.typed = dict(typed)
        self.warehouses = warehouses

    @property
    def platform(self) -> str:
        return self.trade.platform

    async def listings(self) -> list[Json]:
        """Read every listing as the store shows it."""
        listings: list[Json] = (await self._get("state"))["listings"]
        return listings

    async def sellable(self) -> tuple[dict[str, int], dict[str, list[str]]]:
        """Split the listings into those Stockroom keeps, by SKU, and the others, by reason."""
        listings = await self.listings()
        times = Counter(_folded(one["sku"]) for one in listings)
        kept: dict[str, int] = {}
        left: dict[str, list[str]] = {}
        for one in listings:
            if not _folded(one["sku"]):
                reason = "no SKU"
            elif times[_folded(one["sku"])] > 1:
                reason = "duplicate SKU"
            elif not self.trade.tracked(one):
                reason = "not tracked"
            elif not self.trade.on_sale(one):
                reason = "not on sale"
            else:
                kept[one["sku"]] = one["available"]
                continue
            left.setdefault(reason, []).append(one["title"])
        return kept, left

    async def shows(self, sku: str) -> int:
        """Read what a shopper could buy of a SKU that one listing has."""
        numbers = (await self._get("available"))["available"][sku]
        if len(numbers) != 1:
            raise StuckError(f"{sku} stands on {len(numbers)} listings of {self.title}")
        return int(numbers[0])

    async def sell(self, sku: str, quantity: int) -> object:
        """Somebody buys; returns the order's id."""
        return (await self._post("sell", sku=sku, quantity=quantity))["id"]

    async def kept_there(self, marketplace: str) -> dict[str, int]:
        """Read what the platform's own warehouses hold for a marketplace, by SKU."""
        held: dict[str, int] = (await self._get("state"))["fba"][marketplace]
        return held

    async def trespasses(self) -> list[str]:
        """Read what was written where nothing may be written."""
        found: list[str] = (await self._get("state"))["violations"]
        return found

    async def send_in(self, sku: str, units: int, marketplace: str) -> None:
        """Let the platform's own warehouses hold so many of a SKU."""
        await self._post("fba", sku=sku, fulfillable=units, marketplace=marketplace)

    async def cancel(self, order: object) -> None:
        await self._post("cancel", order=order, restock=True)

    async def let_access_die(self) -> None:
        """Make what Stockroom holds worthless; `typed` opens the store from now on."""
        self.typed |= self.trade.renewed(await self._post("token"))

    async def _get(self, what: str) -> Json:
        return _read(await self._http.get(f"{self.control}/{what}"))

    async def _post(self, what: str, **given: object) -> Json:
        return _read(await self._http.post(f"{self.control}/{what}", json=given))


def of_shopify(http: httpx.AsyncClient, address: str, shop: shopify.Shop) -> Shopkeeper:
    typed = {"shop": f"{shop.name}.myshopify.com", "access_token": shop.token}
    return Shopkeeper(http, f"{address}/_sandbox/{shop.name}", SHOPIFY, shop.title, typed)


def of_woocommerce(http: httpx.AsyncClient, address: str, shop: woocommerce.Shop) -> Shopkeeper:
    """WooCommerce tells no name of a store: Stockroom calls it by its address."""
    typed = {
        "url": shop.home,
        "consumer_key": shop.consumer_key,
        "consumer_secret": shop.consumer_secret,
    }
    title = shop.home.removeprefix("https://")
    return Shopkeeper(http, f"{address}/_sandbox/{shop.name}", WOOCOMMERCE, title, typed)


def of_bigcommerce(http: httpx.AsyncClient, address: str, shop: bigcommerce.Shop) -> Shopkeeper:
    typed = {"store_hash": shop.name, "access_token": shop.token}
    return Shopkeeper(http, f"{address}/_sandbox/{shop.name}", BIGCOMMERCE, shop.title, typed)


def of_amazon(http: httpx.AsyncClient, address: str, shop: amazon.Shop) -> Shopkeeper:
    typed = {
        "seller_id": shop.seller_id,
        "marketplaces": "US, CA",
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "refresh_token": shop.keys.refresh_token,
    }
    return Shopkeeper(http, f"{address}/_sandbox/{shop.name}", AMAZON, shop.title, typed)


def _folded(sku: str | None) -> str:
    return (sku or "").strip().casefold()


def _read(answer: httpx.Response) -> Json:
    if answer.status_code != 200:
        raise StuckError(f"{answer.request.url.path}: {answer.text}")
    body: Json = answer.json()
    return body
