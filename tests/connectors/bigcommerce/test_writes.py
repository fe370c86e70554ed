"""Writing stock: whole lists, one after another, and one bad item holds up no other."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import LevelWrite, WriteOutcome
from sandbox.bigcommerce import Fault
from tests.connectors.bigcommerce.world import World, all_listings

LIMIT = 2_147_483_647


def kinds(outcomes: list[WriteOutcome]) -> list[str]:
    return [each.kind for each in outcomes]


async def test_ten_thousand_take_five_calls_one_after_another(world: World) -> None:
    world.stock(10_000)
    async with world.connected() as connector:
        await all_listings(connector)
        begun = len(world.calls)
        batch = connector.traits.write_batch
        assert batch == 2000
        writes = [LevelWrite(str(product.id), "1", 7, None, "k") for product in world.shop.products]
        for first in range(0, len(writes), batch):
            outcomes = await connector.set_levels(writes[first : first + batch])
            assert set(kinds(outcomes)) == {"applied"}
    assert world.calls[begun:] == ["PUT /v3/inventory/adjustments/absolute"] * 5
    assert {len(each) for each in world.adjustments} == {2000}
    assert {held[1].available for _, _, held in world.shop.items()} == {7}
    assert world.clock.slept == []


async def test_a_longer_list_is_cut(world: World) -> None:
    world.stock(2001)
    async with world.connected() as connector:
        writes = [LevelWrite(str(each.id), "1", 1, None, "k") for each in world.shop.products]
        outcomes = await connector.set_levels(writes)
    assert set(kinds(outcomes)) == {"applied"}
    assert [len(each) for each in world.adjustments] == [2000, 1]


async def test_each_item_is_named_by_what_is_tracked(world: World) -> None:
    shop = world.shop
    shop.add_listing("MUG", 5)
    shirt = shop.add_product("Shirt")
    variant = shop.add_listing("SHIRT-M", 5, product=shirt)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write("MUG", 2), world.write("SHIRT-M", 3)])
    assert kinds(outcomes) == ["applied", "applied"]
    assert world.adjustments == [
        [
            {"location_id": 1, "product_id": shop.product("MUG").id, "quantity": 2},
            {"location_id": 1, "variant_id": variant.id, "quantity": 3},
        ]
    ]
    assert (shop.available("MUG"), shop.available("SHIRT-M")) == (2, 3)


async def test_no_writes_are_no_calls(world: World) -> None:
    async with world.connected() as connector:
        assert await connector.set_levels([]) == []
    assert world.calls == []


async def test_the_safety_stock_is_added_and_read_only_once(world: World) -> None:
    world.shop.add_listing("KEPT", 4, safety=3)
    async with world.connected() as connector:
        for value in (6, 0, 2):
            await connector.set_levels([world.write("KEPT", value, location=None)])
            assert world.shop.available("KEPT") == value
            (level,) = await connector.levels([world.ref("KEPT")])
            assert level.available == value
        begun = len(world.calls)
        await connector.set_levels([world.write("KEPT", 1)])
        assert world.calls[begun:] == ["PUT /v3/inventory/adjustments/absolute"]
    assert [items[0]["quantity"] for items in world.adjustments] == [9, 3, 5, 4]


async def test_a_safety_stock_that_changed_is_taken_up_with_the_next_reading(
    world: World,
) -> None:
    world.shop.add_listing("KEPT", 4, safety=3)
    async with world.connected() as connector:
        await connector.levels([world.ref("KEPT")])
        world.shop.stock("KEPT").safety = 10
        (level,) = await connector.levels([world.ref("KEPT")])
        assert level.available == -3
        await connector.set_levels([world.write("KEPT", 1)])
    assert world.shop.available("KEPT") == 1


async def test_what_bigcommerce_would_drop_or_refuse_is_never_sent(world: World) -> None:
    world.stock(2)
    world.shop.add_listing("KEPT", 4, safety=3)
    world.shop.add_location("Harbour depot")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [
                world.write("S0", LIMIT + 1),
                world.write("KEPT", LIMIT - 2),
                world.write("S0", -1),
                LevelWrite("999999", "1", 1, None, "k"),
                LevelWrite("nonsense", "1", 1, None, "k"),
                world.write("S0", 1, location="2"),
                world.write("S1", LIMIT),
            ]
        )
    assert [each.code for each in outcomes] == [
        "QUANTITY_TOO_HIGH",
        "QUANTITY_TOO_HIGH",
        "QUANTITY_TOO_LOW",
        "UNKNOWN_ITEM",
        "UNKNOWN_ITEM",
        "OTHER_LOCATION",
        None,
    ]
    assert kinds(outcomes) == ["rejected"] * 6 + ["applied"]
    assert all(each.reason for each in outcomes[:6])
    assert [len(each) for each in world.adjustments] == [1]
    assert world.shop.available("S1") == LIMIT


async def test_one_item_twice_goes_in_two_calls_in_order(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [world.write("S0", 1), world.write("S1", 2), world.write("S0", 3)]
        )
    assert kinds(outcomes) == ["applied"] * 3
    assert [len(each) for each in world.adjustments] == [2, 1]
    assert world.shop.available("S0") == 3


async def test_a_refused_item_is_set_aside_and_the_rest_is_sent_again(world: World) -> None:
    world.stock(4)
    async with world.connected() as connector:
        writes = [world.write(f"S{number}", 9) for number in range(4)]
        await connector.levels([each.ref for each in writes])
        world.shop.set_tracking("S1", "variant")
        world.shop.delete("S3")
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied", "rejected", "applied", "rejected"]
        assert "is tracked by variant, please update stock by variant id" in str(outcomes[1].reason)
        assert "not found" in str(outcomes[3].reason)
        assert [len(each) for each in world.adjustments] == [4, 3, 2]
        assert world.shop.available("S0") == world.shop.available("S2") == 9
        # As what it is now it is taken.
        (again,) = await connector.set_levels([world.write("S1", 9)])
    assert again.kind == "applied"


async def test_a_refusal_by_place_in_the_list_is_understood(world: World) -> None:
    """The location is switched off after we looked: the first item is the one that is named."""
    world.stock(2)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0"), world.ref("S1")])
        world.place.enabled = False
        outcomes = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
    assert kinds(outcomes) == ["rejected", "rejected"]
    assert "Location is disabled" in str(outcomes[0].reason)


async def test_a_refusal_that_names_nothing_is_narrowed_down(world: World) -> None:
    world.stock(8)
    async with world.connected() as connector:
        writes = [world.write(f"S{number}", 9) for number in range(8)]
        await connector.levels([each.ref for each in writes])
        world.shop.delete("S5")
        world.shop.faults.switch_on(Fault("unnamed"))
        outcomes = await connector.set_levels(writes)
    assert kinds(outcomes) == ["applied"] * 5 + ["rejected"] + ["applied"] * 2
    assert outcomes[5].reason == "Payload contains invalid fields"
    assert len(world.adjustments) == 7  # 8, 4 and 4, 2 and 2, 1 and 1
    assert {held[1].available for _, _, held in world.shop.items()} == {9}


async def test_narrowing_down_ends_in_time(world: World) -> None:
    """Whoever takes the list over afterwards must be sure that nothing is on its way."""
    world.stock(8)
    async with world.connected() as connector:
        writes = [world.write(f"S{number}", 9) for number in range(8)]
        await connector.levels([each.ref for each in writes])
        for number in range(8):
            world.shop.delete(f"S{number}")
        world.shop.faults.switch_on(Fault("unnamed"))
        world.shop.faults.switch_on(Fault("slow", seconds=11, only="write"))
        begun = world.clock.now()
        outcomes = await connector.set_levels(writes)
        # 8, 4, 2, 1, 1, 2: what was refused by then stays refused
        assert kinds(outcomes) == ["rejected"] * 2 + ["unsent"] * 6
        assert "slowly" in str(outcomes[-1].reason)
        assert world.clock.now() - begun == timedelta(seconds=66)
        world.shop.faults.clear("slow")
        assert kinds(await connector.set_levels(writes[2:])) == ["rejected"] * 6


async def test_a_store_too_slow_to_read_from_is_not_written_to(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("slow", seconds=35, only="read"))
    async with world.connected() as connector:
        with pytest.raises(Unavailable) as caught:
            await connector.set_levels([world.write("S0", 9)])
        assert not caught.value.sent
        assert world.adjustments == []
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 9)])) == ["applied"]


async def test_an_adjustment_is_applied_later_than_it_is_answered(world: World) -> None:
    world.stock(1)
    world.shop.apply_lag = timedelta(seconds=8)
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
        (at_once,) = await connector.levels([world.ref("S0")])
        world.pass_time(seconds=8)
        (later,) = await connector.levels([world.ref("S0")])
        assert connector.traits.apply_lag >= world.shop.apply_lag
    assert (outcome.kind, at_once.available, later.available) == ("applied", 5, 9)


# What goes wrong on the way


@pytest.mark.parametrize("kind", ["error_after", "html", "cut_off", "missing_fields", "lost"])
async def test_without_a_usable_answer_a_write_is_unknown(world: World, kind: str) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.faults.switch_on(Fault(kind, only="write"))  # type: ignore[arg-type]  # a kind
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
        assert outcome.kind == "unknown"
        assert outcome.reason
        assert world.shop.available("S0") == 9
        world.shop.faults.clear()
        (again,) = await connector.set_levels([world.write("S0", 9)])
    assert again.kind == "applied"


async def test_after_an_unclear_call_no_other_is_made(world: World) -> None:
    world.stock(4001)
    async with world.connected() as connector:
        await all_listings(connector)
        writes = [LevelWrite(str(each.id), "1", 9, None, "k") for each in world.shop.products]
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 2000 + ["unknown"] * 2000 + ["unsent"]
        assert outcomes[-1].reason == outcomes[2000].reason == "The store did not answer in time."
        assert len(world.adjustments) == 2
        again = await connector.set_levels(writes[2000:])
    assert set(kinds(again)) == {"applied"}


async def test_a_call_that_never_left_is_unsent_after_one_that_did(world: World) -> None:
    world.stock(2001)
    async with world.connected() as connector:
        await all_listings(connector)
        writes = [LevelWrite(str(each.id), "1", 9, None, "k") for each in world.shop.products]
        refused = httpx.ConnectError("no route")
        world.line.meanwhile = [lambda: world.line.break_off(refused, when="before")]
        outcomes = await connector.set_levels(writes)
    assert kinds(outcomes) == ["applied"] * 2000 + ["unsent"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("dead_token", NeedsReconnect),
        ("locked", Refused),
        ("plan_limit", Refused),
        ("too_large", Refused),
        ("gone", Refused),
    ],
)
async def test_where_nothing_was_applied_the_error_is_raised(
    world: World, kind: str, error: type[StoreError]
) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # a kind
        with pytest.raises(error):
            await connector.set_levels([world.write("S0", 9)])
        assert world.shop.available("S0") == 5
        world.shop.faults.clear()
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "applied"


async def test_a_token_that_dies_between_two_calls(world: World) -> None:
    world.stock(2001)
    token = world.shop.token
    async with world.connected() as connector:
        await all_listings(connector)
        writes = [LevelWrite(str(each.id), "1", 9, None, "k") for each in world.shop.products]
        world.line.meanwhile = [world.shop.rotate_token]
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 2000 + ["unsent"]
        assert "does not accept the access token" in str(outcomes[-1].reason)
        world.shop.rotate_token(token)
        assert kinds(await connector.set_levels(writes[2000:])) == ["applied"]


async def test_a_token_that_may_only_read_is_told_at_the_first_write(world: World) -> None:
    world.stock(1)
    full = world.shop.scopes
    world.shop.scopes = (full - {"store_inventory"}) | {"store_inventory_read_only"}
    async with world.connected() as connector:
        await connector.check()
        with pytest.raises(NeedsReconnect, match="Store Inventory: modify") as refused:
            await connector.set_levels([world.write("S0", 9)])
        assert refused.value.missing_scopes == ("store_inventory",)
        assert world.shop.available("S0") == 5
        world.shop.scopes = full
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "applied"


async def test_a_write_is_never_repeated_by_itself(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.faults.switch_on(Fault("error_before", only="write"))
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "unknown"
    assert len(world.adjustments) == 1
    assert world.shop.available("S0") == 5


async def test_a_write_without_quota_is_not_done_and_may_be_sent_later(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.quota.drain()
        with pytest.raises(RateLimited) as limited:
            await connector.set_levels([world.write("S0", 9)])
        assert limited.value.retry_after == timedelta(seconds=30)
        assert world.shop.available("S0") == 5
        world.clock.time += limited.value.retry_after
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "applied"


async def test_an_unreachable_store_raises_unsent(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.line.break_off(httpx.ConnectError("no route"), when="before")
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 9)])
        assert not lost.value.sent
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "applied"
