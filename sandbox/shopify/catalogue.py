"""A small merchant's catalogue, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.shopify.model import Location
from sandbox.shopify.shop import Shop

_THINGS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Teapot", "Saucer", "Tray", "Candle", "Planter")
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre", "Rust", "Moss")
_SIZES = ("Small", "Large")

# SKUs as people type them: all are good SKUs and must come back as they are.
AWKWARD_SKUS = (
    "LINEN TOWEL 40x60",
    'TRAY 10"',
    "O'HARA-SET",
    "CUP/SAUCER/2",
    "BACK\\SLASH",
    "MUG-\N{TEACUP WITHOUT HANDLE}-1",
    "größe-ß-1",
    "100%-WOOL & SILK",
    "-RIBBON=5m",
    "L" * 255,
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


PLACES = ("Main warehouse", "North shop", "South shop", "Harbour depot", "Airport kiosk")


def generate(shop: Shop, n: int = 64, seed: int = 1, *, locations: int = 1) -> None:
    """Fill a shop with at least `n` sellable listings, the same for the same seed.

    Beside them: one without SKU, one SKU on two listings, one untracked, a
    draft and an archived product. A shop without a location gets as many as asked
    for; every third listing is stocked at all of them, the others at one in turn.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    if not shop.locations:
        for number in range(locations):
            shop.add_location(PLACES[number] if number < len(PLACES) else f"Place {number + 1}")
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        shop.add_listing(
            f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}",
            dice.randint(0, 80),
            title=f"{look} {thing}",
            variant=dice.choice((*_SIZES, "Default Title")),
            at=_stocked_at(shop, number),
        )
    shop.add_listing(None, 7, title="Gift wrapping")
    shop.add_listing("TWIN-1", 4, title="Twin, first page")
    shop.add_listing("TWIN-1", 9, title="Twin, second page")
    shop.add_listing("DOWNLOAD-PDF", 0, title="Pattern to print", tracked=False)
    shop.add_listing("SPRING-DRAFT", 12, title="Spring edition", status="DRAFT")
    shop.add_listing("LAST-YEAR", 3, title="Last year's edition", status="ARCHIVED")


def _stocked_at(shop: Shop, number: int) -> list[Location]:
    places = shop.locations
    return places if number % 3 == 0 else [places[number % len(places)]]
