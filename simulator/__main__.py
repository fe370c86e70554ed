"""`python -m simulator`: play one long run, or some mutants, and print what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace

from simulator.mutants import MUTANTS, Mutant
from simulator.play import play
from simulator.plot import CALM, LARGE, Setting
from simulator.report import lines, summed
from simulator.shrink import shrink
from tests import databases


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--events", type=int, default=2000, help="acts of people and machines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many runs, from --seed on")
    parser.add_argument("--mutant", type=int, choices=range(1, len(MUTANTS) + 1), metavar="N")
    parser.add_argument("--keep", help="only these acts, by their numbers, with commas between")
    parser.add_argument("--apart", type=float, help="seconds between two acts, on the average")
    parser.add_argument(
        "--calm", action="store_true", help="2 %% faults, no disorder, no feeds: for figures"
    )
    options = parser.parse_args()
    keep = None if options.keep is None else {int(one) for one in options.keep.split(",") if one}
    setting = CALM if options.calm else LARGE if options.events > LONG else Setting()
    if options.apart is not None:
        setting = replace(setting, apart=options.apart)
    with databases.server() as server:
        template = databases.make_template(server)
        mutant = None if options.mutant is None else MUTANTS[options.mutant - 1]
        if mutant is not None:
            _say(f"mutant: {mutant.name}")

        def once(kept: Collection[int] | None) -> bool:
            with databases.fresh(server, template) as url:
                report = asyncio.run(
                    play(url, options.seed, options.events, setting, keep=kept, mutant=mutant)
                )
            return report.judge.failed

        if options.seeds > 1:
            seeds = range(options.seed, options.seed + options.seeds)
            return _many(server, template, seeds, options.events, setting, mutant)
        with databases.fresh(server, template) as url:
            report = asyncio.run(
                play(
                    url,
                    options.seed,
                    options.events,
                    setting,
                    keep=keep,
                    mutant=mutant,
                    tell=_tell,
                )
            )
        for line in lines(report):
            _say(line)
        if report.judge.failed and keep is None and report.acts <= SHRINKABLE:
            kept = shrink(range(options.events), once)
            numbers = ",".join(str(one) for one in kept)
            chosen = f" MUTANT={options.mutant}" if options.mutant else ""
            _say(
                f"replay: make simulate EVENTS={options.events} SEED={options.seed}{chosen}"
                f" KEEP={numbers}"
            )
    return 1 if report.judge.failed else 0


def _many(
    server: str,
    template: str,
    seeds: Sequence[int],
    events: int,
    setting: Setting,
    mutant: Mutant | None,
) -> int:
    """Play several runs, and print what they come to together."""
    reports = []
    for seed in seeds:
        with databases.fresh(server, template) as url:
            reports.append(asyncio.run(play(url, seed, events, setting, mutant=mutant)))
        _tell(f"seed {seed}: {len(reports[-1].judge.where)} findings")
    for line in summed(reports):
        _say(line)
    return int(any(report.judge.failed for report in reports))


LONG = 20_000  # acts; more of them are played in a larger world, where they are cheaper
SHRINKABLE = 400  # acts; a longer run would take hours to shrink: find a shorter one first


def _tell(line: str) -> None:
    """Say how far it has come, beside the figures."""
    sys.stderr.write(f"{line}\n")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
