"""The lives of orders: where a line says for certain what the store lacks, the store lacks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sandbox.bigcommerce.model import Order
from sandbox.bigcommerce.shop import Rules
from tests.connectors.bigcommerce.world import World, only_line


async def test_an_order_reopened_by_hand_does_not_say_what_the_store_lacks(world: World) -> None:
    """Its units went back when it was cancelled, and nothing takes them off again."""
    world.stock(1)
    order = world.shop.sell("S0", 2)
    async with world.connected() as connector:
        assert (await only_line(connector)).restock_known
        world.pass_time(minutes=20)
        world.shop.cancel(order)
        cancelled = await only_line(connector)
        assert (cancelled.taken, cancelled.deducted, cancelled.restock_known) == (0, 0, True)
        world.pass_time(minutes=20)
        world.shop.set_status(order, 11)
        reopened = await only_line(connector)
    assert (reopened.taken, reopened.committed, reopened.restock_known) == (2, 2, False)
    assert world.shop.available("S0") == 5


async def test_an_unfinished_checkout_finished_by_hand_does_not_say_what_the_store_lacks(
    world: World,
) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2, status=0)
    world.pass_time(hours=3)
    world.shop.set_status(order, 11)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.taken, line.committed, line.restock_known) == (2, 2, False)
    assert world.shop.available("S0") == 5


async def test_a_payment_that_comes_later_moves_nothing(world: World) -> None:
    """All numbers of the line stay, so whether they are certain any more has no effect."""
    world.stock(1)
    order = world.shop.sell("S0", 2, status=7)
    async with world.connected() as connector:
        before = await only_line(connector)
        world.pass_time(hours=3)
        world.shop.set_status(order, 11)
        after = await only_line(connector)
    assert before.restock_known
    assert replace(after, restock_known=True) == before


# Whatever happens to them

ACTS, ACTS_AND_REOPENING = (
    st.lists(st.tuples(st.sampled_from(names), st.integers(1, 3)), max_size=6)
    for names in (
        ("fulfil", "cancel", "refund", "edit", "complete", "touch", "dispute"),
        ("fulfil", "cancel", "refund", "edit", "complete", "touch", "dispute", "reopen"),
    )
)


def live(world: World, order: Order, acts: list[tuple[str, int]]) -> None:
    """Let an order live; what cannot be done in its state is left undone."""
    shop = world.shop
    for act, units in acts:
        world.pass_time(minutes=2)
        try:
            if act == "fulfil":
                if order.status in (11, 3, 14):
                    shop.fulfil(order, "S0", units)
            elif act == "cancel":
                if order.status in (11, 3):
                    shop.cancel(order)
            elif act == "refund":
                if order.status != 5:
                    shop.refund(order, "S0", units)
            elif act == "edit":
                if order.status == 11:
                    shop.edit_quantity(order, "S0", units)
            elif act == "complete":
                if order.status in (11, 3, 2):
                    shop.complete(order)
            elif act == "dispute":
                if order.status in (2, 11):
                    shop.set_status(order, 13)
            elif act == "reopen":
                if order.status == 5:
                    shop.set_status(order, 11)
            else:
                shop.touch(order)
        except ValueError:
            continue


@pytest.mark.parametrize("behaviour", ["order_placed", "order_completed_or_shipped"])
@pytest.mark.parametrize("restocks", [True, False])
@pytest.mark.parametrize("counts_part", [True, False])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.integers(1, 3), acts=ACTS)
async def test_the_store_lacks_what_its_lines_say(
    behaviour: Any, restocks: bool, counts_part: bool, units: int, acts: list[tuple[str, int]]
) -> None:
    """Whatever happens to an order: where we say we know, the store's number agrees."""
    world = World()
    world.stock(1, available=50)
    world.shop.rules = Rules(behaviour, restocks=restocks)
    world.shop.counts_partly_shipped = counts_part
    order = world.shop.sell("S0", units)
    live(world, order, acts)
    async with world.connected() as connector:
        line = await only_line(connector)
        (by_id,) = await connector.orders_by_id([str(order.id)])
    assert by_id.lines == (line,)
    assert 0 <= line.committed <= line.taken <= line.ordered
    if line.restock_known:
        assert world.shop.available("S0") == 50 - (line.deducted or 0)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.integers(1, 3), acts=ACTS)
async def test_edits_that_stock_does_not_follow_are_never_said_to_be_known(
    units: int, acts: list[tuple[str, int]]
) -> None:
    world = World()
    world.stock(1, available=50)
    world.shop.rules = Rules(follows_edits=False)
    order = world.shop.sell("S0", units)
    live(world, order, acts)
    async with world.connected() as connector:
        line = await only_line(connector)
    if line.restock_known:
        assert world.shop.available("S0") == 50 - (line.deducted or 0)
    elif not acts:
        raise AssertionError("a new order is known")


@pytest.mark.parametrize("restocks", [True, False])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.integers(1, 3), acts=ACTS_AND_REOPENING)
@example(units=2, acts=[("cancel", 1), ("reopen", 1)])
@example(units=2, acts=[("cancel", 1), ("reopen", 1), ("edit", 3), ("fulfil", 1), ("cancel", 1)])
async def test_what_is_reopened_by_hand_never_hides_what_the_store_still_shows(
    restocks: bool, units: int, acts: list[tuple[str, int]]
) -> None:
    """Followed act by act, and read anew where it is not certain: too few shown, never too many."""
    world = World()
    world.stock(1, available=50)
    world.shop.rules = Rules(restocks=restocks)
    order = world.shop.sell("S0", units)
    async with world.connected() as connector:
        line = await only_line(connector)
        believed = world.shop.available("S0")
        for act in acts:
            live(world, order, [act])
            before, line = line, await only_line(connector)
            believed += (before.deducted or 0) - (line.deducted or 0)
            if line != before and not line.restock_known:
                believed = world.shop.available("S0")
            assert believed >= world.shop.available("S0")
