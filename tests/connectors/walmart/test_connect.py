"""Connecting an account: whose it is, what its keys may do, where its stock is kept."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from connectors.errors import BadCredentials, NeedsReconnect, Refused
from connectors.protocol import LevelWrite
from sandbox.walmart import Fault
from tests.connectors.walmart.world import YESTERDAY, World, all_listings, all_orders, kinds


async def test_an_account_is_known_by_its_partner_id(world: World) -> None:
    async with world.connected() as connector:
        account = await connector.check()
    assert (account.id, account.name, account.currency) == (world.shop.partner_id, "Alpha", "USD")
    assert account.scopes == {"inventory", "feeds", "item", "orders"}


async def test_every_call_carries_what_walmart_asks_for(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
    token, *others = world.line.exchanges
    assert token.headers["authorization"].startswith("Basic ")
    assert token.sent == b"grant_type=client_credentials"
    assert {each.headers["wm_sec.access_token"] for each in others} == {"token-alpha-1"}
    assert {each.headers["wm_svc.name"] for each in world.line.exchanges} == {"Walmart Marketplace"}
    assert {each.headers["accept"] for each in world.line.exchanges} == {"application/json"}
    ids = [each.headers["wm_qos.correlation_id"] for each in world.line.exchanges]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ({"inventory": "view_only"}, ("inventory",)),
        ({"orders": "no_access", "feeds": "view_only"}, ("feeds", "orders")),
        ({"item": "no_access"}, ("item",)),
    ],
)
async def test_missing_permissions_are_all_named(
    world: World, granted: dict[str, Any], missing: tuple[str, ...]
) -> None:
    full = dict(world.shop.scopes)
    world.shop.scopes |= granted
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match="lack the permission") as refused:
            await connector.check()
        assert refused.value.missing_scopes == missing
        assert refused.value.field == "client_secret"
        world.shop.scopes = full
        await connector.check()


async def test_a_look_at_items_and_orders_is_enough(world: World) -> None:
    world.shop.scopes |= {"item": "view_only", "orders": "view_only"}
    async with world.connected() as connector:
        assert "orders" in (await connector.check()).scopes


async def test_a_permission_that_is_taken_away_later_is_named_too(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.scopes["item"] = "no_access"
        with pytest.raises(NeedsReconnect, match="Items: view only") as refused:
            await all_listings(connector)
        assert refused.value.missing_scopes == ("item",)
        world.shop.scopes["item"] = "view_only"
        await all_listings(connector)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("SUSPENDED", "has suspended"),
        ("TERMINATED", "has ended"),
        ("TNS_DECLINED", "has declined"),
        ("ONBOARDING_INACTIVE", "not finished its set-up"),
    ],
)
async def test_a_closed_account_is_told_in_plain_words(
    world: World, status: Any, words: str
) -> None:
    world.shop.status = status
    async with world.connected() as connector:
        with pytest.raises(Refused, match=words) as refused:
            await connector.check()
        assert refused.value.said == status
        world.shop.status = "ACTIVE"
        await connector.check()


@pytest.mark.parametrize("keys", ["another account's", "an old secret", "the sandbox's"])
async def test_wrong_keys_are_told(world: World, keys: str) -> None:
    given = {
        "another account's": {"client_id": "beta", "client_secret": "secret-beta-1"},
        "an old secret": {**world.keys, "client_secret": "secret-alpha-0"},
        "the sandbox's": world.keys,
    }[keys]
    if keys == "the sandbox's":
        world.shop.faults.switch_on(Fault("dead_keys"))
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect, match=r"reset, or be keys of the sandbox") as refused:
            await connector.check()
    assert refused.value.field == "client_secret"
    assert given["client_secret"] not in f"{refused.value} {refused.value.said}"
    world.shop.faults.clear()
    async with world.connected() as connector:
        await connector.check()


async def test_keys_of_another_kind_of_app_are_told(world: World) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            token = {"access_token": "t", "token_type": "Bearer", "expires_in": 900}
            return httpx.Response(200, json=token)
        return httpx.Response(200, json={"is_valid": True, "is_channel_match": False, "scopes": {}})

    world.line.inner = httpx.MockTransport(answer)
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match="do not belong to a seller"):
            await connector.check()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "client_id"),
        ({"client_id": "a b", "client_secret": "s"}, "client_id"),
        ({"client_id": "https://developer.walmart.com", "client_secret": "s"}, "client_id"),
        ({"client_id": "8b1f6f5e"}, "client_secret"),
        ({"client_id": "8b1f6f5e", "client_secret": "two words"}, "client_secret"),
    ],
)
async def test_what_cannot_be_keys_is_refused_before_any_call(
    world: World, given: dict[str, str], field: str
) -> None:
    with pytest.raises(BadCredentials) as refused:
        async with world.connected(given or {"client_id": ""}):
            pass
    assert refused.value.field == field
    assert world.calls == []
    spaced = {key: f" {value}\n" for key, value in world.keys.items()}
    async with world.connected(spaced) as connector:
        await connector.check()


# Ship nodes


async def test_the_virtual_node_is_the_default_of_several(world: World) -> None:
    dallas = world.shop.add_location("Dallas")
    world.shop.add_location("Deliverr", kind="3PL")
    async with world.connected() as connector:
        places = await connector.locations()
    assert [(each.id, each.ours) for each in places[:2]] == [
        (world.shop.partner_id, True),
        (dallas.id, False),
    ]
    assert [each.ours for each in places] == [True, False, False]


async def test_the_only_building_is_the_default(world: World) -> None:
    world.shop.nodes.clear()
    dallas = world.shop.add_location("Dallas")
    world.shop.add_location("Closed", active=False)
    async with world.connected() as connector:
        assert [each.id for each in await connector.locations() if each.ours] == [dallas.id]


async def test_an_account_without_a_list_has_its_virtual_node(world: World) -> None:
    world.stock(1)
    kept = list(world.shop.nodes)
    async with world.connected() as connector:
        world.shop.nodes.clear()
        (place,) = await connector.locations()
        world.shop.nodes += kept
        assert (place.id, place.ours) == (world.shop.partner_id, True)
        (level,) = await connector.levels(["S0"])
    assert (level.available, level.location) == (5, world.shop.partner_id)


async def test_of_several_buildings_a_person_chooses(world: World) -> None:
    world.shop.nodes.clear()
    dallas, austin = world.shop.add_location("Dallas"), world.shop.add_location("Austin")
    world.shop.add_listing("MUG", 3, at=[dallas])
    world.shop.stock_at("MUG", austin, 8)
    async with world.connected() as connector:
        with pytest.raises(Refused, match=rf"ship_node.*{dallas.id}.*“Austin”"):
            await connector.check()
    async with world.connected(settings={"ship_node": austin.id}) as connector:
        await connector.check()
        (level,) = await connector.levels(["MUG"])
        assert (level.available, level.location) == (8, austin.id)
        (outcome,) = await connector.set_levels([LevelWrite("MUG", austin.id, 6, 8, "k")])
    assert outcome.kind == "applied"
    assert (world.shop.available("MUG", austin), world.shop.available("MUG", dallas)) == (6, 3)


async def test_a_node_that_is_not_the_sellers_is_never_written(world: World) -> None:
    world.stock(1)
    third = world.shop.add_location("Deliverr", kind="3PL")
    shut = world.shop.add_location("Shut", active=False)
    for node, words in ((third, "not the seller's own"), (shut, "switched off")):
        async with world.connected(settings={"ship_node": node.id}) as connector:
            with pytest.raises(Refused, match=words):
                await connector.check()
            with pytest.raises(Refused, match=words):
                await connector.set_levels([LevelWrite("S0", node.id, 1, 5, "k")])
    async with world.connected(settings={"ship_node": "12345"}) as connector:
        with pytest.raises(Refused, match="Choose one in"):
            await connector.levels(["S0"])
    async with world.connected() as connector:
        assert kinds(await connector.set_levels([world.write("S0", 1)])) == ["applied"]


async def test_a_node_that_is_switched_on_again_is_written_again(world: World) -> None:
    world.stock(1)
    node = world.shop.nodes[0]
    async with world.connected(settings={"ship_node": node.id}) as connector:
        node.active = False
        with pytest.raises(Refused, match="switched off"):
            await connector.set_levels([world.write("S0", 1)])
        node.active = True
        assert kinds(await connector.set_levels([world.write("S0", 1)])) == ["applied"]


async def test_orders_are_read_whatever_becomes_of_the_node(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    world.shop.nodes[0].active = False
    async with world.connected() as connector:
        assert [each.id for each in await all_orders(connector, YESTERDAY)] == [order.id]
        assert [each.id for each in await connector.orders_by_id([order.id])] == [order.id]


async def test_nothing_secret_is_in_what_is_raised(world: World) -> None:
    world.shop.faults.switch_on(Fault("forbidden"))
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect) as refused:
            await connector.check()
    text = json.dumps([str(refused.value), refused.value.said, repr(refused.value.args)])
    assert "secret-alpha" not in text
    assert "token-alpha" not in text
