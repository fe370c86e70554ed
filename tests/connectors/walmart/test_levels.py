"""Levels: read the way of fewer calls, and what an odd answer about one item means."""

from __future__ import annotations

import json
from collections.abc import Callable, Container
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.errors import Unavailable
from tests.connectors.line import START
from tests.connectors.walmart.world import World, all_listings, kinds

SWEEP = "GET /v3/inventories"
Change = Callable[[dict[str, Any]], object]


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


# Odd answers


class _Stock(httpx.AsyncBaseTransport):
    """Tells the stock of some items in another way, wherever it is read."""

    def __init__(self, world: World, skus: Container[str], change: Change) -> None:
        self.inner, self.skus, self.change = world.line.inner, skus, change
        world.line.inner = self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if "/v3/inventories" not in request.url.path:
            return response
        body = json.loads(await response.aread())
        for row in body["elements"]["inventories"] if "elements" in body else [body]:
            if row["sku"] in self.skus:
                self.change(row)
        return httpx.Response(200, json=body)


def _without_numbers(row: dict[str, Any]) -> None:
    row["nodes"][0]["availToSellQty"] = {"unit": "EACH"}


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.pop("nodes"),
        lambda row: row.update(nodes=None),
        lambda row: row.update(nodes=[]),
    ],
)
async def test_an_item_that_was_never_stocked_at_all_holds_nothing(
    world: World, change: Change
) -> None:
    world.stock(60)
    _Stock(world, {"S3"}, change)
    async with world.connected() as connector:
        listings = await all_listings(connector)
        (level,) = await connector.levels(["S3"])
        (outcome,) = await connector.set_levels([world.write("S3", 4)])
    shown = {each.ref: each.levels[0].available for each in listings}
    assert shown == {f"S{number}": 0 if number == 3 else 5 for number in range(60)}
    assert (level.available, outcome.kind, world.shop.available("S3")) == (0, "applied", 4)


async def test_an_item_of_the_local_store_that_was_never_stocked_holds_nothing(
    world: World,
) -> None:
    world.shop.add_listing("MUG", at=[])
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
        (level,) = await connector.levels(["MUG"])
    assert [each.available for each in listing.levels] == [level.available] == [0]
    assert "nodes" not in world.calls_of("GET /v3/inventories/MUG")[0].answer


@pytest.mark.parametrize(
    "change",
    [
        _without_numbers,
        lambda row: row.update(nodes="none"),
        lambda row: row.update(nodes=None, errors=[{"code": "SYSTEM_ERROR"}]),
        lambda row: row["nodes"][0].pop("shipNode"),
    ],
)
async def test_r6_an_item_whose_stock_makes_no_sense_is_left_out_alone(
    world: World, change: Change
) -> None:
    skus = world.stock(60)
    _Stock(world, {"S3"}, change)
    others = [sku for sku in skus if sku != "S3"]
    async with world.connected() as connector:
        listings = await all_listings(connector)
        assert [each.ref for each in listings] == skus
        assert [each.ref for each in listings if each.levels] == others
        assert [each.ref for each in await connector.levels(skus)] == others
        assert await connector.levels(["S3"]) == []
        outcomes = await connector.set_levels([world.write(sku, 4) for sku in ("S3", "S4")])
    assert kinds(outcomes) == ["rejected", "applied"]


async def test_stock_in_a_form_that_we_do_not_know_is_no_stock(world: World) -> None:
    skus = world.stock(60)
    _Stock(world, skus, _without_numbers)
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="form we know"):
            await all_listings(connector)
