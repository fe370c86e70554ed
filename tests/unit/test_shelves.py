"""The stores of the demo as their page gets them: numbers, orders, faults, and clear refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.demo.merchant import COUNTER, HARBOUR, goods, stores
from sandbox.demo.ours import Ours
from sandbox.demo.routes import store_routes
from sandbox.demo.shelves import Shelves
from sandbox.demo.shopper import Shopper
from sandbox.story.member import StuckError
from sandbox.story.serving import serving_stores

Json = dict[str, Any]
HEAD = "Store,Platform,SKU,Title,Location,Should show,Shows,State\n"
PLATFORMS = ["shopify", "etsy", "amazon", "ebay", "woocommerce", "bigcommerce", "walmart"]


class Page:
    """The page's own requests; `table` is what the export prints."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.table = HEAD

    async def export(self) -> str:
        if not self.table:
            raise StuckError("the bot ended with 1")
        return self.table

    async def stores(self) -> dict[str, Json]:
        answer = await self.http.get("/stores/state")
        assert answer.status_code == 200, answer.text
        return {one["platform"]: one for one in answer.json()["stores"]}

    async def act(self, store: str, act: str, **given: object) -> httpx.Response:
        return await self.http.post(f"/stores/{store}/{act}", json=given)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with (
        httpx.AsyncClient(trust_env=False) as out,
        serving_stores(out, stores()) as (keepers, _),
    ):
        shopper = Shopper(keepers)
        made = Page(out)
        ours = Ours(made.export)
        shelves = Shelves(keepers, {good.sku: good.price for good in goods()}, ours)
        app = Starlette(routes=store_routes(shelves, shopper))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as made.http:
            yield made
        await shopper.stop()
        await ours.close()


def _listing(store: Json, sku: str, place: str = "") -> Json:
    (found,) = [one for one in store["listings"] if (one["sku"], one["place"]) == (sku, place)]
    return dict(found)


async def test_sixty_products_and_a_few_honest_problems(page: Page) -> None:
    found = await page.stores()
    assert list(found) == PLATFORMS
    assert len({one["sku"] for one in found["shopify"]["listings"] if one["sku"]}) == 60
    assert {one["place"] for one in found["shopify"]["listings"]} == {HARBOUR, COUNTER}
    left = {key: {one["left"] for one in store["listings"]} for key, store in found.items()}
    assert left["shopify"] == {"", "no SKU"}
    assert left["woocommerce"] == {"", "SKU used twice"}
    assert left["amazon"] == {"", "sent by the platform"}
    assert any(found["amazon"]["fba"].values())
    assert _listing(found["etsy"], "WREATH-DRIED")["available"] == 0
    assert all(one["price"] for one in found["ebay"]["listings"])
    assert all(store["kinds"] and store["keys"] for store in found.values())


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_sale_is_sent_or_cancelled_at_every_store(page: Page, platform: str) -> None:
    store = (await page.stores())[platform]
    name = store["name"]
    thing = next(one for one in store["listings"] if not one["left"] and one["available"] >= 5)
    there = {"location": thing["place"]} if thing["place"] else {}

    async def now() -> tuple[int, list[Json]]:
        store = (await page.stores())[platform]
        return _listing(store, thing["sku"], thing["place"])["available"], store["orders"]

    assert (await page.act(name, "sell", sku=thing["sku"], quantity=2, **there)).status_code == 200
    number, (order,) = await now()
    assert (number, order["open"]) == (thing["available"] - 2, True)
    assert order["lines"][0]["sku"] == thing["sku"]
    assert (await page.act(name, "cancel", order=order["id"])).status_code == 200
    number, (order,) = await now()
    assert (number, order["open"]) == (thing["available"], False)

    await page.act(name, "sell", sku=thing["sku"], quantity=1, **there)
    _, (order, _) = await now()
    assert (await page.act(name, "fulfil", order=order["id"])).status_code == 200
    _, (sent, _) = await now()
    assert (sent["id"], sent["open"]) == (order["id"], False)
    refund = sent["lines"][0]["refund"]
    if refund is None:
        assert "refund" not in sent["acts"]
    else:
        assert (await page.act(name, "refund", **refund)).status_code == 200


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_number_is_changed_by_hand_and_trouble_is_switched(
    page: Page, platform: str
) -> None:
    store = (await page.stores())[platform]
    name, kind = store["name"], store["kinds"][0]
    thing = next(one for one in store["listings"] if not one["left"] and one["available"] >= 5)
    there = {"location": thing["place"]} if thing["place"] else {}
    changed = await page.act(name, "set", sku=thing["sku"], available=1, **there)
    assert changed.status_code == 200, changed.text
    assert (await page.act(name, "faults", kind=kind)).status_code == 200
    store = (await page.stores())[platform]
    assert [one["kind"] for one in store["faults"]] == [kind]
    await page.http.delete(f"/stores/{name}/faults", params={"kind": kind})
    store = (await page.stores())[platform]
    assert (store["faults"], _listing(store, thing["sku"], thing["place"])["available"]) == ([], 1)


