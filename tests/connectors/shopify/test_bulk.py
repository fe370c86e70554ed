"""Large catalogues by bulk query, and by pages where that comes to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import open_connector
from connectors.errors import NeedsReconnect
from connectors.shopify.document import BULK_FROM, Document
from connectors.shopify.documents import BULK_LISTINGS, RUN_BULK
from sandbox.shopify import Fault, Shop, create_app
from sandbox.shopify.bulk_rules import problems
from sandbox.shopify.resolvers import load_schema
from sandbox.shopify.serve import serving
from tests.connectors.line import START
from tests.connectors.shopify.world import World, all_listings


@pytest.fixture
def large(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A shop that counts as large, with 600 listings at one or two places."""
    monkeypatch.setattr("connectors.shopify.listings.BULK_FROM", 500)
    north = world.shop.add_location("North")
    for number in range(600):
        places = [world.place, north][: 1 + number % 2]
        world.shop.add_listing(f"S{number}", number, at=places)
    return world


async def by_pages(world: World) -> list[Any]:
    """Read what changed since the beginning of time, which is everything, by pages."""
    async with world.connected() as connector:
        found = await all_listings(connector, START - timedelta(days=999))
    world.line.exchanges.clear()
    return found


def times_aside(listings: list[Any]) -> list[Any]:
    """Forget when levels were read."""
    return [
        (each.ref, each.sku, each.title, each.state, each.tracked,
         tuple((level.location, level.available, level.reserved) for level in each.levels))
        for each in listings
    ]  # fmt: skip


async def test_twenty_thousand_variants_are_three_calls_and_some_looks(world: World) -> None:
    world.stock(20_000)
    async with world.connected() as connector:
        sizes = [len(page) async for page in connector.listings()]
    assert (sum(sizes), max(sizes)) == (20_000, 250)
    assert [name for name in world.calls if name != "Bulk"] == ["Listings", "RunBulk"]
    assert len(world.line.downloads) == 1
    assert world.calls.count("Bulk") <= 6
    assert world.clock.slept == [1.0, 2.0, 4.0, 8.0][: world.calls.count("Bulk") - 1]


async def test_a_bulk_query_reads_what_pages_read(large: World) -> None:
    pages = await by_pages(large)
    async with large.connected() as connector:
        found = await all_listings(connector)
    assert times_aside(found) == times_aside(pages)
    assert {level.as_of for each in found for level in each.levels} == {START}
    assert large.calls == ["Listings", "RunBulk", "Bulk", "Bulk", "Bulk"]


async def test_the_address_of_the_file_is_all_that_it_is_told(large: World) -> None:
    async with large.connected() as connector:
        await all_listings(connector)
    (download,) = large.line.downloads
    assert "x-shopify-access-token" not in download.headers
    assert download.headers["accept-encoding"].startswith("gzip")


async def test_awkward_text_stays_whole(large: World) -> None:
    for number, text in enumerate(("a\u2028b", "c\x85d", 'e"f\\', "g\nh")):
        large.shop.add_listing(f"{text}{number}", 1, title=text)
    pages = await by_pages(large)
    async with large.connected() as connector:
        found = await all_listings(connector)
    assert times_aside(found) == times_aside(pages)
    assert found[-1].title == "g\nh"


async def test_a_shared_item_is_handed_out_once_unless_it_turns_out_to_be_on_sale(
    large: World,
) -> None:
    live = large.shop.item("S0")
    large.shop.add_variant(live, title="Again")
    draft = large.shop.add_listing("DRAFT", 4, title="Draft page", status="DRAFT").item
    large.stock(300)
    large.shop.add_variant(draft, title="Live page")
    async with large.connected() as connector:
        found = await all_listings(connector)
    assert sum(each.ref == live.id for each in found) == 1
    assert [each.state for each in found if each.ref == draft.id] == ["inactive", "active"]


