"""Writing numbers: each listing in its own way, and what becomes of every one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import LevelWrite, WriteOutcome
from sandbox.ebay import Fault
from tests.connectors.ebay.world import World

BULK = "POST /sell/inventory/v1/bulk_update_price_quantity"
REVISE = "ReviseInventoryStatus"


def kinds(outcomes: list[WriteOutcome]) -> list[str]:
    return [each.kind for each in outcomes]


def writes_sent(world: World) -> list[str]:
    return [name for name in world.calls if name in (BULK, REVISE)]


def entries(world: World) -> list[list[tuple[str, str, int]]]:
    """The entries (ItemID, SKU, Quantity) of every call of the Trading API that wrote."""
    return [each.entries for each in world.line.exchanges if each.name == REVISE]


async def test_each_model_is_written_in_its_own_batches(world: World) -> None:
    world.stock(9)
    new = [f"N{number}" for number in range(30)]
    for sku in new:
        world.shop.add_listing(sku, 5, model="inventory")
    old = [f"S{number}" for number in range(9)]
    skus = [sku for pair in zip(new, old, strict=False) for sku in pair] + new[9:]
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [world.write(sku, place + 1) for place, sku in enumerate(skus)]
        )
    assert kinds(outcomes) == ["applied"] * len(skus)
    assert [world.shop.available(sku) for sku in skus] == [*range(1, len(skus) + 1)]
    assert Counter(writes_sent(world)) == {BULK: 2, REVISE: 3}
    assert [len(each) for each in entries(world)] == [4, 4, 1]


async def test_after_a_reading_nothing_is_asked_again(world: World) -> None:
    world.stock(4)
    world.shop.add_listing("NEW", 5, model="inventory")
    writes = [world.write(sku, 2) for sku in ("NEW", "S0", "S1", "S2", "S3")]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        before = len(world.calls)
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 5
        assert world.calls[before:] == [BULK, REVISE]
        assert await connector.set_levels([]) == []
        assert len(world.calls) == before + 2


async def test_stock_and_offer_both_get_the_number(world: World) -> None:
    world.stock(1, 5, model="inventory")
    world.shop.variation("S0").quantity = 3
    async with world.connected() as connector:
        await connector.set_levels([world.write("S0", 9)])
    (sent,) = [each.body for each in world.line.exchanges if each.name == BULK]
    offer = world.shop.variation("S0").offer_id
    assert sent == {
        "requests": [
            {
                "sku": "S0",
                "shipToLocationAvailability": {"quantity": 9},
                "offers": [{"offerId": offer, "availableQuantity": 9}],
            }
        ]
    }
    assert world.shop.available("S0") == 9


async def test_one_sku_in_both_models_is_two_listings_with_a_way_each(world: World) -> None:
    new = world.shop.add_listing("TWIN", 5, model="inventory")
    old = world.shop.add_listing("TWIN", 4)
    world.shop.add_item("STORED", 9)  # in the Inventory API, but on sale elsewhere only
    other = world.shop.add_listing("STORED", 3)
    refs = [f"{each.listing.id}:{each.sku}" for each in (new, old, other)]
    async with world.connected() as connector:
        assert [each.available for each in await connector.levels(refs)] == [5, 4, 3]
        writes = [LevelWrite(ref, None, place + 6, None, "k") for place, ref in enumerate(refs)]
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 3
    assert [each.available for each in (new, old, other)] == [6, 7, 8]
    assert entries(world) == [[(old.listing.id, "", 7), (other.listing.id, "", 8)]]
    assert world.shop.items["STORED"].quantity == 9


async def test_variations_are_named_by_their_sku_and_others_by_their_number(world: World) -> None:
    page = world.shop.add_parent("Scarf")
    for variant in ("A/B", "with space", "R&D <1>"):
        world.shop.add_listing(variant, 6, variant=variant, listing=page)
    bare = world.shop.add_listing(None, 5).listing.id
    one = world.shop.add_listing("ONE", 5).listing.id
    writes = [world.write(each.sku, 3) for each in page.variations]
    writes += [LevelWrite(bare, None, 4, None, "k"), world.write("ONE", 7)]
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 5
    sent = [entry for call in entries(world) for entry in call]
    assert sent == [
        (page.id, "A/B", 3),
        (page.id, "with space", 3),
        (page.id, "R&D <1>", 3),
        (bare, "", 4),
        (one, "", 7),
    ]
    assert [each.available for each in page.variations] == [3, 3, 3]


@pytest.mark.parametrize("model", ["trading", "inventory"])
async def test_r4_one_listing_twice_goes_in_two_calls_in_order(world: World, model: Any) -> None:
    world.stock(2, model=model)
    writes = [world.write("S0", 9), world.write("S1", 8), world.write("S0", 7)]
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(writes)) == ["applied"] * 3
    assert (world.shop.available("S0"), world.shop.available("S1")) == (7, 8)
    assert len(writes_sent(world)) == 2


async def test_what_ebay_would_refuse_is_never_sent(world: World) -> None:
    world.stock(1)
    page = world.shop.add_parent("Scarf")
    world.shop.add_listing(None, 7, variant="Blue", listing=page)
    world.shop.add_listing("BID", 1, tracked=False)
    ended = world.write("S0", 1)
    world.shop.archive("S0")
    world.shop.add_listing("OK", 5)
    good = world.write("OK", 6)
    bad = [
        (ended, "UNKNOWN_ITEM"),
        (replace(good, ref="nonsense"), "UNKNOWN_ITEM"),
        (replace(good, ref="1234567:OK"), "UNKNOWN_ITEM"),
        (replace(good, ref=f"{page.id}?Choice=Blue"), "NO_SKU"),
        (world.write("BID", 2), "NOT_FIXED_PRICE"),
        (replace(good, location="1"), "OTHER_LOCATION"),
        (replace(good, value=-1), "QUANTITY_TOO_LOW"),
        (replace(good, value=2**31), "QUANTITY_TOO_HIGH"),
    ]
    async with world.connected() as connector:
        outcomes = await connector.set_levels([*(write for write, _ in bad), good])
    assert [(each.kind, each.code) for each in outcomes[:-1]] == [
        ("rejected", code) for _, code in bad
    ]
    assert all(each.reason for each in outcomes[:-1])
    assert outcomes[-1].kind == "applied"
    assert entries(world) == [[(world.ref("OK").partition(":")[0], "", 6)]]


# Zero


async def test_r9_zero_without_out_of_stock_control_is_refused_in_plain_words(
    world: World,
) -> None:
    world.shop.out_of_stock_control = False
    world.stock(2)
    world.shop.add_listing("NEW", 5, model="inventory")
    zeros = [world.write(sku, 0) for sku in ("S0", "NEW")]
    async with world.connected() as connector:
        old, new, other = await connector.set_levels([*zeros, world.write("S1", 4)])
        assert (old.kind, old.code) == ("rejected", "OUT_OF_STOCK_CONTROL")
        assert "Switch on the out-of-stock option" in (old.reason or "")
        # The Inventory API hides such a listing by itself.
        assert (new.kind, other.kind) == ("applied", "applied")
        assert world.shop.available("S0") == 5
    world.shop.out_of_stock_control = True
    async with world.connected() as connector:
        assert kinds(await connector.set_levels(zeros)) == ["applied"] * 2
        assert world.shop.available("S0") == 0
        assert world.shop.variation("S0").listing.status == "Active"


async def test_the_preference_is_asked_for_only_where_something_is_emptied(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        await connector.set_levels([world.write("S0", 1)])
        assert "GetUserPreferences" not in world.calls
        for _ in range(2):
            await connector.set_levels([world.write("S1", 0)])
    assert world.calls.count("GetUserPreferences") == 1


# Refusals


@pytest.mark.parametrize("model", ["trading", "inventory"])
async def test_r6_one_that_is_refused_holds_up_no_other(world: World, model: Any) -> None:
    world.stock(8, model=model)
    writes = [world.write(f"S{number}", 9) for number in range(8)]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        world.shop.archive("S2")
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied"] * 2 + ["rejected"] + ["applied"] * 5
        assert "ended" in (outcomes[2].reason or "")
        assert outcomes[2].code
        # It is looked at once more before it is sent again.
        again = await connector.set_levels([writes[2]])
        assert [each.code for each in again] == ["UNKNOWN_ITEM"]


async def test_the_words_of_each_refusal_stand_at_its_own(world: World) -> None:
    world.stock(4)
    page = world.shop.add_parent("Scarf")
    for sku in ("RED", "BLUE"):
        world.shop.add_listing(sku, 6, variant=sku, listing=page)
    writes = [world.write(sku, 9) for sku in ("S0", "RED", "BLUE", "S1")]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        world.shop.archive("S0")
        world.shop.rename_sku("BLUE", "NAVY")
        ended, red, blue, fine = await connector.set_levels(writes)
    assert (ended.kind, ended.code) == ("rejected", "21916750")
    assert (blue.kind, blue.code) == ("rejected", "21916799")
    assert (red.kind, fine.kind) == ("applied", "applied")
    assert len(entries(world)) == 1


async def test_two_variations_of_one_listing_have_each_its_own_words(world: World) -> None:
    page = world.shop.add_parent("Scarf")
    for sku in ("RED", "BLUE"):
        world.shop.add_listing(sku, 6, variant=sku, listing=page)
    world.stock(1)
    async with world.connected() as connector:
        await connector.set_levels([world.write("BLUE", 0)])
        writes = [world.write("BLUE", 9), world.write("RED", 0), world.write("S0", 9)]
        await connector.levels([each.ref for each in writes])
        world.shop.out_of_stock_control = False  # switched off right after it was asked for
        world.shop.rename_sku("BLUE", "NAVY")
        blue, red, fine = await connector.set_levels(writes)
    assert [(each.kind, each.code) for each in (blue, red, fine)] == [
        ("rejected", "21916799"),
        ("rejected", "515"),
        ("applied", None),
    ]
    assert "greater than 0" in (red.reason or "")


@pytest.mark.parametrize("model", ["trading", "inventory"])
async def test_a_call_refused_whole_is_narrowed_down(world: World, model: Any) -> None:
    world.stock(3, model=model)
    writes = [world.write(f"S{number}", 9) for number in range(3)]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        for sku in ("S0", "S2"):
            world.shop.archive(sku)
        (alone,) = await connector.set_levels(writes[:1])
        assert (alone.kind, bool(alone.reason)) == ("rejected", True)
        both = await connector.set_levels([writes[0], writes[2]])
        assert kinds(both) == ["rejected"] * 2
        assert kinds(await connector.set_levels(writes[1:2])) == ["applied"]


async def test_one_sku_a_call_is_enough_where_ebay_takes_no_more(world: World) -> None:
    world.shop.one_sku_a_write = True
    world.stock(5, model="inventory")
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write(f"S{n}", 9) for n in range(5)])
    assert kinds(outcomes) == ["applied"] * 5
    assert {world.shop.available(f"S{n}") for n in range(5)} == {9}


async def test_units_that_an_auction_holds_are_told_in_ebays_words(world: World) -> None:
    world.stock(2, model="inventory")
    world.shop.items["S0"].auction_allocation = 3
    async with world.connected() as connector:
        held, fine = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
    assert (held.kind, held.code, fine.kind) == ("rejected", "25759", "applied")
    assert "auction allocation" in (held.reason or "")


async def test_a_listing_that_moved_to_the_other_model_is_written_there_next_time(
    world: World,
) -> None:
    world.shop.add_listing("MOVED", 5)
    write = world.write("MOVED", 8)
    async with world.connected() as connector:
        await connector.levels([write.ref])
        listing = world.shop.variation("MOVED").listing
        moved = world.shop.add_listing("MOVED", 5, model="inventory")
        moved.listing.id, listing.id = listing.id, "110"
        world.shop.listings.remove(listing)
        (refused,) = await connector.set_levels([write])
        assert (refused.kind, refused.code) == ("rejected", "21919474")
        assert kinds(await connector.set_levels([write])) == ["applied"]
    assert world.shop.available("MOVED") == 8


async def test_a_warning_is_a_success(world: World) -> None:
    world.stock(2)
    world.shop.add_listing("NEW", 5, model="inventory")
    world.shop.faults.switch_on(Fault("warning"))
    async with world.connected() as connector:
        # 5 is what stands there already, of which eBay warns.
        outcomes = await connector.set_levels(
            [world.write("S0", 5), world.write("S1", 6), world.write("NEW", 6)]
        )
    assert kinds(outcomes) == ["applied"] * 3


# Answers that are none


@pytest.mark.parametrize("model", ["trading", "inventory"])
@pytest.mark.parametrize(
    "kind", ["error_before", "error_after", "lost", "html", "cut_off", "missing_fields"]
)
async def test_without_a_usable_answer_a_write_is_unknown(
    world: World, model: Any, kind: Any
) -> None:
    world.stock(1, model=model)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.faults.switch_on(Fault(kind, count=1, only="write"))
        (outcome,) = await connector.set_levels([world.write("S0", 3)])
        assert outcome.kind == "unknown"
        assert len(writes_sent(world)) == 1  # a write is never repeated by itself
        assert kinds(await connector.set_levels([world.write("S0", 2)])) == ["applied"]
    assert world.shop.available("S0") == 2


async def test_after_an_unclear_call_no_other_is_made(world: World) -> None:
    world.stock(10)
    writes = [world.write(f"S{n}", 3) for n in range(10)]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        outcomes = await connector.set_levels(writes)
    assert kinds(outcomes) == ["applied"] * 4 + ["unknown"] * 4 + ["unsent"] * 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("dead_token"), NeedsReconnect),
        (Fault("too_many_requests"), RateLimited),
        (Fault("seller_limit"), RateLimited),
    ],
)
async def test_where_nothing_was_applied_the_error_is_raised(
    world: World, fault: Any, error: type[StoreError]
) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        fault.only = "write"
        world.shop.faults.switch_on(fault)
        with pytest.raises(error):
            await connector.set_levels([world.write("S0", 3)])
        assert world.shop.available("S0") == 5
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["applied"]


async def test_an_account_on_hold_is_not_written_to(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.shop.status = "ACCOUNTONHOLD"
        with pytest.raises(Refused, match="suspended"):
            await connector.set_levels([world.write("S0", 3)])
        world.shop.status = "CONFIRMED"
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["applied"]


async def test_a_write_without_a_new_token_was_certainly_not_sent(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.pass_time(hours=3)
        world.shop.faults.switch_on(Fault("error_before", only="token"))
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 3)])
        assert not lost.value.sent
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["applied"]


async def test_narrowing_down_ends_in_time(world: World) -> None:
    world.stock(16)
    writes = [world.write(f"S{n}", 3) for n in range(16)]
    async with world.connected() as connector:
        await connector.levels([each.ref for each in writes])
        world.shop.faults.switch_on(Fault("slow", seconds=25, only="write"))
        outcomes = await connector.set_levels(writes)
    assert kinds(outcomes) == ["applied"] * 12 + ["unsent"] * 4
