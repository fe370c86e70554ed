"""What is printed of a run: one line each, `name: number`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def summed(reports: Sequence[Report]) -> Iterator[str]:
    """Write what several runs come to together, against the oracle's (ENGINE B4)."""
    ours = sum(report.judge.oversold for report in reports)
    best = sum(report.oracle_oversold for report in reports)
    failed = [str(report.seed) for report in reports if report.judge.failed]
    yield f"seeds: {len(reports)}"
    yield f"events: {sum(report.acts for report in reports)}"
    yield f"sold: {sum(report.judge.sold for report in reports)}"
    yield f"oversold: {ours}"
    yield f"oversold by the oracle: {best}"
    yield f"oversold by a plain loop: {sum(report.plain_oversold for report in reports)}"
    yield f"oversold against the oracle: {ours / max(best, 1):.2f}"
    yield f"refused though there: {sum(report.judge.refused for report in reports)}"
    yield f"refused though there by the oracle: {sum(r.oracle_refused for r in reports)}"
    yield f"wrong at rest by a plain loop: {sum(report.plain_wrong for report in reports)}"
    yield f"seeds that failed: {', '.join(failed) or 'none'}"
