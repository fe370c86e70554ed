"""Connecting by the platform's own page: sent there, let in, and brought back."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from storage import credentials
from storage.database import Database
from sync.importing import import_products
from tests.engine.world import SimulatedClock
from tests.platforms.sides import EBAY, ETSY, SHOPIFY
from tests.platforms.world import Market
from tests.slack.merchant import choose_alerts
from tests.slack.office import Office, connect_url, fetch, open_office, shown


@dataclass
class Seller:
    """The manager of an office, who also owns an account of a platform."""

    office: Office
    shop: Any
    platform: str = "eBay"

    @property
    def typed(self) -> dict[str, str]:
        keys = self.shop.keys
        if self.platform == "Etsy":
            return {
                "keystring": keys.keystring,
                "shared_secret": keys.shared_secret,
                "redirect_uri": self.shop.redirect_uri,
            }
        return {
            "client_id": keys.client_id,
            "client_secret": keys.client_secret,
            "marketplace": self.shop.marketplace,
            "ru_name": keys.ru_name,
        }

    async def link(self) -> str:
        await self.office.slash(self.office.manager, f"connect {self.platform}")
        return await connect_url(self.office, self.office.manager.ephemerals()[-1])

    async def sent_to(self, link: str) -> str:
        """Fill in the page; where it sends the seller."""
        status, page, headers = await fetch(link, self.typed)
        assert status == 200, page
        assert "form-action 'self'" in headers["Content-Security-Policy"]
        button = rf'<a class="button" href="([^"]+)">Sign in at {self.platform}</a>'
        [address] = re.findall(button, page)
        return html.unescape(address)

    async def agree(self, address: str) -> str:
        """Answer at the platform; the address of ours that it brings the seller back to."""
        market = self.office.world
        async with httpx.AsyncClient(transport=market.wire) as browser:
            answer = await browser.get(address)
        back = urlsplit(answer.headers["location"])
        return f"{self.office.url}{back.path}?{back.query}"

    async def stores(self) -> list[tuple[str, str]]:
        rows = await self.office.rows("select platform, health from store")
        return [tuple(row) for row in rows]


@pytest.fixture
async def seller(database: Database, clock: SimulatedClock) -> AsyncIterator[Seller]:
    sides = ((EBAY, "here"), (SHOPIFY, "there"))
    async with open_office(database, *sides, clock=clock, made=Market) as office:
        shop: Any = office.world.shops["here"]
        shop.add_listing("MUG", 10)
        shop.accepted_url = "https://stock.example.com/oauth/ebay/callback"
        yield Seller(office, shop)


async def test_a_seller_signs_in_and_the_store_is_connected(seller: Seller) -> None:
    link = await seller.link()
    _, page, _ = await fetch(link)
    assert "<code>https://stock.example.com/oauth/ebay/callback</code>" in page
    back = await seller.agree(await seller.sent_to(link))
    assert await seller.stores() == []
    status, page, headers = await fetch(back)
    assert (status, "is connected" in page) == (200, True)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert await seller.stores() == [("ebay", "ok")]
    await seller.office.world.work()
    assert (await seller.office.world.summary(1)).listings == 1
    # Both ways in are used up.
    assert (await fetch(back))[0] == 410
    assert (await fetch(link))[0] == 410
    acts = await seller.office.rows("select actor from audit where act = 'store.connect'")
    assert [row.actor for row in acts] == [seller.office.manager.id]


async def test_r12_what_was_typed_waits_sealed_and_what_came_is_kept_sealed(
    seller: Seller,
) -> None:
    address = await seller.sent_to(await seller.link())
    assert seller.shop.keys.client_secret not in address
    rows = await seller.office.rows("select sealed, state_hash from connect_link")
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    assert rows[0].sealed is not None
    for secret in (seller.shop.keys.client_secret, state):
        assert secret.encode() not in bytes(rows[0].sealed) + bytes(rows[0].state_hash)
    await fetch(await seller.agree(address))
    rows = await seller.office.rows("select sealed, state_hash from connect_link")
    assert [(row.sealed, row.state_hash) for row in rows] == [(None, None)]
    world = seller.office.world
    async with world.database.transaction() as session:
        kept = await credentials.load(session, world.vault, 1)
    assert kept["refresh_token"] == seller.shop.keys.refresh_token
    assert "ru_name" not in kept
    traffic = str([(one.sent, one.answer) for one in seller.office.slack.inspector.records])
    assert seller.shop.keys.refresh_token not in traffic


async def test_a_seller_who_declines_finds_the_form_again_and_can_agree(seller: Seller) -> None:
    link = await seller.link()
    seller.shop.declines = True
    back = await seller.agree(await seller.sent_to(link))
    status, page, _ = await fetch(back)
    assert status == 422
    assert "did not agree" in page
    assert f'value="{seller.typed["client_id"]}"' in page
    assert seller.typed["client_secret"] not in page
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page)
    again = str(httpx.URL(back.partition("?")[0]).join(action))
    assert again.startswith(f"{seller.office.url}/connect/")
    assert again != link
    assert (await fetch(link))[0] == 410

    seller.shop.declines = False
    status, page, _ = await fetch(await seller.agree(await seller.sent_to(again)))
    assert (status, "is connected" in page) == (200, True)


async def test_what_is_wrong_with_the_values_is_told_before_anybody_is_sent_away(
    seller: Seller,
) -> None:
    link = await seller.link()
    status, page, _ = await fetch(link, {**seller.typed, "ru_name": "https://example.com"})
    assert status == 422
    assert 'id="ru_name-error"' in page
    status, page, _ = await fetch(link, {**seller.typed, "refresh_token": "v^1.1#x"})
    assert (status, "Fill in only one of these" in page) == (422, True)
    without = {key: value for key, value in seller.typed.items() if key != "ru_name"}
    status, page, _ = await fetch(link, without)
    assert (status, "Fill in one of these" in page) == (422, True)
    token = {"refresh_token": seller.shop.keys.refresh_token}
    assert (await fetch(link, {**without, **token}))[0] == 200
    assert await seller.stores() == [("ebay", "ok")]


async def test_a_state_is_good_once_for_a_quarter_of_an_hour_for_its_platform_and_a_manager(
    seller: Seller,
) -> None:
    at_ebay = await seller.sent_to(await seller.link())
    back = await seller.agree(at_ebay)
    for wrong in (back.replace("state=", "state=x"), back.replace("/ebay/", "/shopify/")):
        assert (await fetch(wrong))[0] == 410
    await seller.office.rows("update person set role = 'viewer'")
    assert (await fetch(back))[0] == 403
    await seller.office.rows("update person set role = 'manager'")
    assert (await fetch(back))[0] == 410

    back = await seller.agree(await seller.sent_to(await seller.link()))
    seller.office.world.clock.time += timedelta(minutes=15)
    assert (await fetch(back))[0] == 410
    assert await seller.stores() == []


async def test_a_store_whose_consent_ended_is_signed_in_to_again(seller: Seller) -> None:
    await fetch(await seller.agree(await seller.sent_to(await seller.link())))
    office = seller.office
    seller.shop.keys.rotate_refresh_token()
    await office.rows("update store set health = 'needs_reconnect'")
    await office.home(office.manager)
    await office.click(office.manager, "reconnect", on="home")
    link = await connect_url(office, office.manager.modal or {})
    status, page, _ = await fetch(await seller.agree(await seller.sent_to(link)))
    assert (status, "is connected" in page) == (200, True)
    assert await seller.stores() == [("ebay", "ok")]


async def test_r7_a_consent_that_ends_is_told_30_and_7_days_ahead_until_it_is_renewed(
    seller: Seller,
) -> None:
    office, world = seller.office, seller.office.world
    await choose_alerts(office)
    await fetch(await seller.agree(await seller.sent_to(await seller.link())))
    await world.work()
    [row] = await office.rows("select ends_at from credential")
    ends: datetime = row.ends_at

    async def told(days_ahead: int) -> list[tuple[int, bool]]:
        world.clock.time = ends - timedelta(days=days_ahead)
        for _ in range(2):
            await import_products(world.deps(), 1)
        found = await office.rows(
            "select repeats, closed_at is null from incident where kind = 'access_ends'"
        )
        return [tuple(row) for row in found]

    assert await told(31) == []
    assert await told(30) == [(0, True)]
    assert await told(8) == [(0, True)]
    assert await told(7) == [(1, True)]
    assert await told(1) == [(1, True)]
    await office.deliver()
    messages = office.manager.messages("stock-alerts")
    [message] = [one for one in messages if "access to" in shown(one)]
    assert f"ends on {ends:%d %B %Y}" in shown(message)

    await office.click(office.manager, "reconnect", on="message")
    link = await connect_url(office, office.manager.ephemerals()[-1])
    seller.shop.keys.rotate_refresh_token()
    assert (await fetch(await seller.agree(await seller.sent_to(link))))[0] == 200
    assert await told(1) == [(1, False)]


async def test_a_seller_signs_in_at_etsy_and_the_shop_is_found_by_itself(
    database: Database, clock: SimulatedClock
) -> None:
    """What only we know of the challenge waits with what was typed, and is kept no longer."""
    async with open_office(database, (ETSY, "here"), clock=clock, made=Market) as office:
        shop: Any = office.world.shops["here"]
        shop.add_listing("MUG", 10)
        shop.redirect_uri = "https://stock.example.com/oauth/etsy/callback"
        seller = Seller(office, shop, "Etsy")
        link = await seller.link()
        _, page, _ = await fetch(link)
        assert f"<code>{shop.redirect_uri}</code>" in page
        status, page, _ = await fetch(await seller.agree(await seller.sent_to(link)))
        assert (status, "is connected" in page) == (200, True)
        assert await seller.stores() == [("etsy", "ok")]
        async with office.world.database.transaction() as session:
            kept = await credentials.load(session, office.world.vault, 1)
        assert (kept["shop_id"], kept["refresh_token"]) == (str(shop.id), shop.keys.refresh_token)
        assert not kept.keys() & {"redirect_uri", "code_verifier"}
        await office.world.work()
        assert (await office.world.summary(1)).listings == 1