async def test_small_shops_and_changes_are_read_by_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.shopify.listings.BULK_FROM", 300)
    world.stock(300)
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 300
        world.stock(1)
        assert len(await all_listings(connector, START - timedelta(days=1))) == 301
    assert set(world.calls) == {"Listings"}
    counted = [each.variables["count"] for each in world.line.exchanges]
    assert counted == [True, False, False, False]
    assert BULK_FROM == 2500


@pytest.mark.parametrize("kind", ["bulk_busy", "bulk_failed"])
async def test_what_is_refused_or_fails_is_read_by_pages(large: World, kind: str) -> None:
    pages = await by_pages(large)
    large.shop.faults.switch_on(Fault(kind, count=1))  # type: ignore[arg-type]  # one of the kinds
    async with large.connected() as connector:
        assert times_aside(await all_listings(connector)) == times_aside(pages)
        assert large.calls[-3:] == ["Listings"] * 3
        assert large.line.downloads == []  # least of all what a failed one left behind
        large.line.exchanges.clear()
        assert times_aside(await all_listings(connector)) == times_aside(pages)
        assert "RunBulk" in large.calls
        assert large.calls.count("Listings") == 1


async def test_five_that_run_leave_no_room_for_a_sixth(large: World) -> None:
    async with large.connected() as connector:
        for _ in range(5):
            large.shop.bulk.start(BULK_LISTINGS, grouped=True, objects=10**9)
        assert len(await all_listings(connector)) == 600
    assert large.calls == ["Listings", "RunBulk", "Listings", "Listings", "Listings"]
    words = large.line.exchanges[1].answer["data"]["bulkOperationRunQuery"]["userErrors"][0]
    assert words["code"] == "OPERATION_IN_PROGRESS"
    assert words["message"].count("gid://shopify/BulkOperation/") == 5


@pytest.mark.parametrize("kind", ["cut_off", "gone"])
@pytest.mark.parametrize("times", [1, 9])
async def test_a_download_that_breaks_off_is_begun_again_and_then_given_up(
    large: World, kind: str, times: int
) -> None:
    pages = await by_pages(large)
    large.shop.faults.switch_on(Fault(kind, count=times, only="download"))  # type: ignore[arg-type]  # one of the kinds
    async with large.connected() as connector:
        found = await all_listings(connector)
    by_ref = {each[0]: each for each in times_aside(found)}
    assert by_ref == {each[0]: each for each in times_aside(pages)}
    assert len(found) == len(pages)  # none of them twice
    assert len(large.line.downloads) == min(times + 1, 3)
    assert (large.calls[-1] == "Listings") == (times > 1)


async def test_a_query_that_never_ends_is_given_up(large: World) -> None:
    large.shop.bulk.start_lag = timedelta(days=1)
    async with large.connected() as connector:
        assert len(await all_listings(connector)) == 600
    assert 10 * 60 < sum(large.clock.slept) < 20 * 60
    assert large.calls[-1] == "Listings"


async def test_a_result_that_expired_is_no_result(large: World) -> None:
    async with large.connected() as connector:
        listings = connector.listings()
        large.shop.faults.switch_on(Fault("cut_off", count=1, only="download"))
        await anext(listings)
        large.clock.time += timedelta(days=8)
        rest = [each async for page in listings for each in page]
    assert len(rest) == 350
    assert large.calls[-1] == "Listings"


async def test_a_lost_permission_is_named(large: World) -> None:
    async with large.connected() as connector:
        large.shop.scopes -= {"read_products"}
        with pytest.raises(NeedsReconnect) as lacking:
            await all_listings(connector)
    assert lacking.value.missing_scopes == ("read_products",)


