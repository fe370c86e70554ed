"""What one order line does to stock, row by row and over whole lives of orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import Refused
from connectors.protocol import Connector, RemoteOrderLine
from connectors.woocommerce.lines import LineFacts, line_stock
from connectors.woocommerce.states import Role, States
from sandbox.woocommerce.model import Order
from tests.connectors.line import START
from tests.connectors.woocommerce.world import World, all_orders, only_line

SOLD = LineFacts(
    quantity=3,
    reduced=3,
    restocked=0,
    refunded=None,
    has_refunds=False,
    paid=True,
    completed=False,
)
PUT_BACK = replace(SOLD, reduced=None)
UNPAID = replace(SOLD, reduced=None, paid=False)
SENT = replace(SOLD, completed=True)
# One of three came back to the shelf; one of three is gone for good.
BACK = replace(SOLD, reduced=2, restocked=1, refunded=1, has_refunds=True)
LOST = replace(SOLD, refunded=1, has_refunds=True)


@pytest.mark.parametrize(
    ("role", "facts", "taken", "committed", "deducted"),
    [
        ("waiting", UNPAID, 0, 0, 0),
        ("waiting", PUT_BACK, 0, 0, 0),
        ("open", SOLD, 3, 3, 3),
        ("open", PUT_BACK, 3, 3, 0),  # nobody counts it at the store
        ("open", BACK, 2, 2, 2),
        ("open", LOST, 3, 2, 3),
        ("closed", SENT, 3, 0, 3),
        ("closed", replace(BACK, completed=True, refunded=None), 2, 0, 2),
        ("cancelled", PUT_BACK, 0, 0, 0),
        ("cancelled", SOLD, 0, 0, 3),  # a plugin kept it off
        ("failed", SOLD, 0, 0, 3),
        ("failed", SENT, 3, 0, 3),
        ("refunded", SOLD, 3, 0, 3),
        ("refunded", replace(BACK, reduced=0, restocked=3), 0, 0, 0),
        ("trash", SOLD, 0, 0, 3),
        ("trash", SENT, 3, 0, 3),
        ("trash", UNPAID, 0, 0, 0),
        ("unknown", SOLD, 3, 3, 3),
        ("unknown", SENT, 3, 0, 3),
        ("unknown", UNPAID, 0, 0, 0),
        ("unknown", PUT_BACK, 3, 3, 0),
        ("ignored", SOLD, 0, 0, 3),
    ],
)
def test_each_row(role: Role, facts: LineFacts, taken: int, committed: int, deducted: int) -> None:
    stock = line_stock(role, facts)
    assert (stock.taken, stock.committed, stock.deducted) == (taken, committed, deducted)
    assert stock.restock_known


def test_a_refund_where_the_store_counts_nothing_is_not_guessed() -> None:
    facts = replace(LOST, reduced=None)
    assert not line_stock("open", facts).restock_known
    assert line_stock("open", replace(facts, refunded=0)).restock_known
    assert not line_stock("closed", replace(facts, refunded=None)).restock_known


ROLES: tuple[Role, ...] = (
    "waiting",
    "open",
    "closed",
    "cancelled",
    "failed",
    "refunded",
    "trash",
    "unknown",
    "ignored",
)
FACTS = st.builds(
    LineFacts,
    quantity=st.integers(0, 5),
    reduced=st.none() | st.integers(0, 5),
    restocked=st.integers(0, 6),
    refunded=st.none() | st.integers(0, 6),
    has_refunds=st.booleans(),
    paid=st.booleans(),
    completed=st.booleans(),
)


@given(st.sampled_from(ROLES), FACTS)
def test_numbers_are_always_possible(role: Role, facts: LineFacts) -> None:
    stock = line_stock(role, facts)
    assert 0 <= stock.committed <= stock.taken
    assert stock.deducted == (facts.reduced or 0)


def test_statuses_of_other_plugins_are_mapped_by_a_person() -> None:
    states = States({"wc-packed": "open", "shipped": "closed", "completed": "cancelled"})
    assert states.role("packed") == "open"
    assert states.role("wc-shipped") == "closed"
    assert states.role("completed") == "closed"  # WooCommerce's own stay what they are
    assert states.role("quote") == "unknown"
    with pytest.raises(Refused, match="packed must be one of"):
        States({"packed": "sold"})


# Whole lives of one order, through the store and back

ACTS = st.lists(
    st.sampled_from(
        [
            "pending",
            "on-hold",
            "processing",
            "completed",
            "cancelled",
            "failed",
            "refunded",
            "packed",
            "return",
            "write off",
            "more",
            "fewer",
            "money",
            "trash",
            "restore",
        ]
    ),
    max_size=9,
)


def _act(world: World, order: Order, act: str) -> None:
    """Do one thing, as far as the store lets people do it."""
    shop, line = world.shop, order.lines[0]
    world.wait(seconds=3)
    if (act == "restore") != (order.status == "trash"):
        return
    try:
        match act:
            case "trash":
                shop.trash(order)
            case "restore":
                shop.restore(order)
            case "return":
                shop.refund(order, "S0", 1, "RETURN")
            case "write off":
                shop.refund(order, "S0", 1, "NO_RESTOCK")
            case "more" | "fewer":
                shop.edit_quantity(order, "S0", line.quantity + (1 if act == "more" else -1))
            case "money":
                shop.refund_money(order)
            case _:
                shop.move(order, act)
    except ValueError:
        return


@pytest.mark.parametrize("counted", [True, False])
@given(start=st.sampled_from(["pending", "processing", "on-hold"]), acts=ACTS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_the_store_lacks_is_always_known(
    counted: bool, start: str, acts: list[str]
) -> None:
    """After any life: the store's number + what the line took off = what was there at first."""
    world = World()
    world.shop.custom_statuses.append("packed")
    world.shop.add_listing("S0", 20, tracked=counted)
    order = world.shop.sell("S0", 3, status=start)
    async with world.connected() as connector:
        for act in ["", *acts]:
            _act(world, order, act)
            line = await _line(world, connector, order)
            if counted:
                assert world.shop.available("S0") + (line.deducted or 0) == 20
            assert 0 <= line.committed <= line.taken <= max(line.ordered, line.deducted or 0)
            match order.status:
                case "pending" | "cancelled":
                    assert (line.taken, line.committed) == (0, 0)
                case "on-hold" | "processing":
                    unsent = order.lines[0].quantity - order.lines[0].refunded
                    assert line.committed <= line.taken
                    if counted and not set(acts) & {"cancelled", "pending", "failed"}:
                        assert line.committed == unsent
                case "completed" | "refunded":
                    assert line.committed == 0


