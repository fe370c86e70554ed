"""Writing numbers one by one: what is sent, what never is, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.amazon.writes import SINGLES
from connectors.errors import NeedsReconnect, Unavailable
from connectors.protocol import LevelWrite
from connectors.services import Services
from sandbox.amazon import Fault, generate
from sandbox.amazon.catalogue import AWKWARD_SKUS
from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, MX, US
from tests.connectors.amazon.world import World, all_listings, handles, kinds


async def test_a_patch_sets_the_quantity_alone(world: World) -> None:
    item = world.shop.add_listing("MUG", 5, product_type="DRINKING_CUP")
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("MUG", 9)])
        assert outcome.kind == "accepted"  # taken is not shown yet
        assert world.shop.available("MUG") == 5
        assert kinds(await connector.settle(handles([outcome]))) == ["accepted"]
        world.pass_time(minutes=2)
        assert kinds(await connector.settle(handles([outcome]))) == ["applied"]
    (sent,) = world.calls_of("patchListingsItem")
    value = {"fulfillment_channel_code": "DEFAULT", "quantity": 9}
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}
    assert sent.body == {"productType": "DRINKING_CUP", "patches": [patch]}
    assert sent.query == {"marketplaceIds": US}
    assert (item.channels, item.lead_time) == ({OURS: 9}, 3)


async def test_awkward_skus_are_written_as_they_are(world: World) -> None:
    generate(world.shop, 20)
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write(sku, 4) for sku in AWKWARD_SKUS])
        assert set(kinds(sent)) == {"accepted"}
        world.pass_time(minutes=2)
        assert set(kinds(await connector.settle(handles(sent)))) == {"applied"}
    assert {world.shop.available(sku) for sku in AWKWARD_SKUS} == {4}
    assert any(
        each.path.endswith("/CUP%2FSAUCER%2F2") for each in world.calls_of("patchListingsItem")
    )


async def test_a_sku_that_no_address_can_hold_goes_by_feed(world: World) -> None:
    world.shop.add_listing("..", 5)
    async with world.connected() as connector:
        (sent,) = await connector.set_levels([world.write("..", 2)])
        assert world.calls_of("patchListingsItem") == []
        world.pass_time(minutes=11)
        assert kinds(await connector.settle(handles([sent]))) == ["applied"]
    assert world.shop.available("..") == 2


async def test_a_sku_whose_address_leads_nowhere_goes_by_feed(world: World) -> None:
    world.stock(2)

    def lose_address(request: httpx.Request) -> httpx.Request:
        if request.method == "PATCH" and request.url.path.endswith("/S0"):
            return httpx.Request(
                "PATCH", str(request.url).replace("/S0", "/none"), headers=request.headers
            )
        return request

    inner = world.line.inner

    class Detour(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if lose_address(request) is not request:
                errors = {"errors": [{"code": "NOT_FOUND", "message": "SKU 'S%20' not found"}]}
                return httpx.Response(404, json=errors)
            return await inner.handle_async_request(request)

    world.line.inner = Detour()
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
        assert kinds(sent) == ["accepted", "accepted"]
        world.pass_time(minutes=11)
        assert kinds(await connector.settle(handles(sent))) == ["applied", "applied"]
    assert (world.shop.available("S0"), world.shop.available("S1")) == (1, 1)


# R8: whose channel it is


async def test_r8_nothing_is_ever_written_to_a_channel_of_amazons(world: World) -> None:
    world.stock(1)
    world.shop.add_listing("SENT-BY-AMAZON", channels=(AMAZONS,))
    writes = [world.write("SENT-BY-AMAZON", 3), world.write("S0", 3)]
    async with world.connected() as connector:
        refused, sent = await connector.set_levels(writes)
        assert (refused.kind, refused.code) == ("rejected", "CHANNEL")
        assert sent.kind == "accepted"
    assert len(world.calls_of("patchListingsItem")) == 1
    assert world.shop.violations == []


async def test_r8_a_sku_on_both_channels_keeps_its_two_numbers_apart(world: World) -> None:
    world.shop.add_listing("BOTH", 4, channels=(OURS, AMAZONS))
    world.shop.add_fba("BOTH", 90, US)
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("BOTH", 2)])
        world.pass_time(minutes=2)
        assert kinds(await connector.settle(handles(sent))) == ["applied"]
        levels = [each async for page in connector.fba_levels([US]) for each in page]
    assert world.shop.available("BOTH") == 2
    assert [each.fulfillable for each in levels] == [90]
    assert world.shop.violations == []


async def test_r8_a_sku_that_was_converted_is_seen_within_the_hour(world: World) -> None:
    """A report of some hours ago called it the seller's own."""
    world.stock(1)
    async with world.connected() as connector:
        await all_listings(connector)
        world.shop.convert("S0", AMAZONS)
        (refused,) = await connector.set_levels([world.write("S0", 3)])
        assert refused.code == "CHANNEL"
        world.shop.convert("S0", OURS)
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["rejected"]
        world.pass_time(minutes=61)  # what was read then is too old to go by
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["accepted"]
    assert world.shop.violations == []