async def test_a_file_of_a_wrong_order_is_not_believed(
    large: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ungrouped, children may stand anywhere: levels would land on other listings."""
    pages = await by_pages(large)
    ungrouped = RUN_BULK.text.replace("groupObjects: true", "groupObjects: false")
    monkeypatch.setattr("connectors.shopify.bulk.RUN_BULK", Document("RunBulk", ungrouped))
    async with large.connected() as connector:
        found = times_aside(await all_listings(connector))
    assert found[-600:] == times_aside(pages)  # all of it again, by pages
    assert large.calls[-1] == "Listings"


class _Drops(httpx.AsyncByteStream):
    """A file that comes in small pieces; `given` tells how much of it was taken."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.given < len(self.content):
            piece = self.content[self.given : self.given + 1000]
            self.given += len(piece)
            yield piece


class _DropByDrop(httpx.AsyncBaseTransport):
    """A line on which files come slowly."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.file = _Drops(b"")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method == "GET":
            self.file = _Drops(await response.aread())
            return httpx.Response(response.status_code, stream=self.file)
        return response


async def test_listings_are_handed_out_while_their_file_still_comes(large: World) -> None:
    line = _DropByDrop(large.line.inner)
    large.line.inner = line
    async with large.connected() as connector:
        first, second, last = [
            line.file.given / len(line.file.content) async for _ in connector.listings()
        ]
    assert first < 0.5
    assert second < 0.9
    assert last == 1


async def test_over_a_socket_a_lost_download_is_begun_again() -> None:
    shop = Shop("alpha")
    shop.add_location("Main warehouse")
    for number in range(BULK_FROM + 1):
        shop.add_listing(f"S{number}", number)
    shop.faults.switch_on(Fault("lost", count=1, only="download"))
    async with serving([shop]) as address:
        given = {"shop": "alpha", "access_token": shop.token}
        base_url = f"{address}/shopify/alpha"
        async with open_connector("shopify", given, base_url=base_url) as connector:
            assert len(await all_listings(connector)) == BULK_FROM + 1
    assert shop.faults.listed() == []


# The rules of the local shop, as recorded


BAD_QUERIES = {
    "{ productVariants { nodes { id } } }": "not supported. Invalid connection fields: 'prod",
    "{ shop { id } }": "Bulk queries must contain at least one connection.",
    '{ nodes(ids: ["x"]) { id } }': "Bulk queries cannot contain a top level `node` field.",
    "mutation { x }": "Invalid operation type. Only `query` operations are supported.",
    "{ shop": "Invalid bulk query",
    "{ shop { nameless } }": "Invalid bulk query",
    "{ orders { edges { node { id refunds { refundLineItems { edges { node { quantity } } } } } } } }": (
        "Queries that contain a connection field within a list field are not currently supported."
    ),
    "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }": (
        "Connection fields without 'id': orders."
    ),
    "{ orders { edges { node { id lineItems { edges { node { id variant { inventoryItem { "
    "inventoryLevels { edges { node { id } } } } } } } } } } } }": (
        "Bulk queries cannot contain connections with a nesting depth greater than 2."
    ),
    "{" + " ".join(f"a{n}: orders {{ edges {{ node {{ id }} }} }}" for n in range(6)) + "}": (
        "Bulk queries cannot contain more than 5 connections."
    ),
    "{ shop { id } " + "#" * 65_600 + "\n}": "larger than 65535 bytes",
}


@pytest.mark.parametrize(("query", "words"), BAD_QUERIES.items(), ids=range(len(BAD_QUERIES)))
def test_a_query_that_cannot_run_in_bulk_is_refused_with_its_reason(query: str, words: str) -> None:
    found = problems(load_schema(), query)
    assert any(words in each for each in found), found
    assert problems(load_schema(), BULK_LISTINGS) == []


async def test_a_file_is_for_those_who_know_its_address(large: World) -> None:
    async with large.connected() as connector:
        await all_listings(connector)
    (download,) = large.line.downloads
    transport = httpx.ASGITransport(create_app([large.shop]))
    async with httpx.AsyncClient(transport=transport) as person:
        url = str(download.url)
        assert (await person.get(url)).status_code == 200
        assert (await person.get(url.replace("signed", "forged"))).status_code == 403
        assert (await person.get(url.replace(".jsonl", "0.jsonl"))).status_code == 404
        large.clock.time += timedelta(days=8)
        assert (await person.get(url)).status_code == 403