async def _line(world: World, connector: Connector, order: Order) -> RemoteOrderLine:
    """Read by the list of changes and by id: both must tell the same."""
    world.wait(seconds=3)
    (by_id,) = await connector.orders_by_id([str(order.id)])
    listed = await all_orders(connector, START - timedelta(days=1))
    assert [each for each in listed if each.id == by_id.id] == [by_id]
    return only_line([by_id])


@pytest.mark.parametrize(
    ("mapped", "expected"),
    [
        (None, ("open", 3, 3)),
        ("open", ("open", 3, 3)),
        ("closed", ("closed", 3, 0)),
        ("cancelled", ("cancelled", 0, 0)),
        ("ignored", ("closed", 0, 0)),
    ],
)
async def test_a_status_of_another_plugin(world: World, mapped: Any, expected: Any) -> None:
    world.shop.custom_statuses.append("packed")
    world.stock(1)
    order = world.shop.sell("S0", 3)
    world.shop.move(order, "packed")
    world.wait(seconds=3)
    given_settings = {"order_states": {"packed": mapped}} if mapped else {}
    async with world.connected(settings=given_settings) as connector:
        (found,) = await all_orders(connector, START - timedelta(days=1))
    (line,) = found.lines
    assert (found.state, line.taken, line.committed) == expected
    assert line.deducted == 3
