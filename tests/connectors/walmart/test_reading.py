"""Listings and levels, in as few calls as the store takes."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.errors import Unavailable
from sandbox.walmart import Fault
from tests.connectors.line import START
from tests.connectors.walmart.world import World, all_listings

SWEEP = "GET /v3/inventories"
ITEMS = "GET /v3/items"


# Listings


async def test_a_whole_account_is_read_in_a_call_per_thousand_items_and_fifty_stocks(
    world: World,
) -> None:
    world.stock(2001)
    async with world.connected() as connector:
        pages = [page async for page in connector.listings()]
    assert [len(page) for page in pages] == [1000, 1000, 1]
    assert world.calls.count(ITEMS) == 3
    assert world.calls.count("GET /v3/wfs/inventory") == 1
    assert world.calls.count(SWEEP) == 41
    assert not [call for call in world.calls if call.startswith(f"{SWEEP}/")]
    listing = pages[0][7]
    assert (listing.ref, listing.sku, listing.title) == ("S7", "S7", "S7")
    assert (listing.state, listing.tracked, listing.channel) == ("active", True, "merchant")
    (level,) = listing.levels
    assert (level.available, level.location) == (5, world.shop.partner_id)


async def test_an_account_without_items(world: World) -> None:
    async with world.connected() as connector:
        assert await all_listings(connector) == []
        world.shop.add_listing("MUG", 1)
        assert [each.sku for each in await all_listings(connector)] == ["MUG"]


@pytest.mark.parametrize(
    ("lifecycle", "published", "state"),
    [
        ("ACTIVE", "PUBLISHED", "active"),
        ("ACTIVE", "UNPUBLISHED", "active"),
        ("ACTIVE", "IN_PROGRESS", "active"),
        ("ACTIVE", "STAGE", "inactive"),
        ("ACTIVE", "SYSTEM_PROBLEM", "inactive"),
        ("RETIRED", "PUBLISHED", "archived"),
        ("ARCHIVED", "UNPUBLISHED", "archived"),
    ],
)
async def test_what_still_takes_stock_is_active(
    world: World, lifecycle: str, published: str, state: str
) -> None:
    world.shop.add_listing("MUG", 4, published=published, lifecycle=lifecycle)  # type: ignore[arg-type]  # one of the states
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
    assert listing.state == state
    assert [level.available for level in listing.levels] == ([] if state == "archived" else [4])


async def test_what_walmart_stores_is_walmarts(world: World) -> None:
    world.stock(1)
    for number in range(301):
        world.shop.add_listing(f"W{number}", 3, tracked=False)
    async with world.connected() as connector:
        mine, *theirs = await all_listings(connector)
    assert mine.channel == "merchant"
    assert {(each.channel, each.levels) for each in theirs} == {("platform", ())}
    assert world.calls.count("GET /v3/wfs/inventory") == 2


@pytest.mark.parametrize("kind", ["invalid", "bad_request", "forbidden"])
async def test_an_account_that_walmart_stores_nothing_for(world: World, kind: str) -> None:
    world.stock(1)
    async with world.connected() as connector:
        # Items were read; the list of what Walmart stores is refused.
        await connector.check()
        world.line.meanwhile = [lambda: world.shop.faults.switch_on(Fault(kind, count=1))]  # type: ignore[arg-type]  # a kind
        (listing,) = await all_listings(connector)
    assert (listing.channel, listing.levels[0].available) == ("merchant", 5)


async def test_nothing_is_taken_for_ours_while_it_is_not_known(world: World) -> None:
    """Without the list of what Walmart stores, an item of Walmart's would be written to."""
    world.shop.add_listing("W", 3, tracked=False)
    async with world.connected() as connector:
        await connector.check()
        world.line.meanwhile = [
            lambda: world.shop.faults.switch_on(Fault("error_before", count=3, only="read"))
        ]
        with pytest.raises(Unavailable):
            await all_listings(connector)
        (listing,) = await all_listings(connector)
    assert listing.channel == "platform"


async def test_an_item_never_stocked_at_our_node_holds_nothing_there(world: World) -> None:
    dallas = world.shop.add_location("Dallas")
    world.shop.add_listing("MUG", 9, at=[dallas])
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
        (level,) = await connector.levels(["MUG"])
    assert [each.available for each in listing.levels] == [level.available] == [0]


async def test_a_dead_cursor_of_items_begins_anew(world: World) -> None:
    world.stock(1500)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("dead_items_cursor", count=1))
        found = await all_listings(connector)
    assert len(found) == len({each.ref for each in found}) == 1500
    cursors = [each.query["nextCursor"] for each in world.calls_of(ITEMS)]
    assert [cursor == "*" for cursor in cursors] == [True, False, True, False]


async def test_a_cursor_that_grew_too_old_begins_anew(world: World) -> None:
    world.stock(1500)
    async with world.connected() as connector:
        await connector.check()
        world.line.meanwhile = [lambda: world.pass_time(minutes=3)]
        assert len(await all_listings(connector)) == 1500
    assert len(world.calls_of(ITEMS)) == 4


async def test_a_page_of_items_that_got_lost_is_not_skipped(world: World) -> None:
    world.stock(2500)
    async with world.connected() as connector:
        await connector.check()
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        assert len(await all_listings(connector)) == 2500


async def test_a_cursor_of_stock_is_never_used_twice(world: World) -> None:
    world.stock(150)
    async with world.connected() as connector:
        await connector.check()
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=5)
        world.shop.faults.switch_on(Fault("dead_stock_cursor", count=1))
        found = await all_listings(connector)
    assert len([each for each in found if each.levels]) == 150
    cursors = [each.query.get("nextCursor") for each in world.calls_of(SWEEP)]
    used = [each for each in cursors if each is not None]
    assert len(set(used)) == len(used)
    assert cursors.count(None) == 3


