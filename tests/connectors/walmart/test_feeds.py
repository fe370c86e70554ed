"""Writing many numbers: a feed, what became of it, and what a feed is not good for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Unavailable
from connectors.protocol import LevelWrite
from sandbox.walmart import Fault
from sandbox.walmart.limits import FeedLimit
from tests.connectors.walmart.world import World, handles, kinds

FEED = "POST /v3/feeds"
PUT = "PUT /v3/inventory"
MANY = 301


def statuses(world: World) -> list[dict[str, str]]:
    """The queries of every status call."""
    return [each.query for each in world.line.exchanges if each.path.startswith("/v3/feeds/")]


async def test_ten_thousand_numbers_are_one_feed_and_one_status(world: World) -> None:
    skus = world.stock(10_000)
    async with world.connected() as connector:
        await connector.levels(skus)
        begun = len(world.calls)
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(outcomes)) == {"accepted"}
        world.pass_time(minutes=15)
        assert set(kinds(await connector.settle(handles(outcomes)))) == {"applied"}
    # The account's own limits are read once; the token may be a new one by then.
    own = ("GET /v3/settings/partnerprofile", "POST /v3/token")
    calls = [call for call in world.calls[begun:] if call not in own]
    (feed,) = world.shop.feeds.sent
    assert calls == [FEED, f"GET /v3/feeds/{feed.id}"]
    assert {world.shop.available(sku) for sku in skus} == {9}


async def test_a_feed_says_what_a_call_would(world: World) -> None:
    skus = world.stock(MANY)
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        await connector.set_levels(world.raises(skus, 9))
    (sent,) = world.calls_of(FEED)
    assert sent.query == {"feedType": "inventory"}
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert b'name="file"' in sent.sent
    assert b'{"InventoryHeader":{"version":"1.4"},"Inventory":[{' in sent.sent
    assert sent.entries[0] == {"sku": "S0", "quantity": {"unit": "EACH", "amount": 11}}
    assert sent.entries[1] == {"sku": "S1", "quantity": {"unit": "EACH", "amount": 9}}
    world.pass_time(minutes=15)
    assert world.shop.available("S0") == 9


async def test_one_of_several_nodes_is_named_in_a_feed(world: World) -> None:
    skus = world.stock(MANY)
    dallas = world.shop.add_location("Dallas")
    world.shop.stock_at("S0", dallas, 7)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        (feed,) = world.calls_of(FEED)
        assert feed.query == {"feedType": "MP_INVENTORY"}
        assert b'{"inventoryHeader":{"version":"1.5"},"inventory":[{' in feed.sent
        quantity = {"unit": "EACH", "amount": 9}
        node = {"shipNode": world.shop.partner_id, "quantity": quantity}
        assert feed.entries[0] == {"sku": "S0", "shipNodes": [node]}
        world.pass_time(minutes=15)
        assert set(kinds(await connector.settle(sent))) == {"applied"}
    assert (world.shop.available("S0"), world.shop.available("S0", dallas)) == (9, 7)


async def test_a_file_is_as_large_as_the_account_allows(world: World) -> None:
    skus = [f"{'X' * 45}{number}" for number in range(1000)]
    for sku in skus:
        world.shop.add_listing(sku, 5)
    world.shop.limits.feeds["inventory"] = FeedLimit(10, timedelta(hours=1), 40_000)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert set(kinds(outcomes)) == {"accepted"}
    assert len(world.calls_of(FEED)) == 3
    assert {each.status for each in world.calls_of(FEED)} == {200}
    assert sum(len(each.entries) for each in world.calls_of(FEED)) == 1000


async def test_a_file_that_is_too_large_is_split(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("too_large", count=1, only="write"))
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert set(kinds(outcomes)) == {"accepted"}
    assert [len(each.entries) for each in world.calls_of(FEED)] == [MANY, 150, 151]


async def test_few_drops_of_a_long_list_do_not_wait_for_its_feed(world: World) -> None:
    skus = world.stock(400)
    drops = [world.write(sku, 1, expected=5) for sku in skus[:20]]
    async with world.connected() as connector:
        outcomes = await connector.set_levels([*drops, *world.raises(skus[20:], 9)])
    assert kinds(outcomes) == ["applied"] * 20 + ["accepted"] * 380
    assert {world.shop.available(sku) for sku in skus[:20]} == {1}
    first = world.calls.index(PUT)
    assert world.calls[first : first + 20] == [PUT] * 20


async def test_many_drops_are_a_feed(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write(sku, 1, expected=5) for sku in skus])
    assert set(kinds(outcomes)) == {"accepted"}
    assert world.calls_of(PUT) == []


async def test_a_drop_that_overtakes_a_feed_is_overwritten_by_it(world: World) -> None:
    """Which is why the engine sends such a drop again when the feed has ended."""
    skus = world.stock(MANY)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        assert kinds(await connector.set_levels([world.write("S0", 2)])) == ["applied"]
        assert world.shop.available("S0") == 2
        world.pass_time(minutes=16)
        assert set(kinds(await connector.settle(sent))) == {"applied"}
        assert world.shop.available("S0") == 9
        assert kinds(await connector.set_levels([world.write("S0", 2)])) == ["applied"]
    assert world.shop.available("S0") == 2


async def test_units_sent_while_a_feed_runs_are_too_many_until_it_is_read(world: World) -> None:
    """Walmart frees what it reserved: the number of the feed was made for more open units."""
    skus = world.stock(MANY)
    order = world.shop.sell("S0", 2)
    async with world.connected() as connector:
        await connector.set_levels(world.raises(skus, 9))
        world.shop.fulfil(order)
        world.pass_time(minutes=16)
        (level,) = await connector.levels(["S0"])
    assert level.available == 11


# What became of it


async def test_a_feed_that_runs_is_accepted_still_by_one_call(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        for minutes in (0, 1, 13):
            world.pass_time(minutes=minutes)
            again = await connector.settle(sent)
            assert (set(kinds(again)), handles(again)) == ({"accepted"}, sent)
        assert len(statuses(world)) == 3
        assert {each["includeDetails"] for each in statuses(world)} == {"false"}
        assert world.shop.available("S0") == 5
        world.pass_time(minutes=1)
        assert set(kinds(await connector.settle(sent))) == {"applied"}


async def test_a_processed_feed_with_failed_items_is_told_item_by_item(world: World) -> None:
    skus = world.stock(400)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.shop.retire("S7")
        world.shop.delete("S399")
        world.pass_time(minutes=15)
        outcomes = await connector.settle(sent)
    assert [place for place, each in enumerate(outcomes) if each.kind != "applied"] == [7, 399]
    assert (outcomes[7].kind, outcomes[7].code) == ("rejected", "ERR_PDI_0001")
    assert outcomes[7].reason == "SKU S7 is not active: its inventory cannot be updated."
    assert "does not exist" in str(outcomes[399].reason)
    assert [each.get("offset") for each in statuses(world)] == [
        None,
        *(str(offset) for offset in range(0, 400, 50)),
    ]


async def test_details_are_read_only_as_far_as_is_asked(world: World) -> None:
    skus = world.stock(400)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.shop.retire("S3")
        world.pass_time(minutes=15)
        assert kinds(await connector.settle(sent[2:5])) == ["applied", "rejected", "applied"]
    assert len(statuses(world)) == 2


@pytest.mark.parametrize("kind", ["feed_items_fail", "feed_items_time_out"])
async def test_items_that_walmart_stumbled_over_are_unknown(world: World, kind: str) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # a kind
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.pass_time(minutes=15)
        outcomes = await connector.settle(sent)
    assert kinds(outcomes)[:4] == ["applied", "unknown", "applied", "unknown"]
    assert outcomes[1].reason == "A downstream system returned an error."


async def test_a_feed_that_ended_in_an_error_is_unknown(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("feed_error"))
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.pass_time(minutes=15)
        outcomes = await connector.settle(sent)
    assert set(kinds(outcomes)) == {"unknown"}
    assert outcomes[0].reason == "The feed could not be processed."


async def test_a_feed_that_hangs_is_given_up_after_a_day(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("feed_hangs"))
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.pass_time(hours=23, minutes=59)
        assert set(kinds(await connector.settle(sent))) == {"accepted"}
        world.pass_time(minutes=2)
        outcomes = await connector.settle(sent)
    assert set(kinds(outcomes)) == {"unknown"}
    assert "within a day" in str(outcomes[0].reason)


async def test_handles_that_nobody_knows_are_unknown(world: World) -> None:
    async with world.connected() as connector:
        outcomes = await connector.settle(["", "nonsense", "F1|x|S0", "F1|1795406400|S0"])
        assert await connector.settle([]) == []
    assert kinds(outcomes) == ["unknown"] * 4
    assert all(each.reason for each in outcomes)
    assert len(statuses(world)) == 1


async def test_several_feeds_are_a_call_each_and_answers_keep_their_order(world: World) -> None:
    skus = world.stock(2 * MANY)
    skus[5] = "a|b"
    world.shop.add_listing("a|b", 5)
    async with world.connected() as connector:
        one = handles(await connector.set_levels(world.raises(skus[:MANY], 9)))
        world.pass_time(minutes=10)
        two = handles(await connector.set_levels(world.raises(skus[MANY:], 8)))
        world.pass_time(minutes=6)
        mixed = [handle for pair in zip(one, two, strict=True) for handle in pair]
        outcomes = await connector.settle(mixed)
    assert kinds(outcomes) == ["applied", "accepted"] * MANY
    assert len(statuses(world)) == 2
    assert world.shop.available("a|b") == 9


@pytest.mark.parametrize("kind", ["error_before", "cut_off", "missing_fields", "dead_token"])
async def test_a_status_that_cannot_be_read_is_asked_for_again(world: World, kind: str) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        world.pass_time(minutes=15)
        world.shop.faults.switch_on(Fault(kind, only="read"))  # type: ignore[arg-type]  # a kind
        with pytest.raises(NeedsReconnect if kind == "dead_token" else Unavailable):
            await connector.settle(sent)
        world.shop.faults.clear()
        assert set(kinds(await connector.settle(sent))) == {"applied"}


# What goes wrong on the way


@pytest.mark.parametrize("kind", ["lost", "error_after", "html", "missing_fields", "cut_off"])
async def test_a_feed_without_a_usable_answer_is_unknown(world: World, kind: str) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(kind, only="write"))  # type: ignore[arg-type]  # a kind
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert set(kinds(outcomes)) == {"unknown"}
    assert len(world.calls_of(FEED)) == 1
    world.pass_time(minutes=15)
    assert world.shop.available("S0") == 9


async def test_a_feed_that_never_left_is_raised_unsent(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        refused = httpx.ConnectError("no route")
        world.line.meanwhile = [lambda: world.line.break_off(refused, when="before")]
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels(world.raises(skus, 9))
        assert not lost.value.sent
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"accepted"}


async def test_a_feed_refused_for_one_item_goes_without_it(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.delete("S7")
        world.shop.faults.switch_on(Fault("strict_feed"))
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert [each.kind for each in outcomes].count("accepted") == MANY - 1
    assert (outcomes[7].kind, outcomes[7].reason) == (
        "rejected",
        "SKU 'S7' not found for this seller.",
    )
    assert [len(each.entries) for each in world.calls_of(FEED)] == [MANY, MANY - 1]


@pytest.mark.parametrize("kind", ["invalid", "bad_request", "no_file", "wrong_kind"])
async def test_a_feed_that_is_refused_whole_goes_by_calls_bit_by_bit(
    world: World, kind: str
) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault(kind, count=1, only="write"))  # type: ignore[arg-type]  # a kind
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert kinds(outcomes) == ["applied"] * 300 + ["unsent"]
        assert kinds(await connector.set_levels(world.raises(skus[300:], 9))) == ["applied"]


async def test_more_feeds_than_walmart_takes_go_by_calls(world: World) -> None:
    skus = world.stock(400)
    world.shop.limits.drain("inventory")
    async with world.connected() as connector:
        await connector.levels(skus)
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert kinds(outcomes) == ["applied"] * 300 + ["unsent"] * 100
        assert "another time" in str(outcomes[-1].reason)
        world.pass_time(minutes=6)
        begun = len(world.calls_of(FEED))
        assert set(kinds(await connector.set_levels(world.raises(skus, 8)))) == {"accepted"}
        assert len(world.calls_of(FEED)) == begun + 1


async def test_what_calls_and_feeds_both_refuse_is_raised(world: World) -> None:
    skus = world.stock(MANY)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault("busy", only="write"))
        with pytest.raises(RateLimited):
            await connector.set_levels(world.raises(skus, 9))
        world.shop.faults.clear()
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"accepted"}


async def test_an_account_that_cannot_be_read_after_drops_hides_nothing(world: World) -> None:
    """The account's limits are read before the first write, so no answer is thrown away."""
    skus = world.stock(400)
    drops = [world.write(sku, 1, expected=5) for sku in skus[:20]]
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault("error_before", count=3, only="read"))
        with pytest.raises(Unavailable):
            await connector.set_levels([*drops, *world.raises(skus[20:], 9)])
        assert world.calls_of(PUT) == []
        outcomes = await connector.set_levels([*drops, *world.raises(skus[20:], 9)])
    assert set(kinds(outcomes)) == {"applied", "accepted"}


async def test_a_handle_is_read_by_any_later_connector(world: World) -> None:
    skus = world.stock(MANY)
    sent: Sequence[str] = ()
    async with world.connected() as connector:
        writes = [LevelWrite(sku, None, 9, 0, "k") for sku in skus]
        sent = handles(await connector.set_levels(writes))
    world.pass_time(minutes=15)
    async with world.connected() as connector:
        assert set(kinds(await connector.settle(sent))) == {"applied"}
