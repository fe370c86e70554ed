"""`python -m bench`: measure the figures and print one table; 1 when an aim is missed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from bench.figures import FIGURES
from bench.ground import throw_away_ground
from bench.table import heading, lines, summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("figure", nargs="*", choices=[[], *FIGURES], help="only these")
    parser.add_argument("--tiny", action="store_true", help="at a size that is over at once")
    options = parser.parse_args()
    found = []
    _say(heading())
    with throw_away_ground() as ground:
        for name in options.figure or FIGURES:
            begun = time.perf_counter()
            ratios = asyncio.run(FIGURES[name].run(ground, tiny=options.tiny))
            for line in lines(name, ratios, time.perf_counter() - begun):
                _say(line)
            found += ratios
    _say(summary(found))
    return 1 if any(ratio.holds is False for ratio in found) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
