"""Writing few numbers: a call each, at once, in what a shopper can buy."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import LevelWrite
from sandbox.walmart import Fault
from tests.connectors.walmart.world import World, kinds

PUT = "PUT /v3/inventory"


def amounts(world: World) -> list[int]:
    """The numbers on hand that were sent, in order."""
    return [each.body["quantity"]["amount"] for each in world.calls_of(PUT)]


async def test_no_writes_are_no_calls(world: World) -> None:
    async with world.connected() as connector:
        assert await connector.set_levels([]) == []
    assert world.calls == []


async def test_the_only_node_is_not_named(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 2)])
    assert outcome.kind == "applied"
    (sent,) = world.calls_of(PUT)
    assert sent.query == {"sku": "S0"}
    assert sent.body == {"sku": "S0", "quantity": {"unit": "EACH", "amount": 2}}


async def test_one_of_several_nodes_is_always_named(world: World) -> None:
    world.stock(1)
    dallas = world.shop.add_location("Dallas")
    world.shop.stock_at("S0", dallas, 7)
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 2)])
    assert outcome.kind == "applied"
    (sent,) = world.calls_of("PUT /v3/inventories/S0")
    quantity = {"unit": "EACH", "amount": 2}
    node = {"shipNode": world.shop.partner_id, "inputQty": quantity}
    assert sent.body == {"inventories": {"nodes": [node]}}
    assert (world.shop.available("S0"), world.shop.available("S0", dallas)) == (2, 7)


async def test_units_that_walmart_takes_off_by_itself_are_added(world: World) -> None:
    """On hand 5, two open orders, 3 to be shown: sent as 3 it would show 1."""
    world.stock(1, available=5)
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        for value in (3, 9, 0):
            assert kinds(await connector.set_levels([world.write("S0", value)])) == ["applied"]
            assert world.shop.available("S0") == value
            (level,) = await connector.levels(["S0"])
            assert (level.available, level.reserved) == (value, 2)
    assert amounts(world) == [5, 11, 2]


async def test_what_was_just_read_is_not_read_again(world: World) -> None:
    world.stock(2)
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        await connector.levels(["S0", "S1"])
        begun = len(world.calls)
        await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
        assert world.calls[begun:] == [PUT] * 2
        world.pass_time(minutes=3)
        world.shop.sell("S0", 1)
        begun = len(world.calls)
        await connector.set_levels([world.write("S0", 4)])
        assert world.calls[begun:] == ["GET /v3/inventories/S0", PUT]
    assert amounts(world) == [3, 1, 7]
    assert world.shop.available("S0") == 4


async def test_a_sale_between_reading_and_writing_stays_taken_off(world: World) -> None:
    world.stock(1, available=5)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        world.shop.sell("S0", 2)
        await connector.set_levels([world.write("S0", 9)])
    assert world.shop.available("S0") == 7


async def test_what_walmart_would_refuse_is_never_sent(world: World) -> None:
    world.stock(2)
    elsewhere = LevelWrite("S0", "12345", 1, None, "k")
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [elsewhere, world.write("S0", -1), world.write("GONE", 1), world.write("S1", 1)]
        )
    assert [each.code for each in outcomes] == [
        "OTHER_LOCATION",
        "QUANTITY_TOO_LOW",
        "UNKNOWN_ITEM",
        None,
    ]
    assert kinds(outcomes) == ["rejected"] * 3 + ["applied"]
    assert all(each.reason for each in outcomes[:3])
    assert len(world.calls_of(PUT)) == 1


async def test_a_refused_item_keeps_walmarts_words_and_holds_up_nobody(world: World) -> None:
    world.stock(4)
    world.shop.retire("S1")
    async with world.connected() as connector:
        writes = [world.write(f"S{number}", 1) for number in range(4)]
        await connector.levels([each.ref for each in writes])
        world.shop.items["S2"].fulfilment = "WFSFulfilled"
        world.shop.delete("S3")
        outcomes = await connector.set_levels(writes)
        assert kinds(outcomes) == ["applied", "rejected", "rejected", "rejected"]
        assert outcomes[1].reason == "SKU S1 is not active: its inventory cannot be updated."
        assert "fulfilled by Walmart" in str(outcomes[2].reason)
        assert outcomes[3].code == "UNKNOWN_ITEM"
        assert "does not exist" in str(outcomes[3].reason)
        world.shop.items["S1"].lifecycle = "ACTIVE"
        assert kinds(await connector.set_levels([world.write("S1", 1)])) == ["applied"]


@pytest.mark.parametrize("status", [409, 410, 415, 422])
async def test_whatever_walmart_has_against_one_item_holds_up_nobody(
    world: World, status: int
) -> None:
    skus = world.stock(5)
    inner = world.line.inner

    class Picky(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "PUT" and request.url.params["sku"] == "S0":
                body = {"errors": [{"code": "DUPLICATE", "description": "Listed twice."}]}
                return httpx.Response(status, json=body)
            return await inner.handle_async_request(request)

    world.line.inner = Picky()
    async with world.connected() as connector:
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert kinds(outcomes) == ["rejected"] + ["applied"] * 4
    assert outcomes[0].reason == "Listed twice."


async def test_a_node_that_fails_within_a_good_answer_is_refused(world: World) -> None:
    world.stock(2)
    world.shop.add_location("Dallas")
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("node_fails", count=1))
        outcomes = await connector.set_levels([world.write("S0", 1), world.write("S1", 2)])
        assert kinds(outcomes) == ["rejected", "applied"]
        assert outcomes[0].code == "INVALID_NODE"
        assert "not associated with the seller" in str(outcomes[0].reason)
        assert kinds(await connector.set_levels([world.write("S0", 1)])) == ["applied"]


async def test_of_several_numbers_for_one_item_only_the_last_is_sent(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        outcomes = await connector.set_levels(
            [world.write("S0", 1), world.write("S1", 2), world.write("S0", 3)]
        )
    assert kinds(outcomes) == ["unsent", "applied", "applied"]
    assert world.shop.available("S0") == 3


async def test_what_lowers_a_number_goes_first(world: World) -> None:
    world.stock(4, available=5)
    async with world.connected() as connector:
        await connector.set_levels(
            [
                world.write("S0", 9, expected=5),
                world.write("S1", 3, expected=5),
                world.write("S2", 0, expected=5),
                world.write("S3", 4),
            ]
        )
    assert amounts(world) == [0, 3, 4, 9]


async def test_three_hundred_go_by_calls_within_their_minute(world: World) -> None:
    skus = world.stock(300)
    async with world.connected() as connector:
        await connector.levels(skus)
        begun = world.clock.now()
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(outcomes)) == {"applied"}
        assert world.clock.now() - begun < timedelta(minutes=1)
    assert len([each for each in world.calls_of(PUT) if each.status == 200]) == 300
    assert world.shop.feeds.sent == []


async def test_a_reading_may_be_as_old_as_the_traits_say(world: World) -> None:
    world.stock(1)
    world.shop.read_lag = timedelta(seconds=8)
    async with world.connected() as connector:
        await connector.set_levels([world.write("S0", 9)])
        (at_once,) = await connector.levels(["S0"])
        world.pass_time(seconds=8)
        (later,) = await connector.levels(["S0"])
        assert connector.traits.apply_lag >= world.shop.read_lag
    assert (at_once.available, later.available) == (5, 9)


# What goes wrong on the way


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    "kind", ["error_after", "html", "xml", "cut_off", "missing_fields", "lost"]
)
async def test_without_a_usable_answer_a_write_is_unknown(
    world: World, kind: str, named: bool
) -> None:
    world.stock(1)
    if named:
        world.shop.add_location("Dallas")
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(kind, only="write"))  # type: ignore[arg-type]  # a kind
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
        # A call lands soon or never, unlike a feed.
        assert (outcome.kind, outcome.direct) == ("unknown", True)
        assert outcome.reason
        assert world.shop.available("S0") == 9
        world.shop.faults.clear()
        (again,) = await connector.set_levels([world.write("S0", 9)])
    assert again.kind == "applied"


async def test_a_write_is_never_repeated_by_itself(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("error_before", only="write"))
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "unknown"
    assert len(world.calls_of(PUT)) == 1
    assert world.shop.available("S0") == 5


async def test_one_item_that_walmart_stumbles_over_holds_up_nobody(world: World) -> None:
    skus = world.stock(6)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("error_before", count=1, only="write"))
        outcomes = await connector.set_levels(world.raises(skus, 9))
    assert kinds(outcomes) == ["unknown"] + ["applied"] * 5


async def test_where_walmart_stops_answering_the_rest_is_not_sent(world: World) -> None:
    skus = world.stock(40)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault("error_before", only="write"))
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(outcomes)) == {"unknown", "unsent"}
        assert kinds(outcomes).count("unknown") <= 6
        assert "trouble of its own" in str(outcomes[-1].reason)
        world.shop.faults.clear()
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"applied"}


async def test_a_list_that_takes_too_long_is_ended(world: World) -> None:
    """Whoever takes the list over afterwards must be sure that nothing is on its way."""
    skus = world.stock(40)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.shop.faults.switch_on(Fault("slow", seconds=11, only="write"))
        begun = world.clock.now()
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(outcomes)) == {"applied", "unsent"}
        assert "slowly" in str(outcomes[-1].reason)
        assert world.clock.now() - begun <= timedelta(seconds=60 + 4 * 11)
        world.shop.faults.clear()
        rest = [world.write(sku, 9) for sku in skus]
        assert set(kinds(await connector.set_levels(rest))) == {"applied"}


async def test_a_token_that_takes_too_long_holds_no_write_back_for_later(world: World) -> None:
    """What was refused for its token would leave long after somebody else took over."""
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        world.shop.keys.expire()
        world.shop.faults.switch_on(Fault("slow", seconds=35, count=1, only="token"))
        world.shop.faults.switch_on(Fault("slow", seconds=29, count=1, only="write"))
        with pytest.raises(Unavailable, match="slowly") as late:
            await connector.set_levels([world.write("S0", 9)])
        assert not late.value.sent
        assert len(world.calls_of(PUT)) == 1
        assert kinds(await connector.set_levels([world.write("S0", 9)])) == ["applied"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("dead_token", NeedsReconnect), ("forbidden", NeedsReconnect), ("too_large", Refused)],
)
async def test_where_nothing_was_applied_the_error_is_raised(
    world: World, kind: str, error: type[StoreError]
) -> None:
    world.stock(1)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(kind, only="write"))  # type: ignore[arg-type]  # a kind
        with pytest.raises(error):
            await connector.set_levels([world.write("S0", 9)])
        assert world.shop.available("S0") == 5
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 9)])) == ["applied"]


async def test_keys_that_are_reset_between_two_calls(world: World) -> None:
    skus = world.stock(20)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.line.meanwhile = [world.shop.rotate_keys]
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(outcomes)) == {"applied", "unsent"}
        assert "client id and secret" in str(outcomes[-1].reason)
    async with world.connected() as connector:
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"applied"}


async def test_a_write_without_tokens_is_not_done_and_may_be_sent_later(world: World) -> None:
    world.stock(1)
    world.shop.limits.drain(PUT)
    async with world.connected() as connector:
        assert kinds(await connector.set_levels([world.write("S0", 9)])) == ["applied"]
        assert 0 < sum(world.clock.slept) < 3
        world.shop.faults.switch_on(Fault("busy", only="write"))
        with pytest.raises(RateLimited):
            await connector.set_levels([world.write("S0", 8)])
        assert world.shop.available("S0") == 9
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 8)])) == ["applied"]


async def test_an_unreachable_walmart_raises_unsent(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        world.line.break_off(httpx.ConnectError("no route"), when="before")
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 9)])
        assert not lost.value.sent
        assert kinds(await connector.set_levels([world.write("S0", 9)])) == ["applied"]


async def test_an_answer_with_another_number_proves_nothing(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        inner = world.line.inner

        class Mistaken(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                await inner.handle_async_request(request)
                answer = {"sku": "S0", "quantity": {"unit": "EACH", "amount": 4}}
                return httpx.Response(200, json=answer)

        world.line.inner = Mistaken()
        (outcome,) = await connector.set_levels([world.write("S0", 9)])
    assert outcome.kind == "unknown"
