"""What a figure is: something measured beside its floor in one run, and an aim for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.ground import Ground

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured number beside its floor, in the same unit.

    most, least  aims for ours / floor
    below        aim for ours itself, in its unit
    note         what was counted apart
    """

    what: str
    ours: float
    floor: float
    unit: str
    most: float | None = None
    least: float | None = None
    below: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.floor if self.floor else float("inf" if self.ours else 1)

    @property
    def aim(self) -> str:
        if self.most is not None:
            return f"<= {self.most:g} x"
        if self.least is not None:
            return f">= {self.least:g} x"
        return "" if self.below is None else f"< {self.below:g} {self.unit}"

    @property
    def holds(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.most is not None:
            return self.ratio <= self.most
        if self.least is not None:
            return self.ratio >= self.least
        return None if self.below is None else self.ours < self.below


@dataclass(frozen=True)
class Figure(Generic[S]):
    """One figure: how it is measured, at its real size and at one that is over at once."""

    name: str
    measure: Callable[[Ground, S], Awaitable[list[Ratio]]]
    full: S
    tiny: S

    async def run(self, ground: Ground, *, tiny: bool = False) -> list[Ratio]:
        return await self.measure(ground, self.tiny if tiny else self.full)


def percentile(values: Sequence[float], per_cent: float) -> float:
    """Return the value that so many per cent of all values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * per_cent / 100))]