async def test_an_account_whose_cursors_always_die_is_told(world: World) -> None:
    world.stock(100)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("dead_stock_cursor"))
        with pytest.raises(Unavailable, match="lost the place"):
            await all_listings(connector)
        world.shop.faults.clear()
        assert len(await all_listings(connector)) == 100


async def test_a_pass_for_changes_reads_a_small_account_wholly(world: World) -> None:
    world.stock(60)
    async with world.connected() as connector:
        found = await all_listings(connector, START)
    assert len([each for each in found if each.levels]) == 60


async def test_a_pass_for_changes_of_a_large_account_finds_what_may_not_be_written(
    world: World,
) -> None:
    world.stock(5001)
    world.shop.retire("S1")
    world.shop.items["S2"].fulfilment = "WFSFulfilled"
    async with world.connected() as connector:
        found = await all_listings(connector, START)
    assert [(each.ref, each.state, each.channel) for each in found] == [
        ("S1", "archived", "merchant"),
        ("S2", "active", "platform"),
    ]
    assert world.calls_of(SWEEP) == []
    assert world.calls.count(ITEMS) == 6


# Levels


async def test_a_few_are_read_one_by_one(world: World) -> None:
    world.stock(500)
    async with world.connected() as connector:
        levels = await connector.levels(["S3", "S0", "S3"])
    assert [each.ref for each in levels] == ["S3", "S0"]
    assert world.calls.count("GET /v3/inventories/S3") == 1
    assert world.calls_of(SWEEP) == []


async def test_levels_take_the_way_of_fewer_calls(world: World) -> None:
    world.stock(500)  # ten pages
    async with world.connected() as connector:
        far = [f"S{number}" for number in range(400, 408)]
        assert len(await connector.levels(far)) == 8
        assert (len(world.calls_of(SWEEP)), len(world.calls)) == (1, 11)  # token, nodes, 1, 8
        begun = len(world.calls)
        assert len(await connector.levels(far)) == 8
        assert len(world.calls) - begun == 8
        begun = len(world.calls)
        assert len(await connector.levels([f"S{number}" for number in range(500)])) == 500
        assert world.calls[begun:] == [SWEEP] * 10


async def test_reading_ends_where_everything_was_met(world: World) -> None:
    world.stock(500)
    async with world.connected() as connector:
        assert len(await connector.levels([f"S{number}" for number in range(20)])) == 20
    assert len(world.calls_of(SWEEP)) == 1
    assert world.calls[-1] == SWEEP


async def test_what_walmart_does_not_know_is_left_out(world: World) -> None:
    world.stock(60)
    world.shop.add_listing("W", 3, tracked=False)
    async with world.connected() as connector:
        levels = await connector.levels(["S1", "GONE", "", "W"])
        many = await connector.levels([*(f"S{number}" for number in range(60)), "GONE"])
    assert [each.ref for each in levels] == ["S1"]
    assert len(many) == 60


async def test_reserved_units_are_told_beside_what_can_be_bought(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        (level,) = await connector.levels(["S0"])
    assert (level.available, level.reserved) == (3, 2)
    assert level.as_of == START


@pytest.mark.parametrize(
    "sku", ["A/B", "A B", "A&B=C", "50% off?", "#1+1", "a|b|c", "Größe", "X" * 50, "a;b,c"]
)
async def test_a_sku_may_hold_anything(world: World, sku: str) -> None:
    world.shop.add_listing(sku, 5)
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
        (level,) = await connector.levels([listing.ref])
        (outcome,) = await connector.set_levels([world.write(listing.ref, 2)])
        world.shop.add_location("Dallas")
    async with world.connected() as connector:
        (named,) = await connector.set_levels([world.write(listing.ref, 1)])
    assert (listing.sku, level.available) == (sku, 5)
    assert (outcome.kind, named.kind, world.shop.available(sku)) == ("applied", "applied", 1)


async def test_a_sku_that_leads_elsewhere_is_not_taken_for_empty(world: World) -> None:
    world.shop.add_listing("..", 5)
    async with world.connected() as connector:
        assert await connector.levels([".."]) == []
        (outcome,) = await connector.set_levels([world.write("..", 1)])
    assert (outcome.kind, world.shop.available("..")) == ("rejected", 5)


async def test_a_number_that_walmart_cannot_tell_is_left_out(world: World) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/token"):
            token = {"access_token": "t", "token_type": "Bearer", "expires_in": 900}
            return httpx.Response(200, json=token)
        if path.endswith("/shipnodes"):
            node = {"shipNode": "1", "nodeType": "VIRTUAL", "status": "ACTIVE"}
            return httpx.Response(200, json=[node])
        failed = {"shipNode": "1", "errors": [{"code": "SYSTEM_ERROR"}]}
        return httpx.Response(200, json={"sku": "A", "nodes": [failed]})

    world.line.inner = httpx.MockTransport(answer)
    async with world.connected() as connector:
        assert await connector.levels(["A"]) == []


async def test_the_calls_of_a_large_account_are_paced(world: World) -> None:
    """Two hundred pages are a full bucket: what is beyond waits for tokens, one by one."""
    world.stock(10_250)
    async with world.connected() as connector:
        levels = await connector.levels(list(world.shop.items))
    assert len(levels) == 10_250
    assert 0 < sum(world.clock.slept) < 10
    assert len(world.calls_of(SWEEP)) == 205
    assert {each.status for each in world.calls_of(SWEEP)} == {200}
    assert connector.traits.reading_age >= timedelta(seconds=10)
