"""Listings, in as few calls as the store takes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.errors import Unavailable
from connectors.services import Services
from sandbox.walmart import Fault
from tests.connectors.line import START, Resting
from tests.connectors.walmart.world import World, all_listings, kinds

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
        ("ACTIVE", "STAGE", "active"),
        ("ACTIVE", "SYSTEM_PROBLEM", "active"),
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


def _wfs_refused(world: World, status: int, code: str, description: str) -> None:
    """Let the list of what Walmart stores be refused from now on."""
    inner = world.line.inner

    async def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/v3/wfs/inventory"):
            return await inner.handle_async_request(request)
        row = {"code": code, "description": description}
        return httpx.Response(status, json={"errors": [row]})

    world.line.inner = httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "Resource does not exist"),
        (400, "INVALID_REQUEST.GMP_INVENTORY_API", "The seller is not enrolled in WFS."),
        (403, "FORBIDDEN.GMP_INVENTORY_API", "Not onboarded to Walmart Fulfillment Services"),
        (401, "UNAUTHORIZED.GMP_GATEWAY_API", "WFS: seller not eligible for the program"),
        (400, "INVALID_REQUEST.GMP_INVENTORY_API", "No."),
        (403, "FORBIDDEN.GMP_GATEWAY_API", ""),
    ],
)
async def test_an_account_that_walmart_stores_nothing_for(
    world: World, status: int, code: str, words: str
) -> None:
    world.stock(1)
    _wfs_refused(world, status, code, words)
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
    assert (listing.channel, listing.levels[0].available) == ("merchant", 5)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413])
async def test_r8_a_list_of_what_walmart_stores_that_is_refused_makes_nothing_ours(
    world: World, status: int
) -> None:
    world.shop.add_listing("W", 3, tracked=False)
    whole = world.line.inner
    async with world.connected() as connector:
        await all_listings(connector)
        _wfs_refused(world, status, "NOT_FOUND.GMP_INVENTORY_API", "Try again later.")
        with pytest.raises(Unavailable, match="does not tell which items it stores") as lost:
            await all_listings(connector)
        assert lost.value.said in ("Try again later.", None)
        world.line.inner = whole
        (listing,) = await all_listings(connector)
    assert listing.channel == "platform"


async def test_r8_half_a_list_of_what_walmart_stores_is_none(world: World) -> None:
    world.stock(1)
    for number in range(301):
        world.shop.add_listing(f"W{number}", 3, tracked=False)
    inner = world.line.inner

    async def fewer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        if not request.url.path.endswith("/v3/wfs/inventory"):
            return response
        body = json.loads(await response.aread())
        return httpx.Response(200, json={**body, "payload": {"inventory": []}})

    world.line.inner = httpx.MockTransport(fewer)
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="does not tell which items it stores"):
            await all_listings(connector)


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


@pytest.mark.parametrize("fault", ["lost_items_page", "empty_items_page"])
async def test_a_page_of_items_that_is_not_there_is_not_the_end(world: World, fault: Any) -> None:
    """What a whole pass does not meet counts as gone from the store."""
    world.stock(2500)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(fault, count=1))
        assert len(await all_listings(connector)) == 2500
        assert [each.query["nextCursor"] == "*" for each in world.calls_of(ITEMS)] == [
            *(True, False),
            *(True, False, False),
        ]
        world.shop.faults.switch_on(Fault(fault))
        with pytest.raises(Unavailable, match=r"list of items|fewer items"):
            await all_listings(connector)
        world.shop.faults.clear()
        assert len(await all_listings(connector)) == 2500


async def test_a_count_of_items_that_the_last_page_does_not_reach_is_told(world: World) -> None:
    world.stock(60)

    async def fewer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        if not request.url.path.endswith("/v3/items"):
            return response
        body = json.loads(await response.aread())
        return httpx.Response(200, json={**body, "ItemResponse": body["ItemResponse"][1:]})

    inner = world.line.inner
    world.line.inner = httpx.MockTransport(fewer)
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="fewer items"):
            await all_listings(connector)


async def test_an_account_without_items_may_say_so_as_not_found(world: World) -> None:
    async def none(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v3/items"):
            row = {"code": "CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "description": "Not found."}
            return httpx.Response(404, json={"errors": [row]})
        return await inner.handle_async_request(request)

    inner = world.line.inner
    world.line.inner = httpx.MockTransport(none)
    async with world.connected() as connector:
        assert await all_listings(connector) == []


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


async def test_a_pass_for_changes_of_a_large_account_finds_what_may_be_written_again(
    world: World,
) -> None:
    world.stock(5001)
    world.shop.retire("S1")
    world.shop.items["S2"].fulfilment = "WFSFulfilled"
    kept = Resting(["S1", "S2"])
    services = replace(Services.in_memory(world.keys), listings=kept)
    async with world.connected(services=services) as connector:
        assert len(await all_listings(connector)) == 5001
        assert [each.ref for each in await all_listings(connector, START)] == ["S1", "S2"]
    world.shop.items["S1"].lifecycle = "ACTIVE"
    world.shop.items["S2"].fulfilment = "SellerFulfilled"
    world.shop.retire("S3")
    async with world.connected(services=services) as connector:
        # Whoever asks first dies before they are kept.
        taken = await anext(connector.listings(START))
        assert [(each.ref, each.state, each.channel) for each in taken] == [
            ("S1", "active", "merchant"),
            ("S2", "active", "merchant"),
            ("S3", "archived", "merchant"),
        ]
        assert [level.available for each in taken for level in each.levels] == [5, 5]
        again = await all_listings(connector, START)
        assert [each.ref for each in again] == ["S1", "S2", "S3"]
        kept.refs = ["S3"]
        assert [each.ref for each in await all_listings(connector, START)] == ["S3"]


async def test_what_walmart_does_not_publish_for_a_while_stays_in_step(world: World) -> None:
    """Walmart takes its stock; it would come back with a number from before."""
    world.stock(1)
    async with world.connected() as connector:
        for published in ("SYSTEM_PROBLEM", "PUBLISHED"):
            world.shop.items["S0"].published = published
            (listing,) = await all_listings(connector)
            assert (listing.state, len(listing.levels)) == ("active", 1)
            assert kinds(await connector.set_levels([world.write("S0", 4)])) == ["applied"]
