"""The simulated world: the engine stands, every planted defect is found, runs repeat exactly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from simulator.line import FAULTS
from simulator.mutants import MUTANTS
from simulator.play import play
from simulator.plot import LARGE, Setting
from simulator.report import lines, summed
from simulator.shrink import shrink
from tests import databases

# What else befalls a run beside the faults on the line.
BEFALLS = (
    "killed_before_commit",
    "killed_after_commit",
    "frozen",
    "wake_up_dropped",
    "wake_up_doubled",
    "wake_ups_reversed",
    "token_dead",
    "storm_of_429",
    "postgres_cut",
    "orders_late",
    "late_row",
    "cancelled_in_silence",
    "cancelled_within_its_second",
    "changed_by_hand",
    "equal_stamps_at_a_page_edge",
)
DENSE = Setting(apart=1.5)
# So much that Walmart is written to by feeds, and orders fill pages.
BUSY = Setting(skus=60, apart=0.3, trouble=0.1, disorder=0.5)
SEEDS = range(1, 11)
# The seed that is tried first, where it is not the first: under it each defect was found.
FOUND_UNDER = {2: 12, 5: 10, 6: 12, 7: 2, 8: 10, 10: 20, 11: 2, 13: 3}
# Found where more goes wrong, and where many orders are read amid their second.
ELSEWHERE = {8: replace(DENSE, trouble=0.1), 13: replace(DENSE, regrets=6)}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_r1_to_r8_and_r11_hold_under_fire(database_url: str, seed: int) -> None:
    report = await play(database_url, seed, 250, DENSE)
    assert report.judge.where == []
    assert not report.judge.failed
    assert report.judge.sold > 0


async def test_a_large_world_holds_as_well(database_url: str) -> None:
    """Many products, and pages of orders that are long before they are read."""
    report = await play(database_url, 7, 3000, replace(LARGE, skus=200, apart=0.1))
    assert report.judge.where == []
    assert not report.judge.failed
    assert report.faults["equal_stamps_at_a_page_edge"] > 0


async def test_everything_that_can_go_wrong_does_in_one_run(database_url: str) -> None:
    report = await play(database_url, 6, 2000, BUSY)
    assert report.judge.where == []
    assert [kind for kind in (*FAULTS, *BEFALLS) if not report.faults[kind]] == []
    told = [line.partition(":")[0] for line in lines(report)]
    for name in (
        "lost", "doubled", "wrong at rest", "raises over a visible sale", "false drift",
        "oversold", "oversold by the oracle",
    ):  # fmt: skip
        assert name in told


@pytest.mark.parametrize("number", range(1, len(MUTANTS) + 1))
async def test_a_planted_defect_is_found(
    database_server: str, database_template: str, number: int
) -> None:
    """Under one of some seeds: any change of the engine shifts what befalls a run."""
    likely, mutant = FOUND_UNDER.get(number, 1), MUTANTS[number - 1]
    setting = ELSEWHERE.get(number, DENSE)
    for seed in (likely, *(seed for seed in SEEDS if seed != likely)):
        with databases.fresh(database_server, database_template) as url:
            report = await play(url, seed, 150, setting, mutant=mutant, stop_at_once=True)
        if report.judge.failed:
            return
    pytest.fail(f"{mutant.name} was not found under {len(SEEDS)} seeds")


async def test_the_same_seed_is_the_same_run(
    database_server: str, database_template: str, database_url: str
) -> None:
    one = await play(database_url, 5, 60, DENSE)
    with databases.fresh(database_server, database_template) as url:
        other = await play(url, 5, 60, DENSE)
    assert one.faults == other.faults
    assert one.judge.writes_sent == other.judge.writes_sent
    assert one.judge.polls == other.judge.polls
    told = dict(line.split(": ") for line in summed([one, other]))
    assert told["seeds"] == "2"
    assert told["sold"] == str(2 * one.judge.sold)
    assert told["oversold by the oracle"] == str(2 * one.oracle_oversold)
    assert told["seeds that failed"] == "none"


def test_a_failing_run_is_shrunk_to_what_makes_it_fail() -> None:
    def fails(kept: Collection[int]) -> bool:
        return {3, 17} <= set(kept)

    assert shrink(range(40), fails) == [3, 17]
