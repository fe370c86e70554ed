"""What happens in a run, drawn from its seed: who wants what when, and what goes wrong when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.walmart.writes import SINGLES

# What people do, by how often (of all acts): most are shoppers. Who regrets cancels in a moment.
PEOPLE = {"buy": 62, "regret": 10, "cancel": 8, "edit": 4, "send": 6, "return": 3, "adjust": 9}
# What people do wrongly, and what befalls stores and machines.
DISORDER = {"by_hand": 2, "token": 1, "storm": 2, "cut": 1}


@dataclass(frozen=True, slots=True)
class Act:
    """One act: `at` seconds after the beginning; `draw` decides its particulars."""

    number: int
    at: float
    kind: str
    store: int
    sku: int
    units: int
    draw: float


@dataclass(frozen=True, slots=True)
class Setting:
    """The size and temper of a world.

    apart     seconds between two acts, on the average
    trouble   share of calls and commits at which something goes wrong
    disorder  how often DISORDER is drawn, beside its usual weight; 0 for never
    regrets   how often people buy and cancel in a moment, beside its usual weight
    direct    writes at once that Walmart takes directly: few, so that feeds happen; else as many
              as our connector sends so
    """

    skus: int = 8
    opening: int = 30
    apart: float = 4.0
    trouble: float = 0.04
    disorder: float = 1.0
    regrets: float = 1.0
    direct: int = 3


# What a shop of this size is like: for figures.
CALM = Setting(trouble=0.02, disorder=0, direct=SINGLES)
# A world for long runs: as much befalls each product as otherwise, and as many storms come in an
# hour; but acts are cheap, for there are many between two looks of the machines. A reading has
# a dozen pages there, so that less may go wrong with each for most readings to get through.
LARGE = Setting(skus=1000, apart=0.025, trouble=0.01, disorder=0.01)


def draw(seed: int, events: int, setting: Setting, stores: int) -> Sequence[Act]:
    """Draw the acts of a run; the same for the same seed."""
    chances = random.Random(f"plot {seed}")
    weights = {**PEOPLE, **{kind: often * setting.disorder for kind, often in DISORDER.items()}}
    weights["regret"] *= setting.regrets
    kinds, shares = list(weights), list(weights.values())
    at, acts = 0.0, []
    for number in range(events):
        at += chances.expovariate(1 / setting.apart)
        acts.append(
            Act(
                number=number,
                at=at,
                kind=chances.choices(kinds, shares)[0],
                store=chances.randrange(stores),
                sku=chances.randrange(setting.skus),
                units=chances.choice((1, 1, 1, 2, 3)),
                draw=chances.random(),
            )
        )
    return acts
