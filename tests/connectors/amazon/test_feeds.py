"""Many numbers at once: feeds, what became of each message, and what overtakes what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.amazon.writes import SINGLES
from connectors.errors import StoreError, Unavailable
from connectors.services import Services
from sandbox.amazon import Fault
from sandbox.amazon.sites import CA, US
from tests.connectors.amazon.world import World, handles, kinds

MANY = SINGLES + 10


async def sent_by_feed(world: World, connector: Any, value: int = 9) -> list[str]:
    """Lift every item that there is, by one feed; its handles."""
    skus = list(world.shop.items)
    await connector.levels(skus)
    sent = await connector.set_levels(world.raises(skus, value))
    assert set(kinds(sent)) == {"accepted"}
    return handles(sent)


async def test_many_numbers_take_three_calls_and_three_to_know(world: World) -> None:
    world.stock(MANY)
    async with world.connected() as connector:
        skus = list(world.shop.items)
        await connector.levels(skus)
        world.line.exchanges.clear()
        sent = await connector.set_levels(world.raises(skus, 9))
        assert world.calls == ["createFeedDocument", "upload", "createFeed"]
        world.pass_time(minutes=11)
        world.line.exchanges.clear()
        assert set(kinds(await connector.settle(handles(sent)))) == {"applied"}
        assert world.calls == ["getFeed", "getFeedDocument", "download"]
    assert {world.shop.available(sku) for sku in skus} == {9}


async def test_a_feed_says_what_its_schema_wants(world: World) -> None:
    world.stock(MANY)
    async with world.connected() as connector:
        await sent_by_feed(world, connector)
    (made,), (put,), (sent,) = (
        world.calls_of(name) for name in ("createFeedDocument", "upload", "createFeed")
    )
    assert made.body == {"contentType": put.headers["content-type"]}
    assert sent.body["marketplaceIds"] == [US]
    assert put.body["header"] == {
        "sellerId": world.shop.seller_id,
        "version": "2.0",
        "issueLocale": "en_US",
    }
    message = put.body["messages"][0]
    assert message["messageId"] == 1
    assert message["operationType"] == "PATCH"
    assert message["patches"][0]["op"] == "merge"
    assert len({each["messageId"] for each in put.body["messages"]}) == MANY


async def test_a_running_feed_is_waited_for(world: World) -> None:
    world.stock(MANY)
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        for minutes in (0, 5):
            world.pass_time(minutes=minutes)
            again = await connector.settle(sent)
            assert set(kinds(again)) == {"accepted"}
            assert handles(again) == sent
        world.pass_time(minutes=6)
        assert set(kinds(await connector.settle(sent))) == {"applied"}


async def test_failed_messages_are_told_one_by_one(world: World) -> None:
    world.stock(MANY)
    world.shop.faults.switch_on(Fault("feed_items_fail", count=1))
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.shop.delete("S4")
        world.pass_time(minutes=11)
        found = await connector.settle(sent)
    assert kinds(found)[:6] == [
        "applied",
        "rejected",
        "applied",
        "rejected",
        "rejected",
        "rejected",
    ]
    assert (found[1].code, found[1].reason) == ("90057", "The listing could not be updated.")
    assert (found[4].code, "does not exist" in (found[4].reason or "")) == ("13013", True)


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("feed_fatal", "rejected"),
        ("feed_broken", "unknown"),
        ("feed_cancelled", "unsent"),
        ("feed_unreadable", "rejected"),
    ],
)
async def test_a_feed_that_ends_badly_is_never_taken_for_done(
    world: World, kind: Any, becomes: str
) -> None:
    world.stock(MANY)
    world.shop.faults.switch_on(Fault(kind, count=1))
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.pass_time(minutes=11)
        assert set(kinds(await connector.settle(sent))) == {becomes}
        assert world.shop.available("S0") == 5
        again = await sent_by_feed(world, connector)
        world.pass_time(minutes=11)
        assert set(kinds(await connector.settle(again))) == {"applied"}


async def test_a_feed_stuck_for_an_hour_and_a_half_is_given_up(world: World) -> None:
    world.stock(MANY)
    world.shop.faults.switch_on(Fault("feed_hangs", count=1))
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.pass_time(minutes=85)
        assert set(kinds(await connector.settle(sent))) == {"accepted"}
        world.pass_time(minutes=6)
        (given_up, *_) = await connector.settle(sent)
        assert given_up.kind == "unknown"
        assert "90 minutes" in (given_up.reason or "")


async def test_a_feed_that_never_began_is_taken_back(world: World) -> None:
    world.stock(MANY)
    world.shop.faults.switch_on(Fault("feed_waits", count=1))
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.pass_time(minutes=91)
        assert set(kinds(await connector.settle(sent))) == {"unsent"}
    assert world.calls.count("cancelFeed") == 1
    world.pass_time(days=1)
    world.shop.apply_due()
    assert world.shop.available("S0") == 5  # it never lands


async def test_a_feed_that_nobody_knows_any_more_is_unknown(world: World) -> None:
    world.stock(MANY)
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.shop.feeds.sent.clear()
        assert set(kinds(await connector.settle(sent))) == {"unknown"}
        assert kinds(await connector.settle(["nonsense", "patch|x|y|z"])) == ["unknown", "unknown"]


@pytest.mark.parametrize("kind", ["file_expired", "file_damaged", "cut_off", "missing_fields"])
async def test_a_report_that_cannot_be_read_is_asked_for_again(world: World, kind: Any) -> None:

    world.stock(MANY)
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.pass_time(minutes=11)
        world.shop.faults.switch_on(Fault(kind))
        with pytest.raises(StoreError):
            await connector.settle(sent)
        world.shop.faults.clear()
        assert set(kinds(await connector.settle(sent))) == {"applied"}


# Sending


async def test_few_drops_of_a_long_list_do_not_wait_for_the_feed(world: World) -> None:
    skus = world.stock(MANY)
    writes = world.raises(skus, 9)
    writes[7] = world.write("S7", 1, expected=5)
    async with world.connected() as connector:
        await connector.levels(skus)
        assert set(kinds(await connector.set_levels(writes))) == {"accepted"}
        assert [each.path[-2:] for each in world.calls_of("patchListingsItem")] == ["S7"]
        world.pass_time(minutes=2)
        assert (world.shop.available("S7"), world.shop.available("S8")) == (1, 5)


async def test_a_feed_overtakes_a_later_patch(world: World) -> None:
    """Why a drop is sent at once and once more when the feed has ended (ENGINE A5)."""
    world.stock(MANY)
    async with world.connected() as connector:
        await sent_by_feed(world, connector)
        (late,) = await connector.set_levels([world.write("S0", 1, expected=5)])
        world.pass_time(minutes=2)
        assert kinds(await connector.settle(handles([late]))) == ["applied"]
        assert world.shop.available("S0") == 1
        world.pass_time(minutes=9)
        (level,) = await connector.levels(["S0"])
        assert level.available == 9


async def test_where_no_feed_is_granted_a_first_part_goes_singly(world: World) -> None:
    skus = world.stock(MANY)
    refused = 0

    class Spent:
        async def take(self, name: str, calls: int, *, ceiling: int, period: timedelta) -> Any:
            nonlocal refused
            refused += 1
            assert (ceiling, period) == (5, timedelta(minutes=10))
            return world.clock.time + timedelta(minutes=2)

    services = Services.in_memory(world.keys)
    spent = Services(services.credentials, budget=Spent(), marks=services.marks)
    async with world.connected(services=spent) as connector:
        await connector.levels(skus)
        sent = kinds(await connector.set_levels(world.raises(skus, 9)))
    assert refused == 1
    assert (sent.count("accepted"), sent.count("unsent")) == (SINGLES, 10)
    assert world.calls_of("createFeedDocument") == []


async def test_amazons_own_limit_of_feeds_is_met_the_same_way(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        for value in range(6, 11):
            await connector.set_levels(world.raises(skus, value))
        sent = kinds(await connector.set_levels(world.raises(skus, 12)))
        assert (sent.count("accepted"), sent.count("unsent")) == (SINGLES, 10)
        world.pass_time(minutes=11)
        assert set(kinds(await connector.set_levels(world.raises(skus, 13)))) == {"accepted"}


async def test_each_marketplace_has_a_feed_of_its_own(world: World) -> None:
    world.stock(MANY)
    world.shop.add_listing("CANADA", 3, marketplaces=(CA,))
    async with world.connected() as connector:
        sent = await sent_by_feed(world, connector)
        world.pass_time(minutes=11)
        assert set(kinds(await connector.settle(sent))) == {"applied"}
    assert [each.body["marketplaceIds"] for each in world.calls_of("createFeed")] == [[US], [CA]]
    assert world.shop.available("CANADA") == 9


async def test_a_feed_whose_answer_got_lost_may_land(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        import httpx

        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"unknown"}
    world.pass_time(minutes=11)
    assert world.shop.available("S0") == 9


@pytest.mark.parametrize("skip", [0, 1])
async def test_what_goes_wrong_before_the_last_call_did_nothing(world: World, skip: int) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault("file_expired" if skip else "error_before", count=1))
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels(world.raises(skus, 9))
        assert not lost.value.sent
        world.pass_time(minutes=20)
        assert world.shop.available("S0") == 5
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"accepted"}