async def test_r8_what_was_just_read_is_not_read_again(world: World) -> None:
    skus = world.stock(30)
    async with world.connected() as connector:
        await connector.levels(skus)
        before = len(world.calls_of("searchListingsItems"))
        await connector.set_levels([world.write(sku, 2) for sku in skus])
        assert len(world.calls_of("searchListingsItems")) == before


# What is refused


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (LevelWrite("GONE", None, 1, 5, "k"), "UNKNOWN_ITEM"),
        (LevelWrite("S0", "somewhere", 1, 5, "k"), "OTHER_LOCATION"),
        (LevelWrite("S0", None, -1, 5, "k"), "QUANTITY_TOO_LOW"),
        (LevelWrite("S0", None, 10**9, 5, "k"), "QUANTITY_TOO_HIGH"),
    ],
)
async def test_what_cannot_be_written_is_refused_and_the_rest_goes_on(
    world: World, write: LevelWrite, code: str
) -> None:
    world.stock(2)
    async with world.connected() as connector:
        refused, sent = await connector.set_levels([write, world.write("S1", 1)])
    assert (refused.kind, refused.code, sent.kind) == ("rejected", code, "accepted")
    assert refused.reason


async def test_an_invalid_number_comes_as_a_success_and_is_told_in_amazons_words(
    world: World,
) -> None:
    world.stock(2)
    world.shop.faults.switch_on(Fault("invalid_number", count=1))
    async with world.connected() as connector:
        refused, sent = await connector.set_levels([world.write("S0", 1), world.write("S1", 2)])
        assert (refused.kind, refused.code) == ("rejected", "90000900")
        assert refused.reason == "The attributes are invalid."
        assert sent.kind == "accepted"
        assert kinds(await connector.set_levels([world.write("S0", 1)])) == ["accepted"]


async def test_an_issue_that_comes_later_is_told(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("issue_later", count=1))
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("S0", 1)])
        assert kinds(await connector.settle(handles(sent))) == ["accepted"]
        world.pass_time(minutes=2)
        (refused,) = await connector.settle(handles(sent))
        assert (refused.kind, refused.code) == ("rejected", "90057")
        assert refused.reason == "The offer is not eligible."


async def test_a_patch_that_is_swallowed_is_handed_to_the_reading_back(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("not_applied", count=1))
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("S0", 1)])
        world.pass_time(minutes=10)
        assert kinds(await connector.settle(handles(sent))) == ["accepted"]
        world.pass_time(minutes=6)
        assert kinds(await connector.settle(handles(sent))) == ["applied"]
        (level,) = await connector.levels(["S0"])
        assert level.available == 5


async def test_an_earlier_patch_is_over_when_a_later_one_is_seen(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("S0", 4)])
        world.pass_time(seconds=5)
        sent += await connector.set_levels([world.write("S0", 1)])
        world.pass_time(seconds=57)  # the first one is seen, the second one not yet
        assert kinds(await connector.settle(handles(sent))) == ["applied", "accepted"]
        world.pass_time(seconds=10)
        assert kinds(await connector.settle(handles(sent))) == ["applied", "applied"]


