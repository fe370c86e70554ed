"""A small merchant's catalogue, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.woocommerce.shop import Shop

_THINGS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Teapot", "Saucer", "Tray", "Candle", "Planter")
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre", "Rust", "Moss")
_SIZES = ("Small", "Medium", "Large")

# SKUs as people type them: all are good SKUs and must come back as they are.
AWKWARD_SKUS = (
    "LINEN TOWEL 40x60",
    'TRAY 10"',
    "O'HARA-SET",
    "CUP/SAUCER/2",
    "MUG-\N{TEACUP WITHOUT HANDLE}-1",
    "größe-ß-1",
    "100%-WOOL & SILK",
    "-RIBBON=5m",
    "A,B",
    "15:16",
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill a store with at least `n` sellable listings, the same for the same seed.

    Every fourth product has three sizes. Beside them: one without SKU, one SKU on two
    products, one whose stock nobody counts, one whose parent keeps the stock, an
    external product, another plugin's type, a draft and one in the trash.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    made = number = 0
    while made < n - len(AWKWARD_SKUS) - 1:
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku, title = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}", f"{look} {thing}"
        if number % 4 == 3:
            parent = shop.add_parent(title)
            for size in _SIZES:
                shop.add_listing(
                    f"{sku}-{size[0]}",
                    dice.randint(0, 80),
                    title=title,
                    parent=parent,
                    options={"Size": size},
                )
            made += len(_SIZES)
        else:
            shop.add_listing(sku, dice.randint(0, 80), title=title)
            made += 1
        number += 1
    shop.add_listing(None, 7, title="Gift wrapping")
    shop.add_listing("TWIN-1", 4, title="Twin, first page")
    shop.add_listing("TWIN-1", 9, title="Twin, second page")
    shop.add_listing("MADE-TO-ORDER", title="Made to order", tracked=False)
    hat = shop.add_parent("Hats & Caps", 12, sku="HAT")
    shop.add_listing("HAT-RED", tracked=False, parent=hat, options={"Colour": "Red"})
    shop.add_listing("ELSEWHERE", title="Sold elsewhere", kind="external", tracked=False)
    shop.add_listing("GIFT-SET", 3, title="Gift set", kind="bundle")
    shop.add_listing("SPRING-DRAFT", 12, title="Spring edition", status="draft")
    shop.add_listing("LAST-YEAR", 3, title="Last year's edition", status="trash")
