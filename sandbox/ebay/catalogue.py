"""A small seller's listings, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.ebay.shop import Shop

_THINGS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Teapot", "Saucer", "Tray", "Candle", "Planter")
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre", "Rust", "Moss")

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
    "A<B>C",
    "L" * 50,
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill a seller's pages with at least `n` sellable things, the same for the same seed.

    Half of them are choices of a listing, a quarter stand in the Inventory model. Beside
    them: a listing without SKU, one of whose choices one has none, a SKU on two listings,
    an auction, and a listing that has ended.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for place, sku in enumerate(AWKWARD_SKUS):
        title, model = f"Awkward {sku[:20]}", "inventory" if place % 2 else "trading"
        shop.add_listing(sku, dice.randint(5, 60), title=title, model=model)  # type: ignore[arg-type]  # one of the two
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    page = None
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}"
        title, units = f"{look} {thing}", dice.randint(0, 80)
        if number % 4 == 1:
            shop.add_listing(sku, units, title=title)
        elif number % 4 == 3:
            shop.add_listing(sku, units, title=title, model="inventory")
        else:
            if number % 8 == 0:
                page = shop.add_parent(thing)
            shop.add_listing(sku, units, variant=look, listing=page)
    shop.add_listing(None, 7, title="Gift wrapping")
    beads = shop.add_parent("Beads by the bag")
    shop.add_listing("BEADS-RED", 20, variant="Red", listing=beads)
    shop.add_listing(None, 20, variant="Green", listing=beads)
    shop.add_listing("TWIN-1", 4, title="Twin, first page")
    shop.add_listing("TWIN-1", 9, title="Twin, second page")
    shop.add_listing("ONE-OFF", 1, title="Auction of a single piece", tracked=False)
    shop.add_listing("SPRING-2025", 12, title="Spring edition")
    shop.archive("SPRING-2025")
