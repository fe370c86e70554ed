"""Letting us in: keys, scopes, the consent with PKCE, and tokens that replace themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connectors.errors import BadCredentials, NeedsReconnect, Unavailable
from connectors.etsy.consent import begin, finish
from connectors.etsy.platform import PLATFORM
from connectors.services import ACCESS_ENDS_AT, CredentialLease, Services
from sandbox.etsy import Fault
from tests.connectors.etsy.world import ADDRESS, World
from tests.connectors.line import START

TOKEN = "POST /v3/public/oauth/token"
DAYS_90 = timedelta(days=90)


async def check(world: World, **changed: str) -> Any:
    given = {**world.credentials, **changed} if changed else None
    async with world.connected(given) as connector:
        return await connector.check()


async def test_the_account_is_the_shop_and_every_call_carries_both_keys(world: World) -> None:
    account = await check(world)
    assert (account.id, account.name) == (str(world.shop.id), "Alpha")
    assert account.currency == "USD"
    assert account.scopes >= {"listings_w", "transactions_r", "shop_open"}
    calls = [each for each in world.line.exchanges if each.name != TOKEN]
    keys = world.shop.keys
    assert {each.headers["x-api-key"] for each in calls} == {
        f"{keys.keystring}:{keys.shared_secret}"
    }


async def test_a_shop_on_vacation_says_so_and_is_read_and_written_all_the_same(
    world: World,
) -> None:
    world.shop.on_vacation = True
    world.shop.add_listing("A", 5)
    assert "shop_open" not in (await check(world)).scopes
    assert "vacation" in PLATFORM.optional_scopes["shop_open"]
    assert [each.kind for each in await world.set({"A": 3})] == ["applied"]
    world.shop.on_vacation = False
    assert "shop_open" in (await check(world)).scopes


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        (lambda shop: setattr(shop.keys, "shared_secret", "other"), "keystring", "keystring and"),
        (lambda shop: setattr(shop.keys, "keystring", "other"), "keystring", "keystring and"),
        (lambda shop: shop.keys.rotate_refresh_token(), "refresh_token", "changed password"),
        (lambda shop: setattr(shop, "has_shop", False), "refresh_token", "has no shop"),
    ],
)
async def test_what_does_not_let_us_in_is_told_by_what_to_look_at(
    world: World, spoil: Callable[[Any], object], field: str, words: str
) -> None:
    given = world.credentials
    spoil(world.shop)
    with pytest.raises(NeedsReconnect, match=words) as refused:
        async with world.connected(given) as connector:
            await connector.check()
    assert refused.value.field == field
    assert not any(secret in str(vars(refused.value)) for secret in given.values())


async def test_all_missing_scopes_are_named_at_once(world: World) -> None:
    world.shop.scopes -= {"transactions_r", "listings_w"}
    with pytest.raises(NeedsReconnect, match="change the stock of listings, read orders") as no:
        await check(world)
    assert set(no.value.missing_scopes) == {"transactions_r", "listings_w"}
    # One that is withdrawn later is told by the call that lacks it.
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect) as later:
            await connector.orders_by_id(["1"])
    assert later.value.missing_scopes == ("transactions_r",)


async def test_a_wrong_number_or_key_is_told_before_the_refresh_token_is_used_up(
    world: World,
) -> None:
    """It serves once: whoever mistyped something else could not try again with it."""
    token = world.shop.keys.refresh_token
    for changed, field in (
        ({"shop_id": "99"}, "shop_id"),
        ({"refresh_token": f"5{token}"}, "shop_id"),
        ({"shared_secret": "other"}, "keystring"),
        ({"keystring": "other"}, "keystring"),
    ):
        with pytest.raises(NeedsReconnect) as refused:
            await check(world, **changed)
        assert refused.value.field == field
    assert TOKEN not in world.calls
    assert (await check(world, refresh_token=token)).id == str(world.shop.id)


async def test_a_token_that_does_not_say_whose_it_is_is_asked(world: World) -> None:
    world.shop.keys.rotate_refresh_token("plain-token")
    nothing, other = (lambda: None), (lambda: setattr(world.shop, "id", world.shop.id + 1))
    world.line.meanwhile = [nothing, nothing, other]
    with pytest.raises(NeedsReconnect, match="another seller") as refused:
        await check(world, refresh_token="plain-token")
    assert refused.value.field == "shop_id"


@pytest.mark.parametrize("field", ["keystring", "shared_secret", "shop_id", "refresh_token"])
@pytest.mark.parametrize("given", ["", "a b", "ü"])
async def test_what_cannot_be_credentials_is_not_sent(world: World, field: str, given: str) -> None:
    with pytest.raises(BadCredentials) as refused:
        await check(world, **{field: given})
    assert refused.value.field == field
    assert world.calls == []


# The consent


def typed(world: World) -> dict[str, str]:
    keys = world.shop.keys
    return {
        "keystring": keys.keystring,
        "shared_secret": keys.shared_secret,
        "redirect_uri": world.shop.redirect_uri,
    }


async def visit(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """Go to Etsy's page as the seller; all that is known then, and the query of the way back."""
    begun = begin(typed(world), "state-1", ADDRESS)
    async with httpx.AsyncClient(transport=world.line) as client:
        answer = await client.get(begun.address)
    assert answer.status_code == 302
    came_back = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return {**typed(world), **begun.remember}, came_back


