"""A small seller's listings, the awkward cases included."""

from __future__ import annotations

import random

from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.shop import Shop
from sandbox.amazon.sites import CA, US

_THINGS = ("Lamp", "Rug", "Basket", "Clock", "Frame", "Hook", "Stool", "Shelf", "Mirror", "Vase")
_LOOKS = ("Oak", "Ash", "Teak", "Brass", "Linen", "Wool", "Glass", "Clay")

# SKUs as people type them: all are good SKUs and must come back as they are.
AWKWARD_SKUS = (
    "LINEN TOWEL 40x60",
    "CUP/SAUCER/2",
    "NO#5-SCENT",
    "100%-WOOL & SILK",
    "SET (3+1)",
    "größe-ß-1",
    "RED,BLUE,2",
    'TRAY 10"',
    "A<B>C?D",
    "L" * 40,
)
NOISY_TITLE = "<!channel> *Sale* <https://example.com|click> & more"


def generate(shop: Shop, n: int = 64, seed: int = 1) -> None:
    """Fill an account with at least `n` SKUs of its own, the same for the same seed.

    Beside them: SKUs that Amazon ships for one or two marketplaces, one on both channels, a
    sold-out one, a closed one, and one that is listed in Canada only.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up stock, nothing secret
    for sku in AWKWARD_SKUS:
        shop.add_listing(sku, dice.randint(5, 60), title=f"Awkward {sku[:20]}")
    shop.add_listing("LOUD-TITLE", dice.randint(5, 60), title=NOISY_TITLE)
    for number in range(max(0, n - len(AWKWARD_SKUS) - 1)):
        look, thing = _LOOKS[number % len(_LOOKS)], _THINGS[number // len(_LOOKS) % len(_THINGS)]
        sku = f"{thing[:3].upper()}-{look[:3].upper()}-{number + 1:03}"
        shop.add_listing(sku, dice.randint(1, 80), title=f"{look} {thing}")
    shop.add_listing("WINTER-HAT", 0, title="Winter hat")
    shop.add_listing("SPRING-2025", 12, title="Spring edition")
    shop.archive("SPRING-2025")
    shop.add_listing("MAPLE-BOARD", 9, title="Maple board", marketplaces=(CA,))
    for number in range(6):
        sku = f"FBA-CANDLE-{number + 1}"
        shop.add_listing(sku, title=f"Candle {number + 1}, sent by Amazon", channels=(AMAZONS,))
        shop.add_fba(sku, dice.randint(0, 90), US, inbound=10, reserved=2)
        shop.add_fba(sku, dice.randint(0, 40), CA)
    shop.add_listing("BOTH-WAYS", 7, title="Sent by both", channels=(OURS, AMAZONS))
    shop.add_fba("BOTH-WAYS", 25, US)
