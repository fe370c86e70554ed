"""Writing stock: what is sent, what comes back, and what is made of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.protocol import LevelWrite
from sandbox.woocommerce import Fault
from tests.connectors.woocommerce.world import World, ref


async def test_only_the_number_is_sent(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", 9), world.write("S1", 0)])
    assert [each.kind for each in outcomes] == ["applied", "applied"]
    assert world.shown() == {"S0": 9, "S1": 0}
    (sent,) = world.wire.exchanges
    assert sent.call == "POST /products/batch"
    assert sent.url.query == b""  # `_fields` would hide what became of it
    assert [set(each) for each in sent.body["update"]] == [{"id", "stock_quantity"}] * 2
    assert sent.timeout is not None
    assert sent.timeout >= 60


async def test_variations_go_by_their_parent_and_outcomes_keep_their_order(world: World) -> None:
    first, second = world.shop.add_parent("One"), world.shop.add_parent("Two")
    for sku, parent in (("A", first), ("B", second), ("C", None), ("D", first)):
        world.shop.add_listing(sku, 5, parent=parent)
    writes = [world.write(sku, number) for number, sku in enumerate("ABCD")]
    writes[1] = replace(writes[1], ref=f"{first.id}:{world.shop.item('B').id}")  # not its parent
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    assert [each.kind for each in outcomes] == ["applied", "rejected", "applied", "applied"]
    assert outcomes[1].code == "woocommerce_rest_product_variation_invalid_id"
    assert world.shown() == {"A": 0, "B": 5, "C": 2, "D": 3}
    assert len(world.calls) == 2


@pytest.mark.parametrize("per_parent", [None, 10, 1])
async def test_the_floor_of_ten_thousand(world: World, per_parent: int | None) -> None:
    count = 10_000 if per_parent != 1 else 500
    parent = None
    for number in range(count):
        if per_parent and number % per_parent == 0:
            parent = world.shop.add_parent(f"P{number}")
        world.shop.add_listing(f"S{number}", 5, parent=parent)
    sold = [item for item in world.shop.items if item.type != "variable"]
    writes = [LevelWrite(ref(item), None, 6, 5, f"k-{item.sku}") for item in sold]
    async with world.connected() as connector:
        size = connector.traits.write_batch
        for start in range(0, count, size):
            outcomes = await connector.set_levels(writes[start : start + size])
            assert {each.kind for each in outcomes} == {"applied"}
    assert set(world.shown().values()) == {6}
    assert len(world.calls) == count // (per_parent or 100)


async def test_stock_control_is_never_switched_on(world: World) -> None:
    hat = world.shop.add_parent("Hat", 12, sku="HAT")
    world.shop.add_listing("HAT-RED", tracked=False, parent=hat)
    world.stock(2)
    world.shop.set_tracked("S0", tracked=False)
    async with world.connected() as connector:
        writes = [world.write("S0", 12), world.write("HAT-RED", 12), world.write("S1", 12)]
        outcomes = await connector.set_levels(writes)
        assert [each.kind for each in outcomes] == ["rejected", "rejected", "applied"]
        for each in outcomes[:2]:
            assert "Manage stock" in (each.reason or "")
        assert world.shop.item("S0").manage_stock is False
        assert world.shop.available("HAT-RED") == 12
        world.shop.set_tracked("S0", tracked=True)
        (outcome,) = await connector.set_levels([world.write("S0", 12)])
    assert outcome.kind == "applied"


async def test_an_echo_that_differs_is_no_success(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("not_applied", count=1))
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
        assert (outcome.kind, outcome.current, outcome.code) == (
            "rejected",
            10,
            "quantity_not_kept",
        )
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
        assert outcome.kind == "applied"


async def test_r6_an_answer_that_lacks_one_number_is_good_for_the_others(world: World) -> None:
    world.stock(2)

    async def without_one(request: httpx.Request) -> httpx.Response:
        answer = await real.handle_async_request(request)
        body = json.loads(await answer.aread())
        body["update"][0]["stock_quantity"] = None
        return httpx.Response(answer.status_code, json=body)

    real, world.wire.inner = world.wire.inner, httpx.MockTransport(without_one)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", 3), world.write("S1", 3)])
    assert [each.kind for each in outcomes] == ["unknown", "applied"]


@pytest.mark.parametrize("value", [2.5, "7", None, True, 2**31, -(2**31)])
async def test_what_the_store_would_misread_never_leaves(world: World, value: Any) -> None:
    world.stock(2)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", value), world.write("S1", 3)])
    assert [each.kind for each in outcomes] == ["rejected", "applied"]
    assert "whole number" in (outcomes[0].reason or "")
    assert world.shown() == {"S0": 5, "S1": 3}


@pytest.mark.parametrize(
    "bad",
    ["", "x", "0", "1:", ":1", "1:2:3", "-1", "gid://shopify/X/1", "\N{ARABIC-INDIC DIGIT ONE}"],
)
async def test_what_is_no_ref_of_ours_never_leaves(world: World, bad: str) -> None:
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([LevelWrite(bad, None, 1, 1, "k")])
        (elsewhere,) = await connector.set_levels([LevelWrite("1", "place", 1, 1, "k")])
    assert (outcome.kind, outcome.code) == ("rejected", "bad_ref")
    assert (elsewhere.kind, elsewhere.code) == ("rejected", "no_location")
    assert world.calls == []


async def test_bad_items_do_not_hold_up_the_others(world: World) -> None:
    world.stock(3)
    parent = world.shop.add_parent("One")
    own = world.shop.add_listing("V", 5, parent=parent)
    outside = world.shop.add_listing("EXT", kind="external", tracked=False)
    unknown = LevelWrite("999999", None, 1, 1, "k")
    misplaced = LevelWrite(str(own.id), None, 1, 1, "k")
    pointer = LevelWrite(ref(outside), None, 1, 1, "k")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [unknown, world.write("S0", 1), misplaced, world.write("S1", 1), pointer]
        )
    kinds = [each.kind for each in outcomes]
    assert kinds == ["rejected", "applied", "rejected", "applied", "rejected"]
    assert outcomes[0].reason == "Invalid ID."
    assert outcomes[2].reason == (
        "To manipulate product variations you should use the "
        "/products/<product_id>/variations/<id> endpoint."
    )


async def test_a_store_that_takes_fewer_is_given_fewer_from_then_on(world: World) -> None:
    world.stock(100)
    world.shop.batch_limit = 30
    writes = [world.write(f"S{number}", 7) for number in range(100)]
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
        assert {each.kind for each in outcomes} == {"applied"}
        sizes = [len(each.body["update"]) for each in world.wire.exchanges]
        assert sizes == [100, 50, 25, 25, 25, 25]
        world.forget_calls()
        await connector.set_levels(writes)
        assert [len(each.body["update"]) for each in world.wire.exchanges] == [25] * 4


async def test_a_store_that_takes_none_at_all(world: World) -> None:
    world.stock(3)
    world.shop.batch_limit = 0
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write(f"S{n}", 7) for n in range(3)])
        assert {each.kind for each in outcomes} == {"rejected"}
        world.shop.batch_limit = 100
        outcomes = await connector.set_levels([world.write("S0", 7)])
        assert outcomes[0].kind == "applied"


async def test_too_slow_is_unknown_and_halves(world: World) -> None:
    world.stock(100)
    writes = [world.write(f"S{number}", 7) for number in range(100)]
    world.wire.break_off(httpx.ReadTimeout("late"), when="after")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
        assert {each.kind for each in outcomes} == {"unknown"}
        assert len(world.calls) == 1  # not repeated
        world.forget_calls()
        outcomes = await connector.set_levels(writes)
        assert {each.kind for each in outcomes} == {"applied"}
        assert [len(each.body["update"]) for each in world.wire.exchanges] == [50, 50]


async def test_a_slow_store_gets_no_call_after_its_time(world: World) -> None:
    """Whoever takes the list over afterwards must be sure that nothing is on its way."""
    for number in range(20):
        world.shop.add_listing(f"S{number}", 5, parent=world.shop.add_parent(f"P{number}"))
    writes = [world.write(f"S{number}", 7) for number in range(20)]
    world.shop.batch_seconds_per_item = 8.0
    async with world.connected() as connector:
        begun = world.clock.now()
        outcomes = await connector.set_levels(writes)
        assert [each.kind for each in outcomes] == ["applied"] * 8 + ["unsent"] * 12
        assert "slowly" in str(outcomes[-1].reason)
        assert (world.clock.now() - begun).total_seconds() == 64  # the last began after 56
        assert sorted(world.shown().values()) == [5] * 12 + [7] * 8
        outcomes = await connector.set_levels(writes[8:])
        assert [each.kind for each in outcomes] == ["applied"] * 8 + ["unsent"] * 4
        world.shop.batch_seconds_per_item = 0.0
        outcomes = await connector.set_levels(writes[16:])
    assert {each.kind for each in outcomes} == {"applied"}
    assert set(world.shown().values()) == {7}


async def test_refusals_by_a_slow_store_are_not_forgotten(world: World) -> None:
    parents = [world.shop.add_parent(f"P{number}") for number in range(4)]
    for number, parent in enumerate(parents):
        world.shop.add_listing(f"S{number}", 5, parent=parent)
    writes = [world.write(f"S{number}", 7) for number in range(4)]
    for number in range(4):
        world.shop.delete(f"S{number}")
    world.shop.batch_seconds_per_item = 25.0
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    assert [each.kind for each in outcomes] == ["rejected"] * 3 + ["unsent"]


async def test_what_follows_a_lost_answer_is_unsent(world: World) -> None:
    parents = [world.shop.add_parent(f"P{number}") for number in range(3)]
    for number, parent in enumerate(parents):
        world.shop.add_listing(f"S{number}", 5, parent=parent)
    world.wire.break_off(httpx.ReadError("gone"), when="after", skip=1)
    writes = [world.write(f"S{number}", 7) for number in range(3)]
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
        assert Counter(each.kind for each in outcomes) == Counter(applied=1, unknown=1, unsent=1)
        assert world.shown() == {"S0": 7, "S1": 7, "S2": 5}
        outcomes = await connector.set_levels(writes)
    assert {each.kind for each in outcomes} == {"applied"}


@pytest.mark.parametrize(
    "kind", ["error_after", "gateway", "lost", "html", "cut_off", "missing_fields"]
)
async def test_no_usable_answer_is_unknown_though_it_was_done(world: World, kind: Any) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault(kind, count=1, only="batch"))
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 7)])
        assert outcome.kind == "unknown"
        assert outcome.reason
        assert world.shown() == {"S0": 7}
        (outcome,) = await connector.set_levels([world.write("S0", 8)])
    assert outcome.kind == "applied"


@pytest.mark.parametrize("kind", ["error_before", "critical"])
async def test_a_server_error_proves_nothing(world: World, kind: Any) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault(kind, count=1))
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 7)])
        assert outcome.kind == "unknown"
        (outcome,) = await connector.set_levels([world.write("S0", 7)])
    assert outcome.kind == "applied"


async def test_notices_before_the_answer_hide_nothing(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("notices"))
    async with world.connected() as connector:
        await connector.check()
        (outcome,) = await connector.set_levels([world.write("S0", 7)])
    assert outcome.kind == "applied"


async def test_certainly_nothing_done_is_raised(world: World) -> None:
    world.stock(1)
    writes = [world.write("S0", 7)]
    async with world.connected() as connector:
        world.wire.break_off(httpx.ConnectError("no route"), when="before")
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels(writes)
        assert not lost.value.sent
        for kind, error in (("firewall", Refused), ("redirect", Refused), ("login", Refused)):
            world.shop.faults.switch_on(Fault(kind, count=1))  # type: ignore[arg-type]  # a kind
            with pytest.raises(error):
                await connector.set_levels(writes)
        world.shop.faults.switch_on(Fault("maintenance", count=1))
        with pytest.raises(RateLimited):
            await connector.set_levels(writes)
        world.shop.permission = "read"
        with pytest.raises(NeedsReconnect):
            await connector.set_levels(writes)
        assert world.shown() == {"S0": 5}
        world.shop.permission = "read_write"
        assert [each.kind for each in await connector.set_levels(writes)] == ["applied"]


async def test_a_trouble_after_the_first_call_leaves_the_rest_unsent(world: World) -> None:
    parents = [world.shop.add_parent(f"P{number}") for number in range(2)]
    for number, parent in enumerate(parents):
        world.shop.add_listing(f"S{number}", 5, parent=parent)

    def revoke(_: object) -> None:
        world.shop.rotate_keys()

    world.wire.between = revoke
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", 7), world.write("S1", 7)])
    assert [each.kind for each in outcomes] == ["applied", "unsent"]
    assert "keys" in (outcomes[1].reason or "")
    assert world.shown() == {"S0": 7, "S1": 5}
