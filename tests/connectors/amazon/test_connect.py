"""Connecting an account: whose it is, what the app may do, how long its keys last."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.errors import BadCredentials, NeedsReconnect, StoreError
from connectors.services import ACCESS_ENDS_AT, MemoryCredentials, Services
from sandbox.amazon import Fault
from sandbox.amazon.sites import CA, MX, US
from tests.connectors.amazon.world import YESTERDAY, World, all_listings, all_orders


async def test_an_account_is_known_by_its_merchant_token(world: World) -> None:
    async with world.connected() as connector:
        account = await connector.check()
    assert (account.id, account.name, account.currency) == (world.shop.seller_id, "Alpha", "USD")
    assert account.scopes == {"selling"}


async def test_every_call_carries_the_token_and_nothing_else_of_ours(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.check()
        await all_listings(connector)
    token, *others = world.line.exchanges
    assert token.name == "token"
    assert b"grant_type=refresh_token" in token.sent
    files = [each for each in others if each.name in ("upload", "download")]
    calls = [each for each in others if each not in files]
    assert {each.headers["x-amz-access-token"] for each in calls} == {"Atza|alpha-1"}
    assert {each.headers["user-agent"] for each in calls} == {"Stockroom"}
    # What is signed in its address must not carry a token as well.
    assert files
    assert all("x-amz-access-token" not in each.headers for each in files)


async def test_marketplaces_that_the_account_does_not_sell_in_are_named(world: World) -> None:
    world.shop.sites[MX].participates = False
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match=r"not sell in MX\. It sells in: US, CA") as no:
            await connector.check()
    assert no.value.field == "marketplaces"
    async with world.connected({**world.keys, "marketplaces": "US, CA"}) as connector:
        assert (await connector.check()).id == world.shop.seller_id


async def test_a_suspended_marketplace_is_told_with_the_scopes(world: World) -> None:
    world.shop.sites[US].suspended = True
    async with world.connected() as connector:
        assert (await connector.check()).scopes == frozenset()
        assert [each.suspended for each in await connector.marketplaces()] == [True, False, False]
    world.shop.sites[US].suspended = False
    async with world.connected() as connector:
        assert (await connector.check()).scopes == {"selling"}


async def test_where_the_account_sells_is_asked_once_for_a_connection(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        assert [each.country for each in await connector.marketplaces()] == ["US", "CA", "MX"]
        await all_listings(connector, YESTERDAY)
    assert world.calls.count("getMarketplaceParticipations") == 1


@pytest.mark.parametrize(
    ("only", "role"), [("read", "Selling Partner Insights"), ("orders", "Inventory and Order")]
)
async def test_a_missing_role_is_named(world: World, only: Any, role: str) -> None:
    world.shop.faults.switch_on(Fault("no_role", only=only))
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match=f"role “{role}") as refused:
            await connector.check()
        assert refused.value.missing_scopes[0].startswith(role)
        world.shop.faults.clear()
        await connector.check()
    # No loop: each was asked once.
    assert world.calls.count("token") == 1


async def test_another_sellers_merchant_token_is_told(world: World) -> None:
    async with world.connected({**world.keys, "seller_id": "A0000000000XX"}) as connector:
        with pytest.raises(NeedsReconnect, match="merchant token") as refused:
            await connector.check()
    assert refused.value.field == "seller_id"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"client_secret": "amzn1.oa2-cs.v1.old"}, "client_secret"),
        ({"client_id": "amzn1.application-oa2-client.other"}, "client_secret"),
        ({"refresh_token": "Atzr|other"}, "refresh_token"),
    ],
)
async def test_wrong_keys_are_told(world: World, wrong: dict[str, str], field: str) -> None:
    given = {**world.keys, **wrong}
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect) as refused:
            await connector.check()
    assert refused.value.field == field
    text = f"{refused.value} {refused.value.said}"
    assert not any(given[key] in text for key in ("client_secret", "refresh_token"))
    async with world.connected() as connector:
        await connector.check()


async def test_a_consent_that_is_taken_back_needs_a_person(world: World) -> None:
    """As after a change of the password, or a year."""
    held = world.shop.keys.refresh_token
    async with world.connected() as connector:
        await connector.check()
        world.shop.keys.revoke()
        with pytest.raises(NeedsReconnect, match="removed from the account"):
            await all_orders(connector, YESTERDAY)
        world.shop.keys.revoke(held)
    async with world.connected() as connector:
        await all_orders(connector, YESTERDAY)


async def test_an_access_token_is_renewed_before_its_hour_is_over(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.pass_time(minutes=56)
        await all_orders(connector, YESTERDAY)
    assert world.calls.count("token") == 2
    assert {each.status for each in world.line.exchanges} <= {200, 404}


async def test_only_an_ended_token_is_renewed_and_once(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.keys.end_access()
        await all_orders(connector, YESTERDAY)
        assert world.calls.count("token") == 2
        world.shop.faults.switch_on(Fault("token_expired", only="orders"))
        with pytest.raises(NeedsReconnect):
            await all_orders(connector, YESTERDAY)
        assert world.calls.count("token") == 3
        world.shop.faults.clear()
        world.shop.faults.switch_on(Fault("token_wrong", only="orders"))
        with pytest.raises(NeedsReconnect):
            await all_orders(connector, YESTERDAY)
        assert world.calls.count("token") == 3
        world.shop.faults.clear()
        await all_orders(connector, YESTERDAY)


async def test_the_end_of_a_client_secret_is_known_where_its_day_is(world: World) -> None:
    values = {**world.keys, "secret_made_on": "2026-11-01"}
    held = MemoryCredentials(values)
    async with world.connected(values, services=Services(held)) as connector:
        await connector.check()
    ends_at = datetime.fromisoformat(held.values[ACCESS_ENDS_AT])
    assert ends_at == datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=180)
    other = MemoryCredentials(world.keys)
    async with world.connected(services=Services(other)) as connector:
        await connector.check()
    assert ACCESS_ENDS_AT not in other.values


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_secret": "two words"}, "client_secret"),
        ({"refresh_token": "größe"}, "refresh_token"),
        ({"seller_id": "my shop"}, "seller_id"),
        ({"marketplaces": ""}, "marketplaces"),
        ({"marketplaces": "US, Atlantis"}, "marketplaces"),
        ({"marketplaces": "US, DE"}, "marketplaces"),
        ({"secret_made_on": "last May"}, "secret_made_on"),
    ],
)
async def test_what_cannot_be_credentials_is_refused_before_any_call(
    world: World, given: dict[str, str], field: str
) -> None:
    with pytest.raises(BadCredentials) as refused:
        async with world.connected({**world.keys, **given}):
            pass
    assert refused.value.field == field
    assert world.calls == []


async def test_credentials_are_taken_however_they_are_pasted(world: World) -> None:
    spaced = {key: f" {value}\n" for key, value in world.keys.items()}
    spaced["marketplaces"] = f" us ;{CA.lower()}, "
    async with world.connected(spaced) as connector:
        await connector.check()
        await all_orders(connector, YESTERDAY)
    (asked,) = world.calls_of("searchOrders")
    assert asked.query["marketplaceIds"] == f"{US},{CA}"


async def test_nothing_secret_is_in_what_is_raised(world: World) -> None:
    async with world.connected() as connector:
        for kind in ("no_role", "token_wrong", "error_before", "html"):
            world.shop.faults.switch_on(Fault(kind))
            with pytest.raises(StoreError) as refused:
                await all_orders(connector, YESTERDAY)
            world.shop.faults.clear()
            text = json.dumps([str(refused.value), refused.value.said, repr(refused.value.args)])
            assert not any(secret in text for secret in ("Atza", "Atzr", "oa2-cs"))