async def test_a_listing_that_is_deleted_meanwhile_is_told(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        sent = await connector.set_levels([world.write("S0", 1)])
        world.shop.delete("S0")
        (gone,) = await connector.settle(handles(sent))
    assert (gone.kind, gone.code) == ("rejected", "UNKNOWN_ITEM")


async def test_nothing_is_sent_where_the_account_is_suspended(world: World) -> None:
    world.stock(1)
    world.shop.add_listing("CANADA", 3, marketplaces=(CA,))
    for marketplace in (US, MX):
        world.shop.sites[marketplace].suspended = True
    services = Services.in_memory(world.keys)
    writes = [world.write("S0", 1), world.write("CANADA", 1)]
    async with world.connected(services=services) as connector:
        await connector.check()
    async with world.connected(services=services) as connector:
        # S0 is listed in Canada, too, where its number counts as well.
        assert kinds(await connector.set_levels(writes)) == ["accepted", "accepted"]
        assert world.calls_of("patchListingsItem")[0].query == {"marketplaceIds": CA}
    world.shop.sites[CA].suspended = True
    async with world.connected(services=services) as connector:
        await all_listings(connector, world.clock.time)
        refused = await connector.set_levels(writes)
        assert [each.code for each in refused] == ["SUSPENDED", "SUSPENDED"]
        assert "US, CA, MX" in (refused[0].reason or "")
    world.shop.sites[CA].suspended = world.shop.sites[US].suspended = False
    world.pass_time(minutes=15)
    async with world.connected(services=services) as connector:
        await all_listings(connector, world.clock.time)
        assert kinds(await connector.set_levels(writes)) == ["accepted", "accepted"]


# Trouble


async def test_a_patch_without_an_answer_is_unknown_and_the_rest_goes_on(world: World) -> None:
    world.stock(3)
    async with world.connected() as connector:
        await connector.levels(["S0", "S1", "S2"])
        world.shop.faults.switch_on(Fault("lost", count=1, only="write"))
        outcomes = await connector.set_levels([world.write(f"S{n}", 1) for n in range(3)])
    assert sorted(kinds(outcomes)) == ["accepted", "accepted", "unknown"]
    assert not any(each.direct for each in outcomes)


async def test_a_store_that_cannot_be_reached_took_nothing(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        await connector.levels(["S0", "S1"])
        for _ in range(2):
            world.line.break_off(httpx.ConnectError("no route"), when="before")
        with pytest.raises(Unavailable):
            await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
        world.line.refuse.clear()
        sent = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
    assert kinds(sent) == ["accepted", "accepted"]


async def test_a_role_that_is_taken_away_stops_the_list(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        await connector.levels(["S0", "S1"])
        world.shop.faults.switch_on(Fault("no_role", only="write"))
        with pytest.raises(NeedsReconnect):
            await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 1)])) == ["accepted"]


@pytest.mark.parametrize(
    ("kind", "code"), [("invalid_input", "InvalidInput"), ("too_large", "RequestTooLarge")]
)
async def test_a_refused_patch_is_told_by_itself(world: World, kind: Any, code: str) -> None:
    world.stock(2)
    async with world.connected() as connector:
        await connector.levels(["S0", "S1"])
        world.shop.faults.switch_on(Fault(kind, count=1, only="write"))
        outcomes = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
    assert sorted(kinds(outcomes)) == ["accepted", "rejected"]
    assert code in {each.code for each in outcomes}


async def test_patches_keep_to_five_a_second(world: World) -> None:
    skus = world.stock(40)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.clock.slept.clear()
        begun = world.clock.time
        sent = await connector.set_levels([world.write(sku, 1) for sku in skus])
    assert set(kinds(sent)) == {"accepted"}
    assert timedelta(seconds=6) < world.clock.time - begun < timedelta(seconds=12)
    assert {each.status for each in world.calls_of("patchListingsItem")} == {200}


async def test_drops_go_before_what_can_wait(world: World) -> None:
    world.stock(3)
    writes = [
        world.write("S0", 9, expected=5),
        world.write("S1", 2, expected=5),
        world.write("S2", 0, expected=5),
    ]
    async with world.connected() as connector:
        await connector.levels(["S0", "S1", "S2"])
        await connector.set_levels(writes)
    order = [each.path[-2:] for each in world.calls_of("patchListingsItem")]
    assert order == ["S2", "S1", "S0"]


async def test_of_several_numbers_for_one_item_the_last_is_sent(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        first, last = await connector.set_levels([world.write("S0", 9), world.write("S0", 2)])
        assert (first.kind, last.kind) == ("unsent", "accepted")
    assert [
        each.body["patches"][0]["value"][0]["quantity"]
        for each in world.calls_of("patchListingsItem")
    ] == [2]


async def test_a_list_of_singles_ends_within_the_minute_it_may_take(world: World) -> None:
    skus = world.stock(SINGLES)
    async with world.connected() as connector:
        await connector.levels(skus)
        begun = world.clock.time
        sent = await connector.set_levels([world.write(sku, 1) for sku in skus])
    assert set(kinds(sent)) == {"accepted"}
    assert world.clock.time - begun < timedelta(seconds=60)
    assert world.calls_of("createFeed") == []
