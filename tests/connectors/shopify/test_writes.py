"""Writing levels: least calls, nothing twice, one bad item never holding up the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.protocol import LevelWrite
from connectors.services import Services
from connectors.shopify import PLATFORM
from sandbox.shopify import Fault
from tests.connectors.shopify.world import World

NOWHERE = "gid://shopify/Location/404"


def kinds(outcomes: object) -> list[str]:
    return [each.kind for each in outcomes]  # type: ignore[attr-defined]  # a list of outcomes


def sent_again(world: World, writes: Sequence[LevelWrite]) -> list[LevelWrite]:
    """The same writes, by somebody who knows that they were sent before, and took them over."""
    return [replace(w, rekey_until=world.clock.now() + timedelta(minutes=1)) for w in writes]


async def test_ten_thousand_writes_are_forty_calls_without_waiting(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(10_000)]
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    assert Counter(kinds(outcomes)) == {"applied": 10_000}
    assert world.calls == ["SetQuantities"] * 40
    assert set(world.shown().values()) == {7}
    assert world.clock.slept == []


async def test_sending_the_same_writes_again_changes_nothing(world: World) -> None:
    world.stock(3)
    writes = [world.write("S0", 9), world.write("S1", 0), world.write("S2", 5)]
    async with world.connected() as connector:
        await connector.set_levels(writes)
        world.shop.sell("S0", 2)
        again = await connector.set_levels(writes)
    assert kinds(again) == ["applied"] * 3
    assert world.shown() == {"S0": 7, "S1": 0, "S2": 5}
    first, second = world.line.exchanges
    assert first.variables == second.variables


async def test_another_list_is_another_request(world: World) -> None:
    world.stock(1)
    first = world.write("S0", 9)
    variants = [
        first,
        LevelWrite(first.ref, first.location, 9, 5, "other key"),
        LevelWrite(first.ref, first.location, 8, 5, first.key),
        LevelWrite(first.ref, first.location, 9, None, first.key),
    ]
    async with world.connected() as connector:
        for write in variants:
            await connector.set_levels([write])
    keys = [each.variables["key"] for each in world.line.exchanges]
    assert len(set(keys)) == len(variants)


async def test_a_write_that_accepts_whatever_stands_says_so_in_words(world: World) -> None:
    world.stock(1, available=33)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", 4, expected=None)])
    assert kinds(outcomes) == ["applied"]
    entry = world.line.exchanges[0].variables["input"]["quantities"][0]
    assert "changeFromQuantity" in entry
    assert entry["changeFromQuantity"] is None
    assert world.shown() == {"S0": 4}


async def test_negative_numbers_can_be_shown(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", -2)])
    assert kinds(outcomes) == ["applied"]
    assert world.shown() == {"S0": -2}


async def test_one_bad_item_among_250_is_set_aside(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(250)]
    world.shop.delete("S17")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 17 + ["rejected"] + ["applied"] * 232
        assert outcomes[17].code == "INVALID_INVENTORY_ITEM"
        assert outcomes[17].reason == "The specified inventory item could not be found."
        assert len(world.calls) == 2
        assert set(world.shown().values()) == {7}


async def test_several_bad_and_stale_items_each_get_their_own_reason(world: World) -> None:
    skus = world.stock(20)
    writes = [world.write(sku, 7) for sku in skus]
    writes[3] = LevelWrite(writes[3].ref, NOWHERE, 7, 5, "k")
    world.shop.item("S5").mutable = False
    world.shop.item("S8").levels.clear()
    world.shop.set_by_hand("S11", 2)
    world.shop.set_by_hand("S12", 6)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    special = {place: each for place, each in enumerate(outcomes) if each.kind != "applied"}
    assert {place: (each.kind, each.code) for place, each in special.items()} == {
        3: ("rejected", "INVALID_LOCATION"),
        5: ("rejected", "NON_MUTABLE_INVENTORY_ITEM"),
        8: ("rejected", ""),  # 2026-10 has no code for an item that is not stocked there
        11: ("stale", "CHANGE_FROM_QUANTITY_STALE"),
        12: ("stale", "CHANGE_FROM_QUANTITY_STALE"),
    }
    assert "not stocked" in (outcomes[8].reason or "")
    shown = world.shown()
    assert (shown["S11"], shown["S12"], shown["S0"]) == (2, 6, 7)
    assert len(world.calls) == 3  # all, without the bad ones, without the stale ones


async def test_the_rest_is_never_written_twice_however_often_the_list_is_sent(
    world: World,
) -> None:
    """A worker dies after the rest went through; the list is sent again from the start."""
    writes = [world.write(sku, 7) for sku in world.stock(10)]
    world.shop.delete("S4")
    async with world.connected() as connector:
        first = await connector.set_levels(writes)
        world.shop.sell("S0", 1)
        again = await connector.set_levels(sent_again(world, writes))
    assert kinds(first) == kinds(again)
    assert world.shown()["S0"] == 6


async def test_with_a_stale_item_a_repetition_writes_nothing_twice(world: World) -> None:
    """S4 was stale and the rest went through; on the second run all look stale."""
    writes = [world.write(sku, 7) for sku in world.stock(10)]
    world.shop.set_by_hand("S4", 1)
    async with world.connected() as connector:
        first = await connector.set_levels(writes)
        world.shop.sell("S0", 1)
        again = await connector.set_levels(sent_again(world, writes))
    assert Counter(kinds(first)) == {"applied": 9, "stale": 1}
    assert set(kinds(again)) == {"stale"}
    assert world.shown() == {f"S{n}": {0: 6, 4: 1}.get(n, 7) for n in range(10)}


async def test_the_unknown_ones_alone_are_again_the_list_that_was_sent(world: World) -> None:
    """S4 is told to be stale; the answer to the rest is lost, and only the rest is repeated."""
    writes = [world.write(sku, 7) for sku in world.stock(10)]
    world.shop.set_by_hand("S4", 1)
    world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
    async with world.connected() as connector:
        first = await connector.set_levels(writes)
        assert Counter(kinds(first)) == {"unknown": 9, "stale": 1}
        world.shop.sell("S0", 1)
        left = [write for write, each in zip(writes, first, strict=True) if each.kind == "unknown"]
        assert set(kinds(await connector.set_levels(left))) == {"applied"}
    assert world.shown()["S0"] == 6


async def test_where_failed_keys_run_again_a_repetition_of_a_bad_list_is_harmless(
    world: World,
) -> None:
    world.shop.keys.failed_keys_replay = True
    writes = [world.write(sku, 7) for sku in world.stock(5)]
    world.shop.delete("S1")
    async with world.connected() as connector:
        first = await connector.set_levels(writes)
        assert await connector.set_levels(writes) == first
    assert kinds(first) == ["applied", "rejected", "applied", "applied", "applied"]


async def test_a_repetition_that_finds_the_rest_unwritten_knows_what_is_stale(
    world: World,
) -> None:
    """The first answer was lost, and was a refusal: nothing had been written."""
    writes = [world.write(sku, 7) for sku in world.stock(5)]
    world.shop.set_by_hand("S3", 1)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("lost", count=1))
        assert set(kinds(await connector.set_levels(writes))) == {"unknown"}
        again = await connector.set_levels(sent_again(world, writes))
    assert kinds(again) == ["applied", "applied", "applied", "stale", "applied"]


async def test_a_lone_stale_write_is_stale_however_often_it_is_sent(world: World) -> None:
    world.stock(1)
    world.shop.set_by_hand("S0", 1)
    async with world.connected() as connector:
        writes = [world.write("S0", 7)]
        for _ in range(4):
            assert kinds(await connector.set_levels(writes)) == ["stale"]
            writes = sent_again(world, writes)


async def test_a_first_sending_that_another_forestalled_writes_nothing(world: World) -> None:
    """Who took it over was refused; since then the number came back to what was expected."""
    world.stock(1)
    world.shop.set_by_hand("S0", 1)
    async with world.connected() as connector:
        assert kinds(await connector.set_levels([world.write("S0", 7)])) == ["stale"]
        world.shop.set_by_hand("S0", 5)
        (late,) = await connector.set_levels([world.write("S0", 7)])
    assert (late.kind, late.code) == ("unknown", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
    assert world.shown()["S0"] == 5


async def test_a_repetition_that_was_taken_over_again_writes_nothing(world: World) -> None:
    world.stock(1)
    world.shop.set_by_hand("S0", 1)
    async with world.connected() as connector:
        writes = [world.write("S0", 7)]
        late = sent_again(world, writes)
        world.clock.time += timedelta(minutes=2)
        for one in (writes, sent_again(world, writes)):
            assert kinds(await connector.set_levels(one)) == ["stale"]
        world.shop.set_by_hand("S0", 5)
        assert kinds(await connector.set_levels(late)) == ["unknown"]
    assert world.shown()["S0"] == 5


async def test_all_items_bad_leaves_nothing_to_send(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(3)]
    for sku in ("S0", "S1", "S2"):
        world.shop.delete(sku)
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["rejected"] * 3
    assert len(world.calls) == 1


async def test_errors_that_do_not_say_which_item_are_found_by_halving(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(16)]
    world.shop.delete("S9")
    world.shop.faults.switch_on(Fault("without_index"))
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    assert kinds(outcomes) == ["applied"] * 9 + ["rejected"] + ["applied"] * 6
    assert outcomes[9].code == "INVALID_INVENTORY_ITEM"


async def test_the_same_place_twice_is_written_in_order(world: World) -> None:
    world.stock(2)
    first, second = world.write("S0", 8, key="a"), world.write("S0", 3, expected=8, key="b")
    async with world.connected() as connector:
        outcomes = await connector.set_levels([first, world.write("S1", 6), second])
    assert kinds(outcomes) == ["applied"] * 3
    assert world.shown() == {"S0": 3, "S1": 6}
    assert len(world.calls) == 2


async def test_what_the_wire_cannot_carry_is_rejected_alone(world: World) -> None:
    world.stock(4)
    writes = [
        world.write("S0", 7),
        world.write("S1", 10**12),
        world.write("S2", -(10**12)),
        LevelWrite(world.shop.item("S3").id, None, 7, 5, "k"),
    ]
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
    assert [each.code for each in outcomes] == [
        None,
        "INVALID_QUANTITY_TOO_HIGH",
        "INVALID_QUANTITY_TOO_LOW",
        "NO_LOCATION",
    ]
    assert kinds(outcomes) == ["applied", "rejected", "rejected", "rejected"]


async def test_nothing_to_write_needs_no_call(world: World) -> None:
    async with world.connected() as connector:
        assert await connector.set_levels([]) == []
        assert await connector.settle([]) == []
    assert world.calls == []


@pytest.mark.parametrize("kind", ["lost", "error_after", "html", "cut_off", "missing_fields"])
async def test_a_lost_answer_is_unknown_and_the_same_list_settles_it(
    world: World, kind: str
) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(3)]
    world.shop.faults.switch_on(Fault(kind, count=1))  # type: ignore[arg-type]  # one of the kinds
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["unknown"] * 3
        world.shop.sell("S0", 1)  # the write had landed before this sale
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 3
    assert world.shown() == {"S0": 6, "S1": 7, "S2": 7}


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone"), httpx.ReadError("gone")]
)
async def test_a_broken_line_after_sending_is_unknown(world: World, error: Exception) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(2)]
    world.line.break_off(error, when="after")
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["unknown"] * 2
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 2
    assert world.shown() == {"S0": 7, "S1": 7}


async def test_neither_done_nor_refused_is_no_answer(world: World) -> None:
    """The answer is whole, and says nothing."""
    world.stock(1)
    payload: dict[str, object] = {"inventoryAdjustmentGroup": None, "userErrors": []}

    async def shrug(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": {"inventorySetQuantities": payload}})

    given = {"shop": "alpha", "access_token": world.shop.token}
    transport = httpx.MockTransport(shrug)
    async with PLATFORM.open(given, {}, None, transport, Services.in_memory(given)) as connector:
        assert kinds(await connector.set_levels([world.write("S0", 7)])) == ["unknown"]


async def test_trouble_before_anything_took_effect_is_unknown_too_and_settled_later(
    world: World,
) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(2)]
    world.shop.faults.switch_on(Fault("error_before", count=1))
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["unknown"] * 2
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 2


async def test_a_lost_answer_in_the_middle_stops_the_sending(world: World) -> None:
    """The next calls would most likely be lost as well, half a minute each."""
    writes = [world.write(sku, 7) for sku in world.stock(600)]
    world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 250 + ["unknown"] * 350
        assert len(world.calls) == 2
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 600
    assert set(world.shown().values()) == {7}


async def test_when_certain_that_nothing_was_applied_it_raises(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(300)]
    async with world.connected() as connector:
        world.line.break_off(httpx.ConnectError("refused"), when="before")
        with pytest.raises(Unavailable) as not_reached:
            await connector.set_levels(writes)
        assert not_reached.value.sent is False
        world.shop.faults.switch_on(Fault("dead_token", count=1))
        with pytest.raises(NeedsReconnect):
            await connector.set_levels(writes)
        world.shop.faults.switch_on(Fault("too_many_requests", count=1, seconds=60))
        with pytest.raises(RateLimited):
            await connector.set_levels(writes)
        world.shop.faults.switch_on(Fault("frozen", count=1))
        with pytest.raises(Refused):
            await connector.set_levels(writes)
        assert set(world.shown().values()) == {5}
        assert set(kinds(await connector.set_levels(writes))) == {"applied"}


async def test_certain_trouble_after_something_was_applied_leaves_the_rest_unknown(
    world: World,
) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(300)]
    async with world.connected() as connector:
        await connector.set_levels(writes[:250])
        world.shop.set_by_hand("S0", 7)
        world.line.lose.append((2, httpx.ConnectError("refused")))
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 250 + ["unknown"] * 50
        assert outcomes[-1].reason == "The store could not be reached."
        assert set(kinds(await connector.set_levels(writes))) == {"applied"}


async def test_a_key_still_running_is_waited_for_under_the_same_key(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(2)]
    world.shop.faults.switch_on(Fault("concurrent", count=2))
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 2
    assert len({each.variables["key"] for each in world.line.exchanges}) == 1
    assert world.clock.slept == [0.5, 1.0]


async def test_a_key_that_runs_for_ever_is_unknown(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(2)]
    world.shop.faults.switch_on(Fault("concurrent"))
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["unknown"] * 2
        world.shop.faults.clear()
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 2


async def test_a_key_of_another_list_is_our_mistake(world: World) -> None:
    writes = [world.write(sku, 7) for sku in world.stock(2)]
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("error_before", count=1))
        await connector.set_levels(writes)
        key = world.line.exchanges[0].variables["key"]
        world.shop.keys.note(key, "something else", succeeded=True)
        with pytest.raises(Refused, match="PARAMETER_MISMATCH"):
            await connector.set_levels(writes)


async def test_the_version_before_has_a_code_for_an_item_that_is_not_stocked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.shopify.client.API_VERSION", "2026-07")
    world.stock(2)
    world.shop.item("S0").levels.clear()
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("S0", 7), world.write("S1", 7)])
    assert [(each.kind, each.code) for each in outcomes] == [
        ("rejected", "ITEM_NOT_STOCKED_AT_LOCATION"),
        ("applied", None),
    ]


async def test_an_item_not_stocked_somewhere_may_be_stocked_by_writing(world: World) -> None:
    """2026-10 dropped the error code; whether it stocks by itself is not documented."""
    world.stock(1)
    world.shop.item("S0").levels.clear()
    world.shop.stocks_by_itself = True
    async with world.connected() as connector:
        assert kinds(await connector.set_levels([world.write("S0", 7, expected=0)])) == ["applied"]
    assert world.shown() == {"S0": 7}


async def test_accepted_but_not_applied_shows_in_the_next_reading(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("not_applied", count=1))
    async with world.connected() as connector:
        assert kinds(await connector.set_levels([world.write("S0", 7)])) == ["applied"]
        (level,) = await connector.levels([world.shop.item("S0").id])
        assert level.available == 5
        assert kinds(await connector.set_levels([world.write("S0", 7, key="next")])) == ["applied"]
        (level,) = await connector.levels([world.shop.item("S0").id])
    assert level.available == 7


async def test_handles_are_nothing_that_shopify_gives(world: World) -> None:
    async with world.connected() as connector:
        (outcome,) = await connector.settle(["anything"])
    assert outcome.kind == "unknown"


async def test_keys_are_forgotten_after_a_day(world: World) -> None:
    """The engine must not resend beyond `key_life`: compare-and-set still protects."""
    world.stock(1)
    write = world.write("S0", 7)
    async with world.connected() as connector:
        await connector.set_levels([write])
        world.clock.time += timedelta(hours=25)
        assert kinds(await connector.set_levels([write])) == ["stale"]
        assert connector.traits.key_life < timedelta(hours=24)