async def back(world: World, known: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    return await finish(known, query, ADDRESS, world.line, world.clock.now)


async def test_a_consent_opens_the_shop_and_says_when_it_ends(world: World) -> None:
    known, came_back = await visit(world)
    assert came_back["state"] == "state-1"
    given = await back(world, known, came_back)
    assert given["shop_id"] == str(world.shop.id)
    assert given["refresh_token"] == world.shop.keys.refresh_token
    assert given[ACCESS_ENDS_AT] == (START + DAYS_90).isoformat()
    async with world.connected(given) as connector:
        assert (await connector.check()).id == given["shop_id"]
    assert world.calls.count(TOKEN) == 1  # the token that came along is used


async def test_the_page_is_asked_with_a_challenge_that_only_we_can_answer(world: World) -> None:
    address = urlsplit(begin(typed(world), "a&b").address)
    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        "https://www.etsy.com/oauth/connect"
    )
    query = dict(parse_qsl(address.query))
    assert (query["state"], query["code_challenge_method"]) == ("a&b", "S256")
    assert set(query["scope"].split()) == {"listings_r", "listings_w", "shops_r", "transactions_r"}
    known, came_back = await visit(world)
    assert known["code_verifier"] not in str(world.line.exchanges[0].target)
    with pytest.raises(NeedsReconnect):
        await back(world, {**known, "code_verifier": "guessed"}, came_back)


async def test_a_code_works_once_and_not_for_long(world: World) -> None:
    known, came_back = await visit(world)
    await back(world, known, came_back)
    with pytest.raises(NeedsReconnect, match="agree once more"):
        await back(world, known, came_back)
    known, came_back = await visit(world)
    world.pass_time(minutes=6)
    with pytest.raises(NeedsReconnect):
        await back(world, known, came_back)


async def test_a_seller_who_says_no_is_told_that_nothing_happened(world: World) -> None:
    world.shop.declines = True
    known, came_back = await visit(world)
    with pytest.raises(NeedsReconnect, match="did not agree"):
        await back(world, known, came_back)
    assert TOKEN not in world.calls


@pytest.mark.parametrize("given", ["", "http://stockroom.example/x", "stockroom.example", "a b"])
def test_the_way_back_has_to_be_a_whole_https_address(world: World, given: str) -> None:
    with pytest.raises(BadCredentials) as refused:
        begin({**typed(world), "redirect_uri": given}, "s")
    assert refused.value.field == "redirect_uri"


# The tokens


async def test_a_token_is_renewed_by_the_hour_and_the_refresh_token_with_it(world: World) -> None:
    seen = set()
    async with world.connected() as connector:
        for hours in range(3):
            await connector.orders_by_id(["1"])
            assert world.calls.count(TOKEN) == hours + 1
            seen.add(world.kept.values["refresh_token"])
            ends = datetime.fromisoformat(world.kept.values[ACCESS_ENDS_AT])
            assert ends == world.clock.time + DAYS_90
            world.pass_time(minutes=54)
            await connector.orders_by_id(["1"])
            assert world.calls.count(TOKEN) == hours + 1
            world.pass_time(minutes=2)
    assert len(seen) == 3  # each was stored, for the next serves in its place
    assert world.kept.values["refresh_token"] == world.shop.keys.refresh_token


async def test_one_renewal_at_a_time_over_all_processes(world: World) -> None:
    async def process() -> None:
        async with world.connected() as connector:
            await asyncio.gather(connector.check(), connector.check())

    await asyncio.gather(process(), process())
    assert world.calls.count(TOKEN) == 1
    world.shop.keys.expire()
    await asyncio.gather(process(), process())
    assert world.calls.count(TOKEN) == 2


async def test_the_new_refresh_token_is_stored_before_the_access_token_is_used(
    world: World,
) -> None:
    class Full:
        """Credentials whose place is full."""

        values = world.credentials

        async def save(self, values: Mapping[str, str]) -> None:
            raise OSError("disk full")

        @asynccontextmanager
        async def lease(self) -> AsyncIterator[CredentialLease]:
            yield self

    services = Services(Full())
    async with world.connected(services=services) as connector:
        with pytest.raises(OSError, match="disk full"):
            await connector.check()
    assert world.calls[-1] == TOKEN
    assert all("authorization" not in each.headers for each in world.line.exchanges)


async def test_the_token_endpoint_may_fail_once_and_the_same_request_is_sent_again(
    world: World,
) -> None:
    world.shop.faults.switch_on(Fault(kind="error_before", only="token", count=1))
    await check(world)
    first, second = world.calls_of(TOKEN)
    assert first.sent == second.sent
    world.shop.faults.switch_on(Fault(kind="error_before", only="token"))
    world.shop.keys.expire()
    with pytest.raises(Unavailable) as down:
        async with world.connected() as connector:
            await connector.orders_by_id(["1"])
    assert down.value.sent is False  # what the token was for was not sent


async def test_a_token_that_died_early_is_replaced_once(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.keys.expire()
        before = len(world.calls)
        await connector.orders_by_id(["1"])
        assert world.calls[before + 1] == TOKEN
        assert len(world.calls) == before + 3
        world.shop.faults.switch_on(Fault(kind="dead_token"))
        with pytest.raises(NeedsReconnect):
            await connector.orders_by_id(["1"])
        assert len(world.calls) == before + 6
        world.shop.faults.clear()
        await connector.check()


async def test_a_password_change_needs_the_seller_and_a_new_token_is_enough(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        token = world.shop.keys.rotate_refresh_token()
        with pytest.raises(NeedsReconnect) as refused:
            await connector.check()
        assert refused.value.said == "refresh_token is revoked"
    await check(world, refresh_token=token)
