"""A small merchant's catalogue, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.bigcommerce.shop import Shop

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
    "L" * 255,
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill a store with at least `n` sellable listings, the same for the same seed.

    Half of them are variants. Beside them: one without SKU, one SKU on two listings,
    one untracked, one hidden, one with safety stock and one product tracked as a whole.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    page = None
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}"
        if number % 2:
            shop.add_listing(sku, dice.randint(0, 80), title=f"{look} {thing}")
            continue
        if number % 8 == 0:
            page = shop.add_product(thing)
        shop.add_listing(sku, dice.randint(0, 80), variant=look, product=page)
    shop.add_listing(None, 7, title="Gift wrapping")
    shop.add_listing("TWIN-1", 4, title="Twin, first page")
    shop.add_listing("TWIN-1", 9, title="Twin, second page")
    shop.add_listing("DOWNLOAD-PDF", 0, title="Pattern to print", tracked=False, kind="digital")
    shop.add_listing("SPRING-DRAFT", 12, title="Spring edition", visible=False)
    shop.add_listing("KEPT-BACK", 12, title="Some are kept back", safety=3)
    whole = shop.add_product("Beads by the bag", sku="BEADS", tracking="product", available=40)
    for colour in ("Red", "Green"):
        shop.add_listing(f"BEADS-{colour.upper()}", variant=colour, product=whole)
