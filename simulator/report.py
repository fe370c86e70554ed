"""What is printed of a run: one line each, `name: number`."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.run import Report

SHOWN = 20  # findings that are named


def lines(report: Report) -> Iterator[str]:
    """Write a report."""
    judge = report.judge
    yield f"seed: {report.seed}"
    yield f"events: {report.acts}"
    yield f"events per second: {report.acts / report.seconds:.1f}"
    yield f"sold: {judge.sold}"
    yield f"writes: {judge.writes_sent}"
    yield f"order readings: {len(judge.polls)}"
    yield f"workers killed: {report.crashes}"
    for fault, times in sorted(report.faults.items()):
        if fault:
            yield f"fault {fault}: {times}"
    yield f"minutes to rest: {report.converged.total_seconds() / 60:.0f}"
    yield f"lost: {judge.lost}"
    yield f"doubled: {judge.doubled}"
    yield f"wrong at rest: {judge.wrong_at_rest}"
    yield f"raises over a visible sale: {judge.raises_over_a_visible_sale}"
    yield f"drops that raised by a sale in between: {judge.drops_that_raised}"
    yield f"false drift: {judge.false_drift}"
    yield f"forbidden writes: {judge.forbidden}"
    yield f"unbalanced: {judge.unbalanced}"
    yield f"oversold: {judge.oversold}"
    yield f"oversold by the oracle: {report.oracle_oversold}"
    yield f"oversold by a plain loop: {report.plain_oversold}"
    yield f"refused though there: {judge.refused}"
    yield f"refused though there by the oracle: {report.oracle_refused}"
    yield f"wrong at rest by a plain loop: {report.plain_wrong}"
    for finding in judge.where[:SHOWN]:
        yield f"  {finding}"
