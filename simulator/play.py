"""Playing one run on a database of its own, sound or with a defect planted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack

from simulator.mutants import Mutant
from simulator.plot import Setting
from simulator.run import Report, Run
from simulator.world import MortalDatabase


async def play(
    url: str,
    seed: int,
    events: int,
    setting: Setting,
    *,
    keep: Collection[int] | None = None,
    mutant: Mutant | None = None,
    stop_at_once: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Play a run and judge it."""
    database = MortalDatabase(url)
    try:
        with ExitStack() as planted:
            for patch in mutant.plant() if mutant is not None else ():
                planted.enter_context(patch)
            run = Run(database, seed, setting)
            return await run.play(events, keep, stop_at_once=stop_at_once, tell=tell)
    finally:
        await database.close()
