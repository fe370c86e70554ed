"""How the stores of one platform differ for whoever serves them, connects them and looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from sandbox import amazon, bigcommerce, ebay, etsy, shopify, walmart, woocommerce
from sandbox.amazon import faults as amazon_faults
from sandbox.amazon.serve import serving as serving_amazon
from sandbox.bigcommerce import faults as bigcommerce_faults
from sandbox.bigcommerce.serve import serving as serving_bigcommerce
from sandbox.ebay import faults as ebay_faults
from sandbox.ebay.serve import serving as serving_ebay
from sandbox.etsy import faults as etsy_faults
from sandbox.etsy.serve import serving as serving_etsy
from sandbox.shopify import faults as shopify_faults
from sandbox.shopify.serve import serving as serving_shopify
from sandbox.story.quick import APPLY_LAG, MANY
from sandbox.walmart import faults as walmart_faults
from sandbox.walmart.serve import serving as serving_walmart
from sandbox.woocommerce import faults as woocommerce_faults
from sandbox.woocommerce.serve import serving as serving_woocommerce

Json = dict[str, Any]
Serving = Callable[[Sequence[Any]], AbstractAsyncContextManager[str]]


@dataclass(frozen=True)
class Trade:
    """One platform.

    kind      the class of its local stores
    serve     serves several of them
    path      where one is, below its server's address; `{shop}` stands for its name
    typed     what opens a store, by field of the connect page
    title     what Stockroom calls a store
    renewed   what is typed once the access that Stockroom holds is worthless
    tracked   whether a row of its state counts its stock, as far as the seller goes
    on_sale   whether it can be bought
    is_open   whether an order of its state can still be sent or cancelled
    faults    what trouble can be switched on in a store
    acts      what people can do with an order there
    refund    what one line of an order is refunded by; None where that moves no stock
    settings  what its stores need beside those that all need (sandbox/story/serving.py)
    """

    platform: str
    kind: type
    serve: Serving
    path: str
    typed: Callable[[Any], dict[str, str]]
    title: Callable[[Any], str]
    renewed: Callable[[Json], dict[str, str]]
    tracked: Callable[[Json], bool]
    on_sale: Callable[[Json], bool]
    is_open: Callable[[Json], bool]
    faults: tuple[str, ...]
    acts: tuple[str, ...] = ("fulfil", "cancel", "refund")
    refund: Callable[[Json, Json], Json] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)


def _units(order: Json, line: Json, **more: object) -> Json:
    return {"order": order["id"], "sku": line["sku"], "quantity": line["quantity"], **more}


def _unsent(order: Json) -> bool:
    return any(not line["shipped"] for line in order["lines"])


SHOPIFY = Trade(
    "shopify",
    shopify.Shop,
    serving_shopify,
    "shopify/{shop}",
    typed=lambda shop: {"shop": f"{shop.name}.myshopify.com", "access_token": shop.token},
    title=lambda shop: shop.title,
    renewed=lambda told: {"access_token": told["token"]},
    tracked=lambda row: bool(row["tracked"]),
    on_sale=lambda row: row["status"] == "ACTIVE",
    is_open=lambda order: not order["cancelled"] and not order["closed"],
    faults=shopify_faults.KINDS,
    acts=("fulfil", "cancel", "refund", "edit"),
    refund=lambda order, line: _units(
        order, line, restock_type="CANCEL" if line["unfulfilled"] else "RETURN"
    ),
)
WOOCOMMERCE = Trade(
    "woocommerce",
    woocommerce.Shop,
    serving_woocommerce,
    "woocommerce/{shop}",
    typed=lambda shop: {
        "url": shop.home,
        "consumer_key": shop.consumer_key,
        "consumer_secret": shop.consumer_secret,
    },
    # WooCommerce tells no name of a store: Stockroom calls it by its address.
    title=lambda shop: shop.home.removeprefix("https://"),
    renewed=lambda told: {key: told[key] for key in ("consumer_key", "consumer_secret")},
    # A variation may leave its stock to its parent; other plugins count their own types.
    tracked=lambda row: (
        row["manage_stock"] is True and row["type"] in ("simple", "variable", "variation")
    ),
    on_sale=lambda row: row["status"] == "publish",
    is_open=lambda order: order["status"] in ("pending", "processing", "on-hold"),
    faults=woocommerce_faults.KINDS,
    acts=("fulfil", "cancel", "refund", "edit"),
    refund=lambda order, line: _units(order, line, restock_type="RETURN"),
)
BIGCOMMERCE = Trade(
    "bigcommerce",
    bigcommerce.Shop,
    serving_bigcommerce,
    "stores/{shop}",
    typed=lambda shop: {"store_hash": shop.name, "access_token": shop.token},
    title=lambda shop: shop.title,
    renewed=lambda told: {"access_token": told["token"]},
    tracked=lambda row: row["tracking"] != "none",
    on_sale=lambda row: bool(row["visible"]),
    # BigCommerce: shipped, refunded, cancelled, declined, completed
    is_open=lambda order: order["status"] not in (2, 4, 5, 6, 10),
    faults=bigcommerce_faults.KINDS,
    acts=("fulfil", "cancel", "refund", "edit"),
    refund=_units,
    settings={"apply_lag_seconds": APPLY_LAG + 0.5},
)
AMAZON = Trade(
    "amazon",
    amazon.Shop,
    serving_amazon,
    "amazon/{shop}",
    typed=lambda shop: {
        "seller_id": shop.seller_id,
        "marketplaces": "US, CA",
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "refresh_token": shop.keys.refresh_token,
    },
    title=lambda shop: shop.title,
    renewed=lambda told: {"refresh_token": told["refresh_token"]},
    tracked=lambda row: "DEFAULT" in row["channels"],  # the others are sent by Amazon itself
    on_sale=lambda row: not row["closed"],
    is_open=lambda order: order["status"] in ("PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"),
    faults=amazon_faults.KINDS,
    acts=("fulfil", "cancel"),
    settings={"apply_lag_seconds": APPLY_LAG + 0.5},
)
ETSY = Trade(
    "etsy",
    etsy.Shop,
    serving_etsy,
    "etsy/{shop}",
    typed=lambda shop: {
        "keystring": shop.keys.keystring,
        "shared_secret": shop.keys.shared_secret,
        "shop_id": str(shop.id),
        "refresh_token": shop.keys.refresh_token,
    },
    title=lambda shop: shop.title,
    renewed=lambda told: {"refresh_token": told["refresh_token"]},
    tracked=lambda row: row["kind"] != "download",
    on_sale=lambda row: row["state"] in ("active", "sold_out"),
    is_open=lambda order: order["status"] in ("open", "paid") and _unsent(order),
    faults=etsy_faults.KINDS,
    refund=lambda order, line: {"order": order["id"], "whole": True},
    settings={"calls_a_day": MANY},
)
EBAY = Trade(
    "ebay",
    ebay.Shop,
    serving_ebay,
    "ebay/{shop}",
    typed=lambda shop: {
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "marketplace": shop.marketplace,
        "refresh_token": shop.keys.refresh_token,
    },
    title=lambda shop: shop.title,
    renewed=lambda told: {"refresh_token": told["refresh_token"]},
    tracked=lambda row: row["type"] == "FixedPriceItem",
    on_sale=lambda row: row["status"] == "Active",
    is_open=lambda order: order["cancel_state"] != "CANCELED" and _unsent(order),
    faults=ebay_faults.KINDS,
    refund=_units,
    settings={"trading_calls_a_day": MANY},
)
WALMART = Trade(
    "walmart",
    walmart.Shop,
    serving_walmart,
    "walmart/{shop}",
    typed=lambda shop: {"client_id": shop.client_id, "client_secret": shop.client_secret},
    title=lambda shop: shop.title,
    renewed=lambda told: {key: told[key] for key in ("client_id", "client_secret")},
    tracked=lambda row: row["fulfilment"] == "SellerFulfilled",
    on_sale=lambda row: row["published"] == "PUBLISHED" and row["lifecycle"] == "ACTIVE",
    is_open=lambda order: any(
        line["quantity"] > line["shipped"] + line["cancelled"] for line in order["lines"]
    ),
    faults=walmart_faults.KINDS,
    refund=_units,
    settings={"settles_within_seconds": 60},
)
TRADES = (SHOPIFY, ETSY, AMAZON, EBAY, WOOCOMMERCE, BIGCOMMERCE, WALMART)


def trade_of(shop: object) -> Trade:
    """Say which platform a local store is on."""
    return next(trade for trade in TRADES if isinstance(shop, trade.kind))
