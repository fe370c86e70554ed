"""A merchant worth looking at: sixty products over seven stores, and a few honest problems.

Each store counts for itself so far, so their numbers differ: that is what Stockroom is for.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import amazon, bigcommerce, ebay, etsy, shopify, walmart, woocommerce
from sandbox.amazon.sites import CA, US
from sandbox.story.quick import quick

HARBOUR, COUNTER = "Harbour warehouse", "Market counter"
# Thing, SKU, price of the plainest one in cents
_THINGS = (
    ("Mug", "MUG", 1_400),
    ("Bowl", "BOWL", 1_900),
    ("Dinner plate", "PLATE", 2_200),
    ("Vase", "VASE", 3_900),
    ("Teapot", "TEAPOT", 5_400),
    ("Tea towel", "TOWEL", 1_200),
    ("Linen apron", "APRON", 4_800),
    ("Beeswax candle", "CANDLE", 1_600),
    ("Oak tray", "TRAY", 4_200),
    ("Plant pot", "POT", 2_600),
)
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre")


@dataclass(frozen=True)
class Good:
    """One product; `price` in cents."""

    sku: str
    title: str
    price: int
    units: int


def goods() -> Sequence[Good]:
    """List the sixty products, always the same."""
    return list(_goods())


def _goods() -> Iterator[Good]:
    dice = random.Random(60)  # noqa: S311 - made-up stock, nothing secret
    for thing, code, price in _THINGS:
        for number, look in enumerate(_LOOKS):
            units = dice.choice((0, 2, 5, 8, 12, 17, 24, 40))
            yield Good(
                f"{code}-{look.upper()}", f"{look} {thing.lower()}", price + 150 * number, units
            )


def stores() -> list[Any]:
    """Make the seven stores, with what each of them sells."""
    every = goods()
    return [
        _shopify(every),
        _etsy(every[0:24]),
        _amazon(every[12:36]),
        _ebay(every[6:48:2]),
        _woocommerce(every[20:50]),
        _bigcommerce(every[0:60:2]),
        _walmart(every[30:54]),
    ]


def _shopify(those: Sequence[Good]) -> Any:
    """The merchant's own shop, with both places; one thing there has no SKU."""
    shop = quick(shopify.Shop("north-harbour", title="North Harbour"))
    harbour, counter = shop.add_location(HARBOUR), shop.add_location(COUNTER)
    for number, good in enumerate(those):
        # Candles, trays and pots are sold at the counter; mugs and bowls at both.
        at = [counter] if number >= 42 else [harbour, counter] if number < 12 else [harbour]
        shop.add_listing(good.sku, good.units, title=good.title, at=at)
    shop.add_listing(None, 7, title="Gift wrapping", at=[counter])
    return shop


def _etsy(those: Sequence[Good]) -> Any:
    """A shop that lists what is made to last; one listing is sold out."""
    shop = quick(etsy.Shop("kiln-and-cloth", title="KilnAndCloth"))
    for good in those:
        units = max(1, _about(good))
        shop.add_listing(good.sku, units, title=good.title, amount=good.price)
    shop.add_listing("WREATH-DRIED", 0, title="Dried flower wreath", amount=3_200)
    return shop


def _amazon(those: Sequence[Good]) -> Any:
    """An account that ships most things itself; Amazon sends a range of others."""
    shop = quick(amazon.Shop("dune-trading", title="Dune Trading"))
    for number, good in enumerate(those):
        if number % 4 == 3:
            shop.add_listing(good.sku, 0, title=good.title, tracked=False)
            shop.add_fba(good.sku, 20 + number, US)
            shop.add_fba(good.sku, 3 + number, CA)
        else:
            shop.add_listing(good.sku, _about(good), title=good.title)
    return shop


def _ebay(those: Sequence[Good]) -> Any:
    shop = quick(ebay.Shop("tidepool-finds", title="Tidepool Finds"))
    for number, good in enumerate(those):
        model = "inventory" if number % 2 else "trading"
        shop.add_listing(good.sku, _about(good), title=good.title, model=model)  # type: ignore[arg-type]  # one of the two
    return shop


def _woocommerce(those: Sequence[Good]) -> Any:
    """A shop in which somebody gave one SKU to two products."""
    shop = quick(woocommerce.Shop("reef-online"))
    for good in those:
        shop.add_listing(good.sku, _about(good), title=good.title)
    shop.add_listing("TWIN-1", 4, title="Twin vase, first page")
    shop.add_listing("TWIN-1", 9, title="Twin vase, second page")
    return shop


def _bigcommerce(those: Sequence[Good]) -> Any:
    shop = quick(bigcommerce.Shop("tidewater", title="Tidewater"))
    for good in those:
        shop.add_listing(good.sku, _about(good), title=good.title)
    return shop


def _walmart(those: Sequence[Good]) -> Any:
    shop = quick(walmart.Shop("bay-supply", title="Bay Supply"))
    for good in those:
        shop.add_listing(good.sku, _about(good), title=good.title)
    return shop


def _about(good: Good) -> int:
    """What a store that counts for itself says of a product: nearly right."""
    return max(0, good.units + (len(good.sku) % 3) - 1)
