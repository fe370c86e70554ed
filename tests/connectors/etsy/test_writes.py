"""Writing stock: whole inventories, nothing lost in them, and what happens to the others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, Unavailable
from connectors.protocol import LevelWrite
from sandbox.etsy import Fault
from sandbox.etsy.assortment import COLOUR, SIZE, THIRD
from tests.connectors.etsy.world import World, all_orders, kinds
from tests.connectors.line import START

PUT, PATCH = "PUT /listings", "PATCH /shops"


def codes(outcomes: list[Any]) -> list[str | None]:
    return [each.code for each in outcomes]


def as_it_is(world: World, sku: str) -> list[tuple[Any, ...]]:
    """Everything about a listing but its numbers and the names that Etsy gives anew."""
    return [
        (each.sku, each.properties, each.amount, each.enabled, each.readiness)
        for each in world.shop.product(sku).listing.kept
    ]


# Everything else stays


async def test_only_the_number_changes_whatever_else_the_listing_has(world: World) -> None:
    parent = world.shop.add_parent("Ring", by=[COLOUR, SIZE, THIRD], price_by=[COLOUR])
    for place, colour in enumerate(("Gold", "Silver", "Copper")):
        options = {COLOUR: colour, SIZE: "6", THIRD: "None"}
        world.shop.add_listing(
            f"R{place}",
            4 + place,
            parent=parent,
            options=options,
            amount=1_999 + 101 * place,
            enabled=place != 2,
        )
    world.shop.add_listing("GONE", 9, parent=parent, options={COLOUR: "Tin"}).deleted = True
    parent.kept[0].readiness = parent.kept[1].readiness = parent.kept[2].readiness = None
    before = as_it_is(world, "R0")
    assert kinds(await world.set({"R0": 2})) == ["applied"]
    assert as_it_is(world, "R0") == before
    assert [each.quantity for each in parent.kept] == [2, 5, 6]
    assert parent.quantity_on_property == [COLOUR, SIZE, THIRD]
    assert parent.price_on_property == [COLOUR]
    (put,) = world.calls_of(PUT)
    assert put.query == {"max_variations_supported": "3"}
    prices = [each["offerings"][0]["price"] for each in put.body["products"]]
    assert prices == [Decimal("19.99"), Decimal(21), Decimal("22.01")]
    assert b"sku_on_property" in put.sent
    assert b"is_deleted" not in put.sent


async def test_nothing_is_written_before_a_person_agreed(world: World) -> None:
    world.shop.add_listing("A", 5)
    for settings in ({"base_prices": False}, {}):
        async with world.connected(settings=settings) as connector:
            outcomes = await connector.set_levels([world.write("A", 0), world.write("A", 3)])
        assert (kinds(outcomes), codes(outcomes)) == (["rejected"] * 2, ["agreement"] * 2)
    assert world.calls == []


async def test_calls_are_as_few_as_can_be_and_what_stands_already_is_not_sent(
    world: World,
) -> None:
    numbers = {f"V{number}": 7 for number in range(120)}
    for first in range(0, 120, 4):
        world.variations({f"V{number}": 7 for number in range(first, first + 4)})
    wanted = {sku: 7 if int(sku[1:]) < 4 else 9 for sku in numbers}
    assert set(kinds(await world.set(wanted))) == {"applied"}
    assert {sku: world.shop.available(sku) for sku in numbers} == wanted
    assert len(world.calls_of(PUT)) == 29
    assert len(world.calls_of("GET")) == 2  # of twenty listings at a time, right before


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (("7:A", None, 3), "unknown_item"),
        (("what", None, 3), "unknown_item"),
        (("1:A", "here", 3), "no_location"),
        (("1:A", None, -1), "bad_quantity"),
        (("1:A", None, 1_000), "bad_quantity"),
    ],
)
async def test_r6_one_bad_item_never_holds_up_the_others(
    world: World, write: tuple[str, str | None, int], code: str
) -> None:
    world.shop.add_listing("GOOD", 5)
    ref, location, value = write
    bad = LevelWrite(ref, location, value, None, "bad")
    async with world.connected() as connector:
        outcomes = await connector.set_levels([bad, world.write("GOOD", 999), bad])
    assert (kinds(outcomes), codes(outcomes)) == (
        ["rejected", "applied", "rejected"],
        [code, None, code],
    )
    assert world.shop.available("GOOD") == 999


async def test_r6_what_etsy_refuses_is_told_in_its_own_words(world: World) -> None:
    """A price below the least one: such a listing cannot even change its stock."""
    world.shop.add_listing("CHEAP", 5, amount=10)
    world.shop.add_listing("GOOD", 5)
    outcomes = await world.set({"CHEAP": 3, "GOOD": 3})
    assert kinds(outcomes) == ["rejected", "applied"]
    assert "must be above min price" in str(outcomes[0].reason)


async def test_r8_what_is_not_ours_to_write_is_not_written(world: World) -> None:
    world.stock(2)
    world.shop.archive("S0")
    world.shop.add_listing("FILE", 9, tracked=False)
    beads = world.shop.add_parent("Beads", by=())
    for sku in ("RED", "BLUE"):
        world.shop.add_listing(sku, 5, parent=beads, options={COLOUR: sku})
    refs = [world.write(sku, 2) for sku in ("S0", "FILE", "RED", "S1")]
    world.shop.rename_sku("S1", "RENAMED")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(refs)
    assert codes(outcomes) == ["inactive", "digital", "shared_quantity", "unknown_item"]
    assert world.changes == []


# Nothing left, and something again


async def test_the_last_number_at_zero_makes_it_inactive_and_a_new_one_brings_it_back(
    world: World,
) -> None:
    world.variations({"A": 3, "B": 0, "C": 2})
    assert kinds(await world.set({"A": 0})) == ["applied"]
    assert [each.name[:5] for each in world.changes] == ["PUT /"]
    assert kinds(await world.set({"C": 0})) == ["applied"]
    assert world.changes[-1].sent == b"state=inactive"
    assert world.shop.product("A").listing.state == "inactive"
    assert await world.shown("A", "B", "C") == [0, 0, 0]
    async with world.connected() as connector:  # it can be written: R8 is about the seller's own
        (page,) = [page async for page in connector.listings() if page]
    assert {each.state for each in page} == {"active"}

    assert kinds(await world.set({"B": 4})) == ["applied"]
    listing = world.shop.product("A").listing
    assert (listing.state, [each.quantity for each in listing.kept]) == ("active", [0, 4, 0])
    assert listing.renewals == []  # free of charge
    # From now on it is the seller's again.
    world.shop.archive("B")
    assert codes(await world.set({"B": 2})) == ["inactive"]


async def test_what_the_seller_activates_meanwhile_is_no_longer_ours(world: World) -> None:
    world.stock(1)
    await world.set({"S0": 0})
    world.shop.activate("S0")
    world.pass_time(minutes=2)
    assert await world.shown("S0") == [5]
    world.shop.archive("S0")
    assert codes(await world.set({"S0": 2})) == ["inactive"]


async def test_a_request_to_empty_without_an_answer_is_still_ours_when_it_lands(
    world: World,
) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([])
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        outcomes = await connector.set_levels([world.write("S0", 0)])
    assert kinds(outcomes) == ["unknown"]
    assert await world.shown("S0") == [0]
    assert kinds(await world.set({"S0": 2})) == ["applied"]
    assert world.shop.available("S0") == 2


async def test_a_request_to_empty_that_lands_late_is_ours_although_it_was_seen_active(
    world: World,
) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.orders_by_id(["1"])  # so that there is a token
        late = httpx.ReadTimeout("late")
        world.line.meanwhile = [lambda: world.line.break_off(late, when="before")]
        assert kinds(await connector.set_levels([world.write("S0", 0)])) == ["unknown"]
        world.pass_time(seconds=20)
        assert await world.shown("S0") == [5]
        world.shop.set_inactive(world.shop.product("S0").listing)  # now it arrives
        assert await world.shown("S0") == [0]
        assert kinds(await connector.set_levels([world.write("S0", 2)])) == ["applied"]
    assert world.shop.available("S0") == 2


async def test_an_activation_that_is_refused_leaves_it_empty_and_ours(world: World) -> None:
    world.stock(1)
    await world.set({"S0": 0})
    world.shop.can_activate = False
    outcomes = await world.set({"S0": 3})
    assert kinds(outcomes) == ["rejected"]
    assert "shipping profile" in str(outcomes[0].reason)
    assert await world.shown("S0") == [0]
    world.shop.can_activate = True
    assert kinds(await world.set({"S0": 3})) == ["applied"]
    assert world.shop.available("S0") == 3


# Somebody else at the same time


async def test_a_number_that_changed_since_it_was_read_is_told_instead_of_written_over(
    world: World,
) -> None:
    world.variations({"A": 5, "B": 5})
    world.shop.sell("A", 2)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [world.write("A", 9, expected=5), world.write("B", 9, expected=5)]
        )
    assert [(each.kind, each.current) for each in outcomes] == [("stale", 3), ("applied", None)]
    assert (world.shop.available("A"), world.shop.available("B")) == (3, 9)


async def test_a_listing_changed_between_reading_and_writing_is_read_anew(world: World) -> None:
    """409: a new variation, another price, and a number of a sibling are all kept."""
    products = world.variations({"A": 5, "B": 5})

    def edit() -> None:
        world.shop.add_listing("NEW", 2, parent=products[0].listing)
        world.shop.set_by_hand("B", 8)

    async with world.connected() as connector:
        await connector.levels([])
        world.shop.faults.switch_on(Fault(kind="conflict", count=1))
        world.line.meanwhile = [lambda: None, edit]
        assert kinds(await connector.set_levels([world.write("A", 3)])) == ["applied"]
    assert [world.shop.available(sku) for sku in ("A", "B", "NEW")] == [3, 8, 2]
    world.shop.faults.switch_on(Fault(kind="conflict"))
    assert codes(await world.set({"A": 1})) == ["conflict"]
    assert len(world.calls_of(PUT)) == 2 + 3


async def test_a_sale_that_a_write_may_have_undone_is_doubted_and_later_ones_are_not(
    world: World,
) -> None:
    """R5: a sibling goes along as it was read; what is sold of it at that moment comes back."""
    world.variations({"A": 5, "B": 5})

    async with world.connected() as connector:
        await connector.levels([])
        world.line.meanwhile = [lambda: None, lambda: world.shop.sell("B", 2)]
        assert kinds(await connector.set_levels([world.write("A", 3)])) == ["applied"]
        assert world.shop.available("B") == 5  # undone
        world.pass_time(seconds=30)
        world.shop.sell("B")
        lines = [each.lines[0] for each in await all_orders(connector, START)]
        assert [(each.taken, each.restock_known) for each in lines] == [(2, False), (1, True)]
        # Once orders were read past it, it is forgotten.
        world.pass_time(minutes=5)
        await all_orders(connector, START)
        assert await world.marks.all("carried") == {}


async def test_a_sale_of_a_sku_that_stands_twice_is_doubted(world: World) -> None:
    parent = world.shop.add_parent("Card", by=[COLOUR])
    for size in ("S", "L"):
        world.shop.add_listing("R", 6, parent=parent, options={COLOUR: "Red", SIZE: size})
    assert await world.shown("R") == [6]
    world.shop.sell("R")
    async with world.connected() as connector:
        (order,) = await all_orders(connector, START)
    assert order.lines[0].restock_known is False
    assert kinds(await world.set({"R": 5})) == ["applied"]
    assert [each.quantity for each in parent.kept] == [5, 5]


# No good answer


async def test_an_error_of_etsys_own_is_read_back_and_never_repeated_for_ever(
    world: World,
) -> None:
    world.stock(2)
    world.shop.faults.switch_on(Fault(kind="error_after", only="write", count=1))
    assert kinds(await world.set({"S0": 3})) == ["applied"]
    assert len(world.calls_of(PUT)) == 1
    world.shop.faults.switch_on(Fault(kind="error_before", only="write", count=1))
    assert kinds(await world.set({"S0": 4})) == ["applied"]
    assert len(world.calls_of(PUT)) == 3
    world.shop.faults.switch_on(Fault(kind="error_before", only="write", count=3))
    outcomes = await world.set({"S0": 2, "S1": 2})
    assert sorted(kinds(outcomes)) == ["applied", "rejected"]
    (refused,) = (each for each in outcomes if each.kind == "rejected")
    assert refused.code == "server_error"
    assert "Server Error" in str(refused.reason)


async def test_no_answer_is_unknown_and_the_rest_is_not_begun(world: World) -> None:
    world.stock(30)
    async with world.connected() as connector:
        await connector.levels([])
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        outcomes = await connector.set_levels([world.write(f"S{n}", 3) for n in range(30)])
    found = kinds(outcomes)
    assert found.count("unknown") == 1
    assert found.count("unsent") >= 26  # those under way beside it may have been applied
    applied = [n for n, kind in enumerate(found) if kind in ("applied", "unknown")]
    assert all(world.shop.available(f"S{n}") == 3 for n in applied)
    again = {f"S{n}": 3 for n in range(30)}
    assert set(kinds(await world.set(again))) == {"applied"}


async def test_a_refusal_of_everything_is_raised_only_where_nothing_was_applied(
    world: World,
) -> None:
    world.stock(2)
    world.shop.scopes -= {"listings_w"}
    with pytest.raises(NeedsReconnect, match="change the stock"):
        await world.set({"S0": 3})
    world.shop.scopes |= {"listings_w"}
    async with world.connected() as connector:
        cut = httpx.ConnectError("no route")
        world.line.meanwhile = [lambda: world.line.break_off(cut, when="before")]
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 3)])
    assert lost.value.sent is False
    assert world.shop.available("S0") == 5
    assert kinds(await world.set({"S0": 3})) == ["applied"]


# How many calls


async def test_a_full_second_is_waited_out(world: World) -> None:
    world.stock(40)
    world.shop.quota.per_second = 5
    assert set(kinds(await world.set({f"S{n}": 2 for n in range(40)}))) == {"applied"}
    refused = [each for each in world.line.exchanges if each.status == 429]
    assert len(refused) <= 4 * 8  # never more than the calls that were under way together
