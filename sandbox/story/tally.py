"""The reckoning: every number of every store, read by plain HTTP, against the ledger."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.story.shopkeeper import Shopkeeper

LEAST = 60  # listings of each store that have to be compared, or the story proves nothing

Ledger = Mapping[str, Mapping[str, int]]  # what is available, by SKU and warehouse


@dataclass
class Tally:
    """How many listings were compared, which differ, and which were left alone, by reason."""

    compared: int = 0
    least: int = LEAST
    differing: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def agreeing(self) -> int:
        return self.compared - len(self.differing)

    @property
    def proves_it(self) -> bool:
        return self.agreeing == self.compared >= self.least

    def report(self) -> list[str]:
        """Say it in lines; the last one is the sum."""
        left = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left.items()))
        return [
            f"Left alone and counted apart: {left or 'none'}.",
            *(f"Differs: {line}" for line in self.differing),
            *([f"Only {self.compared} were compared."] if self.compared < self.least else []),
            f"{self.agreeing} of {self.compared} listings agree",
        ]


def ledger(exported: str) -> Ledger:
    """Read what is available of each SKU in each warehouse from `stockroom export`."""
    available: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(io.StringIO(exported)):
        of_sku = available.setdefault(_plain(row["SKU"]), {})
        of_sku[row["Warehouse"].removeprefix("'")] = int(row["Available"])
    return available


async def reckon(shops: Iterable[Shopkeeper], available: Ledger) -> Tally:
    """Read every store and compare each listing that Stockroom keeps with the ledger.

    A store shows the sum of its warehouses. A sum below zero means that more was sold than
    there is: stores show 0.
    """
    every = list(shops)
    tally = Tally(least=LEAST * len(every))
    for shop in every:
        kept, left = await shop.sellable()
        for sku, shown in kept.items():
            tally.compared += 1
            of_sku = available.get(sku.strip().casefold(), {})
            parts = [of_sku[name] for name in shop.warehouses if name in of_sku]
            expected = sum(parts)
            if not parts:
                tally.differing.append(f"{shop.title} {sku}: shows {shown}, never counted")
            elif shown != max(expected, 0):
                tally.differing.append(f"{shop.title} {sku}: shows {shown}, ledger says {expected}")
        tally.left.update({reason: len(titles) for reason, titles in left.items()})
    return tally


def _plain(cell: str) -> str:
    """Undo what keeps a spreadsheet from reading a SKU as a formula, and fold as Stockroom does."""
    return cell.removeprefix("'").strip().casefold()
