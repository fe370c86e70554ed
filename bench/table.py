"""The table that a run prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.figure import Ratio

_ROW = "{what:<58} {ours:>11} {floor:>11} {unit:<9} {ratio:>8}  {aim:<10} {holds}"
_HOLDS = {None: "", True: "holds", False: "MISSED"}


def heading() -> str:
    named = {name: name for name in ("ours", "floor", "unit", "ratio", "aim")}
    return _ROW.format(what="figure", holds="", **named).rstrip()


def lines(name: str, ratios: Sequence[Ratio], seconds: float) -> Iterator[str]:
    """Yield a figure's rows, each with what was counted apart below it."""
    yield f"{name} ({seconds:.0f} s)"
    for ratio in ratios:
        yield _ROW.format(
            what=f"  {ratio.what}",
            ours=_number(ratio.ours),
            floor=_number(ratio.floor),
            unit=ratio.unit,
            ratio=f"{ratio.ratio:.2f} x",
            aim=ratio.aim,
            holds=_HOLDS[ratio.holds],
        ).rstrip()
        if ratio.note:
            yield f"      {ratio.note}"


def summary(ratios: Sequence[Ratio]) -> str:
    aimed = [ratio for ratio in ratios if ratio.holds is not None]
    return f"{sum(bool(ratio.holds) for ratio in aimed)} of {len(aimed)} aims hold"


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 and value != int(value) else f"{value:,.0f}"
