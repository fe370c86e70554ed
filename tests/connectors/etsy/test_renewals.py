"""Sold-out and expired listings: renewed for a fee, once, counted; or left alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.services import AllOurs
from sandbox.etsy import Fault
from tests.connectors.etsy.world import World, kinds

GONE: list[Callable[[World], object]] = [
    lambda world: world.shop.sell("S0", 5),
    lambda world: world.shop.expire("S0"),
]
gone = pytest.mark.parametrize("gone", GONE, ids=["sold_out", "expired"])


@pytest.fixture
def stocked(world: World) -> World:
    world.stock(1)
    return world


class Known(AllOurs):
    """Knows which listings are ours."""

    def __init__(self, ours: Collection[str]) -> None:
        self._ours = frozenset(ours)

    async def ours(self, refs: Collection[str]) -> frozenset[str]:
        return self._ours & frozenset(refs)


async def counted(world: World) -> int:
    return len(await world.marks.all("renewed"))


def renewals(world: World) -> int:
    return len(world.shop.product("S0").listing.renewals)


@gone
async def test_it_is_renewed_and_then_shows_the_true_number(
    stocked: World, gone: Callable[[World], object]
) -> None:
    gone(stocked)
    assert await stocked.shown("S0") == [0]
    assert kinds(await stocked.set({"S0": 4})) == ["applied"]
    assert [each.method for each in stocked.changes] == ["PATCH", "PUT"]
    assert (stocked.shop.available("S0"), renewals(stocked), await counted(stocked)) == (4, 1, 1)
    await stocked.set({"S0": 2})
    assert (renewals(stocked), await counted(stocked)) == (1, 1)


@gone
async def test_without_auto_renew_it_is_left_alone_and_told(
    stocked: World, gone: Callable[[World], object]
) -> None:
    gone(stocked)
    (outcome,) = await stocked.set({"S0": 4}, auto_renew=False)
    assert (outcome.kind, outcome.code) == ("rejected", "not_renewed")
    assert "switch renewal on" in str(outcome.reason)
    assert stocked.changes == []
    assert kinds(await stocked.set({"S0": 4}, auto_renew=True)) == ["applied"]


@gone
async def test_nothing_is_renewed_for_a_zero(
    stocked: World, gone: Callable[[World], object]
) -> None:
    gone(stocked)
    assert kinds(await stocked.set({"S0": 0})) == ["applied"]
    assert stocked.changes == []


@pytest.mark.parametrize("arrives", ["before", "after"])
async def test_a_renewal_without_an_answer_is_looked_at_before_it_is_repeated(
    stocked: World, arrives: Any
) -> None:
    stocked.shop.sell("S0", 5)
    async with stocked.connected() as connector:
        await connector.levels([])
        await connector.orders_by_id(["1"])  # so that there is a token
        if arrives == "after":
            stocked.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        else:
            stocked.line.meanwhile = [lambda: stocked.line.refuse.append(httpx.ReadTimeout("lost"))]
        outcomes = await connector.set_levels([stocked.write("S0", 4, expected=0)])
    assert kinds(outcomes) == ["unknown"]
    stocked.pass_time(minutes=2)
    assert await stocked.shown("S0") == [1 if arrives == "after" else 0]
    assert kinds(await stocked.set({"S0": 4})) == ["applied"]
    assert (stocked.shop.available("S0"), renewals(stocked), await counted(stocked)) == (4, 1, 1)


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_an_error_for_a_renewal_is_tried_three_times_and_then_told(
    stocked: World, times: int
) -> None:
    stocked.shop.sell("S0", 5)
    stocked.shop.faults.switch_on(Fault(kind="renew_error", count=times))
    (outcome,) = await stocked.set({"S0": 4})
    assert outcome.kind == ("applied" if times < 3 else "rejected")
    assert outcome.code == (None if times < 3 else "server_error")
    assert kinds(await stocked.set({"S0": 4})) == ["applied"]
    assert (renewals(stocked), await counted(stocked)) == (1, 1)


async def test_a_renewal_that_was_done_is_counted_though_its_answer_was_an_error(
    stocked: World,
) -> None:
    stocked.shop.sell("S0", 5)
    stocked.shop.faults.switch_on(Fault(kind="error_after", only="write", count=1))
    assert kinds(await stocked.set({"S0": 4})) == ["applied"]
    assert (renewals(stocked), await counted(stocked)) == (1, 1)


async def test_a_number_that_is_refused_after_the_renewal_is_read_back(stocked: World) -> None:
    stocked.shop.sell("S0", 5)
    stocked.shop.product("S0").amount = 10  # below the least price
    for number in range(30):
        stocked.shop.add_listing(f"OTHER{number}", 5)
    others = {f"OTHER{number}": 3 for number in range(30)}
    outcome, *rest = await stocked.set({"S0": 4, **others})
    assert outcome.kind == "unknown"
    assert set(kinds(rest)) == {"applied"}  # R6
    assert "min price" in str(outcome.reason)
    assert await stocked.shown("S0") == [1]
    assert await counted(stocked) == 1
    assert kinds(await stocked.set({"S0": 4})) == ["rejected"]


async def test_r8_what_is_not_ours_of_a_renewed_listing_keeps_its_number(world: World) -> None:
    products = world.variations({"A": 5, "B": 7, "C": 3})
    world.shop.expire("A")
    world.services = replace(world.services, listings=Known([world.ref("A"), world.ref("B")]))
    assert kinds(await world.set({"A": 4})) == ["applied"]
    assert products[0].listing.state == "active"
    assert await world.shown("A", "B", "C") == [4, 0, 3]


async def test_r9_other_skus_of_a_renewed_listing_stay_at_zero(world: World) -> None:
    world.variations({"A": 5, "B": 3})
    world.shop.expire("A")
    assert await world.shown("A", "B") == [0, 0]
    assert kinds(await world.set({"A": 4})) == ["applied"]
    assert await world.shown("A", "B") == [4, 0]
