"""Every figure of the benchmark runs, at a size that is over at once, so that none can rot."""

from __future__ import annotations

import math

import pytest

from bench.figure import Ratio, percentile
from bench.figures import FIGURES
from bench.ground import Ground
from bench.plain_calls import TRADES, of_trade
from bench.table import heading, lines, summary


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "calls"])
async def test_a_figure_runs(name: str, database_server: str, database_template: str) -> None:
    ratios = await FIGURES[name].run(Ground(database_server, database_template), tiny=True)
    assert ratios
    for ratio in ratios:
        assert ratio.ours > 0, ratio
        assert ratio.floor > 0, ratio
        assert math.isfinite(ratio.ratio), ratio


async def test_calls_reach_their_floor(database_server: str, database_template: str) -> None:
    """What is counted, not timed, holds at any size."""
    ratios = await FIGURES["calls"].run(Ground(database_server, database_template), tiny=True)
    assert [(ratio.ours, ratio.floor) for ratio in ratios] == [
        *((2, 2), (1, 1)),  # Shopify
        *((2, 2), (1, 1)),  # WooCommerce
        *((4, 4), (1, 1)),  # WooCommerce, ten variations a product, three of the first
        *((2, 2), (1, 1)),  # BigCommerce
        *((20, 20), (1, 1)),  # Walmart, item by item while they are few
        *((2, 2), (1, 1)),  # eBay, Inventory model
        *((5, 5), (1, 1)),  # eBay, Trading model
        *((4, 4), (1, 1)),  # Etsy, ten a listing, three of the first
        *((20, 20), (1, 1), (1, 1)),  # Amazon, patch by patch while they are few, and FBA
    ]
    assert all(ratio.holds for ratio in ratios)


async def test_no_product_takes_a_call_in_two_batches(
    database_server: str, database_template: str
) -> None:
    """Batches of a hundred begin in the midst of products of ten, unless they are cut there."""
    [trade] = [one for one in TRADES if "ten a product" in one.name]
    ground = Ground(database_server, database_template)
    write, _ = await of_trade(ground, trade, skus=330, orders=1, minutes=4)
    assert (write.ours, write.floor) == (35, 35)  # one product goes up and down


def test_aims_hold_or_are_missed() -> None:
    missed = Ratio("slow", 3.1, 2, "ms", most=1.5)
    assert [missed.holds, Ratio("slow", 3, 2, "ms", most=1.5).holds] == [False, True]
    assert [Ratio("much", ours, 10, "a second", least=0.5).holds for ours in (4, 5)] == [
        False,
        True,
    ]
    assert [Ratio("big", ours, 100, "MB", below=400).holds for ours in (399, 400)] == [True, False]
    assert Ratio("told", 1, 1, "ms").holds is None
    assert Ratio("nothing", 0, 0, "calls", most=1).holds
    assert not Ratio("something", 1, 0, "calls", most=1).holds
    table = [heading(), *lines("speed", [missed], 2), summary([missed])]
    assert table[-2].endswith("1.55 x  <= 1.5 x   MISSED")
    assert table[-1] == "0 of 1 aims hold"


def test_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile([5, 1, 4, 2, 3], per_cent) for per_cent in (0, 50, 99, 100)] == [1, 3, 5, 5]
