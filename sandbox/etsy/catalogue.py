"""A small shop's listings, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.etsy.assortment import COLOUR, SIZE, THIRD
from sandbox.etsy.shop import Shop

_THINGS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Teapot", "Saucer", "Tray", "Candle", "Planter")
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre", "Rust", "Moss")

# SKUs as people type them: all are good SKUs and must come back as they are.
AWKWARD_SKUS = (
    "LINEN TOWEL 40x60",
    'TRAY 10"',
    "O'HARA-SET",
    "CUP/SAUCER/2",
    "SET:MUG:2",
    "größe-ß-1",
    "100%-WOOL & SILK",
    "-RIBBON=5m",
    "A<B>C?D",
    "L" * 32,
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill a shop with at least `n` sellable things, the same for the same seed.

    Half of them are variations. Beside them: a listing without SKU, variations that share a
    number, a SKU that stands twice in one listing, one on two listings, three properties, a
    file to download, and a listing that is inactive, one that is sold out, one that expired.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    page = shop.add_parent("Mug")
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}"
        title, units = f"{look} {thing}", dice.randint(1, 80)
        if number % 2:
            shop.add_listing(sku, units, title=title, amount=dice.randint(100, 9_999))
        else:
            if number and number % 8 == 0:
                page = shop.add_parent(thing)
            shop.add_listing(sku, units, parent=page, options={COLOUR: look})
    shop.add_listing(None, 7, title="Gift wrapping")
    beads = shop.add_parent("Beads by the bag", by=())
    shop.add_listing("BEADS-RED", 20, parent=beads, options={COLOUR: "Red"})
    shop.add_listing("BEADS-GREEN", 20, parent=beads, options={COLOUR: "Green"})
    cards = shop.add_parent("Cards", by=(COLOUR,))
    for colour, sku in (("White", "CARD-WHITE"), ("Cream", "CARD-CREAM")):
        for size in ("A5", "A6"):
            shop.add_listing(sku, 12, parent=cards, options={COLOUR: colour, SIZE: size})
    rings = shop.add_parent("Rings", by=(COLOUR, SIZE, THIRD))
    for size in ("6", "7"):
        options = {COLOUR: "Gold", SIZE: size, THIRD: "None"}
        shop.add_listing(f"RING-{size}", 3, parent=rings, options=options)
    shop.add_listing("TWIN-1", 4, title="Twin, first page")
    shop.add_listing("TWIN-1", 9, title="Twin, second page")
    shop.add_listing("PATTERN-PDF", 999, title="Pattern to download", tracked=False)
    shop.add_listing("SPRING-2025", 12, title="Spring edition")
    shop.archive("SPRING-2025")
    shop.add_listing("WINTER-HAT", 0, title="Winter hat")
    shop.add_listing("OLD-SCARF", 5, title="Old scarf")
    shop.expire("OLD-SCARF")
