"""A small seller's catalogue, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.walmart.shop import Shop

_THINGS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Teapot", "Saucer", "Tray", "Candle", "Planter")
_LOOKS = ("Blue", "Sage", "Sand", "Ivory", "Slate", "Ochre", "Rust", "Moss")

# SKUs as people type them: all are good SKUs and must come back as they are.
AWKWARD_SKUS = (
    "LINEN TOWEL 40x60",
    'TRAY 10"',
    "O'HARA-SET",
    "CUP/SAUCER/2",
    "BACK\\SLASH",
    "MUG+LID=1",
    "größe-ß-1",
    "100%-WOOL & SILK",
    "Q?#[A]@B!$(C)*,;:{D}",
    "L" * 50,  # Walmart: the longest
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill an account with at least `n` sellable items, the same for the same seed.

    Half of them are variants. Beside them: one unpublished, one archived, one retired, one
    duplicate, and one that Walmart sends itself.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}"
        group = None if number % 2 else f"GROUP-{thing.upper()}-{number // 8}"
        shop.add_listing(sku, dice.randint(0, 80), title=f"{look} {thing}", group=group)
    shop.add_listing("NO-PRICE-YET", 12, title="Spring edition", published="UNPUBLISHED")
    shop.add_listing("LAST-YEAR", 3, title="Last year's edition", lifecycle="ARCHIVED")
    shop.add_listing("SOLD-NO-MORE", 2, title="Sold no more", lifecycle="RETIRED")
    shop.add_listing("TWICE-LISTED", 4, title="Somebody listed it twice", duplicate=True)
    shop.add_listing("SENT-BY-WALMART", 30, title="Sent by Walmart", tracked=False)
