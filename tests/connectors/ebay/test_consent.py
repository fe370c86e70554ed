"""The seller's consent: the page, what comes back from it, and the tokens that follow."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connectors.ebay.consent import authorize_url, exchange
from connectors.ebay.platform import open_account
from connectors.errors import BadCredentials, NeedsReconnect
from connectors.services import MemoryCredentials, Services
from tests.connectors.ebay.world import World
from tests.connectors.line import START

HERE = "http://shops.test/ebay/alpha"
TOKEN = "POST /identity/v1/oauth2/token"


def typed(world: World) -> dict[str, str]:
    keys = world.shop.keys
    return {
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "marketplace": "EBAY_US",
        "ru_name": keys.ru_name,
    }


async def visit(world: World, address: str) -> dict[str, str]:
    """Go to eBay's page as the seller; the query of the address that he is sent back to."""
    async with httpx.AsyncClient(transport=world.line) as client:
        answer = await client.get(address)
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def test_a_consent_opens_the_account_and_says_when_it_ends(world: World) -> None:
    came_back = await visit(world, authorize_url(typed(world), "state-1", HERE))
    assert came_back["state"] == "state-1"
    assert "#" in came_back["code"]
    given = await exchange(typed(world), came_back, HERE, world.line, clock=world.clock.now)
    assert given["refresh_token"] == world.shop.keys.refresh_token
    assert given["refresh_token_expires_at"] == (START + timedelta(seconds=47_304_000)).isoformat()
    async with world.connected(given) as connector:
        assert (await connector.check()).id == world.shop.user_id
    assert world.calls.count(TOKEN) == 1  # the token that came along is used


async def test_a_code_that_is_still_encoded_is_decoded_once(world: World) -> None:
    came_back = await visit(world, authorize_url(typed(world), "s", HERE))
    encoded = {"code": str(httpx.QueryParams({"code": came_back["code"]})).partition("=")[2]}
    assert "%23" in encoded["code"]
    assert await exchange(typed(world), encoded, HERE, world.line)


async def test_a_code_works_once_and_not_for_long(world: World) -> None:
    came_back = await visit(world, authorize_url(typed(world), "s", HERE))
    world.pass_time(minutes=6)
    with pytest.raises(NeedsReconnect, match="agree once more"):
        await exchange(typed(world), came_back, HERE, world.line)
    came_back = await visit(world, authorize_url(typed(world), "s", HERE))
    await exchange(typed(world), came_back, HERE, world.line)
    with pytest.raises(NeedsReconnect):
        await exchange(typed(world), came_back, HERE, world.line)


async def test_a_seller_who_says_no_is_told_that_nothing_happened(world: World) -> None:
    world.shop.declines = True
    came_back = await visit(world, authorize_url(typed(world), "s", HERE))
    with pytest.raises(NeedsReconnect, match="did not agree"):
        await exchange(typed(world), came_back, HERE, world.line)
    assert TOKEN not in world.calls


def test_the_page_asks_for_what_is_needed_and_no_more(world: World) -> None:
    address = urlsplit(authorize_url({**typed(world), "client_id": "Shop-PRD-1"}, "a&b"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        "https://auth.ebay.com/oauth2/authorize"
    )
    query = dict(parse_qsl(address.query))
    assert query["state"] == "a&b"
    assert query["redirect_uri"] == world.shop.keys.ru_name
    assert {each.rpartition("/")[2] for each in query["scope"].split()} == {
        "api_scope",
        "sell.inventory",
        "sell.fulfillment.readonly",
        "sell.account.readonly",
        "commerce.identity.readonly",
    }


@pytest.mark.parametrize("given", ["", "https://stockroom.example/oauth/ebay/callback", "a b"])
def test_an_address_is_no_runame(world: World, given: str) -> None:
    with pytest.raises(BadCredentials, match="RuName") as refused:
        authorize_url({**typed(world), "ru_name": given}, "s", HERE)
    assert refused.value.field == "ru_name"


# The access token


async def test_a_token_is_asked_for_once_and_before_its_end(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.pass_time(minutes=110)
        await connector.check()
        assert world.calls.count(TOKEN) == 1
        world.pass_time(minutes=6)
        await connector.check()
        assert world.calls.count(TOKEN) == 2
    request = next(each for each in world.line.exchanges if each.name == TOKEN)
    assert dict(parse_qsl(request.sent.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": world.shop.keys.refresh_token,
    }
    assert request.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("call", ["rest", "trading"])
async def test_a_token_that_died_early_is_replaced_once(world: World, call: str) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.check()
        world.shop.keys.expire()
        before = len(world.calls)
        if call == "rest":
            await connector.orders_by_id(["27-00000-00001"])
        else:
            await connector.levels([world.shop.variation("S0").listing.id])
    assert world.calls[before + 1] == TOKEN
    assert world.calls[before] == world.calls[before + 2]
    assert len(world.calls) == before + 3


async def test_one_renewal_at_a_time_and_stored_before_it_is_used(world: World) -> None:
    kept = MemoryCredentials(world.credentials)

    async def process() -> None:
        arguments: Any = (world.credentials, {}, HERE, world.line, Services(kept))
        async with open_account(
            *arguments, clock=world.clock.now, sleep=world.clock.sleep
        ) as connector:
            await connector.check()

    await asyncio.gather(process(), process())
    assert world.calls.count(TOKEN) == 1
    assert kept.values["access_token"] in world.shop.keys.access
    world.shop.keys.expire()
    await asyncio.gather(process(), process())
    assert world.calls.count(TOKEN) == 2
    # What was typed, and when the consent ends, are still there.
    assert kept.values["refresh_token"] == world.shop.keys.refresh_token


async def test_a_consent_withdrawn_is_told_in_plain_words(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.keys.rotate_refresh_token()
        with pytest.raises(NeedsReconnect, match="withdrawn or has expired") as refused:
            await connector.check()
        assert refused.value.field == "refresh_token"
    async with world.connected() as connector:  # with the new one
        await connector.check()
