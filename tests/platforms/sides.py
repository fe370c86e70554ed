"""Each platform's other side, as the shared behaviour suite drives it.

The shops speak one vocabulary (`sell`, `cancel`, `fulfil`, `available`, ...); what is
left differs by platform: how a shop is made, reached and locked out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from connectors.amazon import platform as amazon
from connectors.bigcommerce import platform as bigcommerce
from connectors.ebay import platform as ebay
from connectors.etsy import platform as etsy
from connectors.protocol import Connector
from connectors.shopify import platform as shopify
from connectors.walmart import platform as walmart
from connectors.woocommerce import platform as woocommerce
from sandbox import amazon as local_amazon
from sandbox import bigcommerce as local_bigcommerce
from sandbox import ebay as local_ebay
from sandbox import etsy as local_etsy
from sandbox import shopify as local_shopify
from sandbox import walmart as local_walmart
from sandbox import woocommerce as local_woocommerce
from tests.engine.world import SimulatedClock, operation

Open = Callable[..., AbstractAsyncContextManager[Connector]]


@dataclass(frozen=True)
class Side:
    """One platform: its local server, and how a connector gets there.

    label  what a call is for: "write", "orders", "levels", "feeds" (what became of a
           feed), "trash" (orders that a WooCommerce threw away), or its own name
    lock   take our access away; what comes back restores it
    """

    key: str
    make: Callable[[str, SimulatedClock], Any]
    serve: Callable[..., Any]
    open: Open
    credentials: Callable[[Any], dict[str, str]]
    address: str  # with {shop}, as an operator would write it
    label: Callable[[httpx.Request], str]
    lock: Callable[[Any], Callable[[], object]]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return httpx.URL(self.address.format(shop="x")).host


def _shopify_shop(name: str, clock: SimulatedClock) -> Any:
    shop = local_shopify.Shop(name, now=clock.now)
    shop.add_location("Main warehouse")
    return shop


def _shopify_label(request: httpx.Request) -> str:
    names = {"SetQuantities": "write", "Orders": "orders", "Levels": "levels"}
    name = operation(request)
    return names.get(name, name)


def _rest_label(write: str, orders: str, levels: tuple[str, ...]) -> Callable[[httpx.Request], str]:
    def label(request: httpx.Request) -> str:
        path = request.url.path
        if request.method in ("POST", "PUT") and path.endswith(write):
            # An empty batch is how a store is asked whether our keys may write.
            return "write" if json.loads(request.content) else "check"
        if path.endswith(orders):
            return "trash" if request.url.params.get("status") == "trash" else "orders"
        if any(part in path for part in levels):
            return "levels"
        return path.rpartition("/")[2]

    return label


def _walmart_label(request: httpx.Request) -> str:
    path = request.url.path.rpartition("/v3/")[2]
    if request.method == "PUT" or (request.method == "POST" and path == "feeds"):
        return "write"
    if path.startswith(("inventory", "inventories")):
        return "levels"
    return "order" if path.startswith("orders/") else path.partition("/")[0]


def _token(shop: Any) -> Callable[[], object]:
    held = shop.token
    shop.rotate_token()
    return lambda: shop.rotate_token(held)


def _keys(shop: Any) -> Callable[[], object]:
    held = shop.consumer_key, shop.consumer_secret
    shop.rotate_keys()

    def restore() -> None:
        shop.consumer_key, shop.consumer_secret = held

    return restore


def _secret(shop: Any) -> Callable[[], object]:
    held = shop.client_secret
    shop.rotate_keys()
    return lambda: shop.rotate_keys(held)


SHOPIFY = Side(
    key="shopify",
    make=_shopify_shop,
    serve=local_shopify.create_app,
    open=shopify.open_shop,
    credentials=lambda shop: {"shop": shop.name, "access_token": shop.token},
    address="http://shopify.test/shopify/{shop}",
    label=_shopify_label,
    lock=_token,
)
WOOCOMMERCE = Side(
    key="woocommerce",
    make=lambda name, clock: local_woocommerce.Shop(name, now=clock.now),
    serve=local_woocommerce.create_app,
    open=woocommerce.open_store,
    credentials=lambda shop: {
        "url": shop.home,
        "consumer_key": shop.consumer_key,
        "consumer_secret": shop.consumer_secret,
    },
    address="https://woocommerce.test/woocommerce/{shop}",
    label=_rest_label("/batch", "/orders", ("/products", "/variations")),
    lock=_keys,
)
BIGCOMMERCE = Side(
    key="bigcommerce",
    make=lambda name, clock: local_bigcommerce.Shop(name, now=clock.now),
    serve=local_bigcommerce.create_app,
    open=bigcommerce.open_store,
    credentials=lambda shop: {"store_hash": shop.name, "access_token": shop.token},
    address="http://bigcommerce.test/stores/{shop}",
    label=_rest_label("/adjustments/absolute", "/v2/orders", ("/items",)),
    lock=_token,
)
WALMART = Side(
    key="walmart",
    make=lambda name, clock: local_walmart.Shop(name, now=clock.now),
    serve=local_walmart.create_app,
    open=walmart.open_store,
    credentials=lambda shop: {"client_id": shop.client_id, "client_secret": shop.client_secret},
    address="http://walmart.test/walmart/{shop}",
    label=_walmart_label,
    lock=_secret,
)


def _ebay_label(request: httpx.Request) -> str:
    """Say what a call is for; a list by SKU reads levels, one without is an import's."""
    path = request.url.path
    call = request.headers.get("X-EBAY-API-CALL-NAME", path.rpartition("/")[2])
    if call in ("bulk_update_price_quantity", "ReviseInventoryStatus"):
        return "write"
    if call == "order":
        query = request.url.params
        return "orders" if "filter" in query or "orderIds" in query else "check"
    reads = call in ("bulk_get_inventory_item", "offer", "GetItem")
    return "levels" if reads or b"<SKUArray>" in request.content else call


