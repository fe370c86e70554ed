"""`python -m simulator`: play one long run, or some mutants, and print what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Collection
from dataclasses import replace

from simulator.mutants import MUTANTS
from simulator.play import play
from simulator.plot import Setting
from simulator.report import lines
from simulator.shrink import shrink
from tests import databases


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--events", type=int, default=2000, help="acts of people and machines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", type=int, choices=range(1, len(MUTANTS) + 1), metavar="N")
    parser.add_argument("--keep", help="only these acts, by their numbers, with commas between")
    parser.add_argument("--apart", type=float, help="seconds between two acts, on the average")
    parser.add_argument("--calm", action="store_true", help="2 %% faults, no disorder: figures")
    options = parser.parse_args()
    keep = None if options.keep is None else {int(one) for one in options.keep.split(",") if one}
    setting = Setting(trouble=0.02, disorder=False) if options.calm else Setting()
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

        with databases.fresh(server, template) as url:
            report = asyncio.run(
                play(url, options.seed, options.events, setting, keep=keep, mutant=mutant)
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


SHRINKABLE = 400  # acts; a longer run would take hours to shrink: find a shorter one first


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