async def test_ours_stands_beside_theirs(page: Page) -> None:
    page.table = (
        f"{HEAD}North Harbour,shopify,MUG-BLUE,Blue mug,{HARBOUR},12,12,agrees\n"
        f"North Harbour,shopify,MUG-BLUE,Blue mug,{COUNTER},11,12,on the way\n"
        "Tidewater,bigcommerce,MUG-BLUE,Blue mug,,13,,unknown\n"
        "Tidewater,bigcommerce,MUG-SAND,Sand mug,,,,uncounted\n"
    )
    found = await page.stores()
    assert _listing(found["shopify"], "MUG-BLUE", HARBOUR)["ours"] == 12
    assert _listing(found["shopify"], "MUG-BLUE", COUNTER)["ours"] == 11
    assert _listing(found["bigcommerce"], "MUG-BLUE")["ours"] == 13
    assert _listing(found["bigcommerce"], "MUG-SAND")["ours"] is None
    told = {key: (one["agree"], one["compared"]) for key, one in found.items()}
    assert (told["shopify"], told["bigcommerce"], told["etsy"]) == ((1, 2), (1, 1), (0, 0))
    assert found["shopify"]["agreed_at"] is None
    assert found["bigcommerce"]["agreed_at"] > 0


async def test_an_export_that_fails_is_told_and_the_stores_stay(page: Page) -> None:
    page.table = ""
    answer = (await page.http.get("/stores/state")).json()
    assert answer["ours"]["problem"] == "the bot ended with 1"
    assert len(answer["stores"]) == 7
    page.table = HEAD
    answer = (await page.http.get("/stores/state")).json()
    assert answer["ours"]["problem"] is None


async def test_what_cannot_be_done_is_said(page: Page) -> None:
    for store, act, given, status in (
        ("nowhere", "sell", {"sku": "MUG-BLUE"}, 404),
        ("north-harbour", "sell", {"sku": "NO-SUCH"}, 409),
        ("north-harbour", "sell", {"sku": "MUG-BLUE", "quantity": 999}, 409),
        ("north-harbour", "dance", {}, 409),
        ("north-harbour", "faults", {"kind": "rain"}, 409),
    ):
        answer = await page.act(store, act, **given)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True), (act, given)
    broken = await page.http.post("/stores/north-harbour/sell", content=b"[1]")
    assert (broken.status_code, broken.json()["error"]) == (400, "a JSON object is wanted")
    assert (await page.http.delete("/stores/nowhere/faults")).status_code == 404
    assert (await page.http.get("/stores/page/..%2Froutes.py")).status_code == 404


async def test_the_shopper_keeps_a_pace_and_rests(page: Page) -> None:
    wrong = await page.http.post("/stores/shopper", json={"every": "often"})
    assert wrong.status_code == 400
    quick = (await page.http.post("/stores/shopper", json={"every": 0.01})).json()
    assert quick["every"] == 1.0  # a rush is as fast as it gets
    rest = (await page.http.post("/stores/shopper", json={"every": None})).json()
    assert rest["every"] is None