def _ebay_credentials(shop: Any) -> dict[str, str]:
    keys = shop.keys
    return {
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "marketplace": shop.marketplace,
        "refresh_token": keys.refresh_token,
    }


def _consent(shop: Any) -> Callable[[], object]:
    held = shop.keys.refresh_token
    shop.keys.rotate_refresh_token()
    return lambda: shop.keys.rotate_refresh_token(held)


def _offering(name: str, clock: SimulatedClock) -> Any:
    """A seller of the Inventory model whose cancelled orders put nothing back."""
    shop = local_ebay.Shop(name, now=clock.now)
    shop.default_model, shop.restocks_on_cancel = "inventory", False
    return shop


EBAY = Side(
    key="ebay",
    make=lambda name, clock: local_ebay.Shop(name, now=clock.now),
    serve=local_ebay.create_app,
    open=ebay.open_account,
    credentials=_ebay_credentials,
    address="http://ebay.test/ebay/{shop}",
    label=_ebay_label,
    lock=_consent,
)
EBAY_OFFERS = replace(EBAY, make=_offering)


def _etsy_label(request: httpx.Request) -> str:
    """Say what a call is for; the cancelled receipts are a reading of their own."""
    path = request.url.path
    if request.method in ("PUT", "PATCH"):
        return "write"
    if path.endswith("/receipts"):
        return "cancelled" if "was_canceled" in request.url.params else "orders"
    return "levels" if path.endswith("/batch/inventory") else path.rpartition("/")[2]


def _etsy_credentials(shop: Any) -> dict[str, str]:
    return {
        "keystring": shop.keys.keystring,
        "shared_secret": shop.keys.shared_secret,
        "shop_id": str(shop.id),
        "refresh_token": shop.keys.refresh_token,
    }


ETSY = Side(
    key="etsy",
    make=lambda name, clock: local_etsy.Shop(name, now=clock.now),
    serve=local_etsy.create_app,
    open=etsy.open_store,
    credentials=_etsy_credentials,
    address="http://etsy.test/etsy/{shop}",
    label=_etsy_label,
    lock=_consent,
    settings={"base_prices": True},
)


def _prompt(name: str, clock: SimulatedClock) -> Any:
    """An account that may ask for orders often, of which patches are seen at once."""
    shop = local_amazon.Shop(name, now=clock.now)
    shop.patch_time = shop.order_delay = timedelta()
    shop.limits.rates["searchOrders"] = (1.0, 20)
    return shop


def _amazon_label(request: httpx.Request) -> str:
    """Say what a call is for; a question with SKUs reads levels, one without is an import's.

    A feed is a handful of writes: its document is made, filled, sent, and its report looked up.
    """
    path, method = request.url.path, request.method
    if method in ("PATCH", "PUT") or (method == "POST" and "/feeds/" in path):
        return "write"
    if "/feeds/" in path:
        return "write" if "/documents/" in path else "feeds"
    if path.endswith("/orders"):
        return "orders"
    if "/items/" in path:
        return "levels" if "identifiers" in request.url.params else "changes"
    return path.rpartition("/")[2]


def _amazon_credentials(shop: Any) -> dict[str, str]:
    return {
        "seller_id": shop.seller_id,
        "marketplaces": "US, CA",
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "refresh_token": shop.keys.refresh_token,
    }


def _authorization(shop: Any) -> Callable[[], object]:
    held, access = shop.keys.refresh_token, dict(shop.keys.access)
    shop.keys.revoke()

    def restore() -> None:
        shop.keys.revoke(held)
        shop.keys.access.update(access)

    return restore


AMAZON = Side(
    key="amazon",
    make=_prompt,
    serve=local_amazon.create_app,
    open=amazon.open_account,
    credentials=_amazon_credentials,
    address="http://amazon.test/amazon/{shop}",
    label=_amazon_label,
    lock=_authorization,
    settings={"orders_every_seconds": 30, "apply_lag_seconds": 1, "settles_within_seconds": 300},
)
SIDES = (SHOPIFY, WOOCOMMERCE, BIGCOMMERCE, EBAY, WALMART, ETSY, AMAZON)


class Hosts(httpx.AsyncBaseTransport):
    """Brings each call to the local server of its host."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        self._lines = {host: httpx.ASGITransport(app) for host, app in apps.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._lines[request.url.host].handle_async_request(request)


def label(request: httpx.Request) -> str:
    """Say what a call is for, whichever platform it goes to."""
    side = next(side for side in SIDES if side.host == request.url.host)
    return side.label(request)
