"""The reckoning: every number of every shop, read by plain HTTP, against the ledger."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.story.shopkeeper import Shopkeeper, sellable

LEAST = 60  # listings that have to be compared, or the story proves nothing


@dataclass
class Tally:
    """How many listings were compared, which differ, and which were left alone, by reason."""

    compared: int = 0
    differing: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def agreeing(self) -> int:
        return self.compared - len(self.differing)

    @property
    def proves_it(self) -> bool:
        return self.agreeing == self.compared >= LEAST

    def report(self) -> list[str]:
        """Say it in lines; the last one is the sum."""
        left = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left.items()))
        return [
            f"Left alone and counted apart: {left or 'none'}.",
            *(f"Differs: {line}" for line in self.differing),
            *([f"Only {self.compared} were compared."] if self.compared < LEAST else []),
            f"{self.agreeing} of {self.compared} listings agree",
        ]


def ledger(exported: str) -> dict[str, int]:
    """Read what is available of each SKU, over all warehouses, from `stockroom export`."""
    available: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(exported)):
        available[_plain(row["SKU"])] += int(row["Available"])
    return dict(available)


async def reckon(shops: Iterable[Shopkeeper], available: Mapping[str, int]) -> Tally:
    """Read every shop and compare each listing that Stockroom keeps with the ledger.

    A number below zero in the ledger means that more was sold than there is: shops show 0.
    """
    tally = Tally()
    for shop in shops:
        kept, left = sellable(await shop.listings())
        for sku, shown in kept.items():
            tally.compared += 1
            expected = available.get(sku.strip().casefold())
            if expected is None:
                tally.differing.append(f"{shop.name} {sku}: shows {shown}, never counted")
            elif shown != max(expected, 0):
                tally.differing.append(f"{shop.name} {sku}: shows {shown}, ledger says {expected}")
        tally.left.update({reason: len(titles) for reason, titles in left.items()})
    return tally


def _plain(cell: str) -> str:
    """Undo what keeps a spreadsheet from reading a SKU as a formula, and fold as Stockroom does."""
    return cell.removeprefix("'").strip().casefold()
