"""The local Amazon by itself: rules of the real one that a connector must not rely on breaking."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sandbox.amazon import SoldOut, create_app
from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, US
from tests.connectors.amazon.world import World

ITEMS = "/listings/2021-08-01/items"


class Raw:
    """Plain HTTP to the local account."""

    def __init__(self, world: World) -> None:
        self.world = world
        app = create_app([world.shop], sleep=world.clock.sleep)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://shops.test"
        )

    async def token(self) -> str:
        keys = self.world.shop.keys
        answer = await self.http.post(
            "/amazon/alpha/auth/o2/token",
            data={
                "grant_type": "refresh_token",
                "refresh_token": keys.refresh_token,
                "client_id": keys.client_id,
                "client_secret": keys.client_secret,
            },
        )
        return str(answer.json()["access_token"])

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"x-amz-access-token": await self.token()}
        return await self.http.request(method, f"/amazon/alpha{path}", headers=headers, **options)

    async def act(self, path: str, **given: Any) -> Any:
        return (await self.http.post(f"/_sandbox/alpha/{path}", json=given)).json()


@pytest.fixture
def raw(world: World) -> Raw:
    world.stock(2)
    return Raw(world)


def _patch(op: str, **value: Any) -> dict[str, Any]:
    path = "/attributes/fulfillment_availability"
    return {"productType": "PRODUCT", "patches": [{"op": op, "path": path, "value": [value]}]}


async def _send(raw: Raw, sku: str, body: dict[str, Any], **query: str) -> Any:
    path = f"{ITEMS}/{raw.world.shop.seller_id}/{sku}"
    return await raw.call("PATCH", path, params={"marketplaceIds": US, **query}, json=body)


async def test_replace_drops_the_lead_time_and_merge_keeps_it(raw: Raw) -> None:
    shop = raw.world.shop
    for op, lead in (("merge", 3), ("replace", None)):
        answer = await _send(raw, "S0", _patch(op, fulfillment_channel_code=OURS, quantity=8))
        assert answer.json()["status"] == "ACCEPTED"
        raw.world.pass_time(minutes=2)
        assert (shop.available("S0"), shop.items["S0"].lead_time) == (8, lead)


async def test_a_preview_changes_nothing(raw: Raw) -> None:
    body = _patch("merge", fulfillment_channel_code=OURS, quantity=8)
    answer = await _send(raw, "S0", body, mode="VALIDATION_PREVIEW")
    raw.world.pass_time(minutes=2)
    assert (answer.json()["status"], raw.world.shop.available("S0")) == ("VALID", 5)


async def test_what_is_wrong_with_a_number_is_told_in_a_success(raw: Raw) -> None:
    for sku, value in (
        ("S0", {"quantity": 8}),
        ("S0", {"fulfillment_channel_code": OURS, "quantity": -1}),
        ("GONE", {"fulfillment_channel_code": OURS, "quantity": 1}),
    ):
        answer = await _send(raw, sku, _patch("merge", **value))
        assert (answer.status_code, answer.json()["status"]) == (200, "INVALID")
        assert answer.json()["issues"][0]["severity"] == "ERROR"
    answer = await _send(raw, "S0", {"productType": "PRODUCT", "patches": []})
    assert answer.status_code == 400


async def test_a_write_on_another_channel_is_remembered_as_a_violation(raw: Raw) -> None:
    shop = raw.world.shop
    shop.add_listing("SENT-BY-AMAZON", channels=(AMAZONS,))
    for code in (OURS, AMAZONS):
        body = _patch("merge", fulfillment_channel_code=code, quantity=3)
        await _send(raw, "SENT-BY-AMAZON", body)
    raw.world.pass_time(minutes=2)
    shop.apply_due()
    assert len(shop.violations) == 2


async def test_a_raw_slash_and_a_double_encoding_lead_elsewhere(raw: Raw) -> None:
    raw.world.shop.add_listing("A/B C", 1)
    body = _patch("merge", fulfillment_channel_code=OURS, quantity=3)
    assert (await _send(raw, "A/B%20C", body)).status_code == 403
    path = f"{ITEMS}/{raw.world.shop.seller_id}/A%252FB%2520C?marketplaceIds={US}"
    twice = await raw.call("GET", path)
    assert twice.status_code == 404
    assert twice.json()["errors"][0]["message"].startswith("SKU 'A%2FB%20C' not found")


async def test_files_want_no_token_and_the_type_that_was_announced(raw: Raw) -> None:
    made = await raw.call("POST", "/feeds/2021-06-30/documents", json={"contentType": "text/x"})
    url = made.json()["url"]
    put = raw.http.put
    assert (await put(url, content=b"x", headers={"content-type": "text/y"})).status_code == 403
    with_token = {"content-type": "text/x", "x-amz-access-token": "t"}
    assert (await put(url, content=b"x", headers=with_token)).status_code == 400
    raw.world.pass_time(minutes=4)
    assert (await put(url, content=b"x", headers={"content-type": "text/x"})).status_code == 200
    raw.world.pass_time(minutes=2)
    assert (await put(url, content=b"x", headers={"content-type": "text/x"})).status_code == 403


async def test_a_bucket_refills_and_names_its_rate_only(raw: Raw) -> None:
    path = "/sellers/v1/marketplaceParticipations"
    answers = [await raw.call("GET", path) for _ in range(16)]
    assert [each.status_code for each in answers] == [200] * 15 + [429]
    assert answers[0].headers["x-amzn-ratelimit-limit"] == "0.016"
    assert "retry-after" not in answers[-1].headers
    assert answers[-1].headers["x-amzn-requestid"]
    raw.world.pass_time(seconds=63)
    assert (await raw.call("GET", path)).status_code == 200


async def test_orders_want_one_kind_of_time_and_nothing_too_young(raw: Raw) -> None:
    path, at = "/orders/2026-01-01/orders", "2026-11-23T10:00:00Z"
    now = raw.world.clock.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    for query in (
        {},
        {"createdAfter": at, "lastUpdatedAfter": at},
        {"lastUpdatedAfter": at, "lastUpdatedBefore": now},
        {"lastUpdatedAfter": at, "createdBefore": at},
        {"lastUpdatedAfter": at, "maxResultsPerPage": "101"},
        {"lastUpdatedAfter": at, "paginationToken": "made-up"},
    ):
        answer = await raw.call("GET", path, params={"marketplaceIds": US, **query})
        assert answer.status_code == 400, query
    answer = await raw.call(
        "GET", path, params={"marketplaceIds": f"{US},{CA}", "createdAfter": at}
    )
    assert answer.json()["createdBefore"] == "2026-11-23T11:58:00.000Z"


async def test_fba_tokens_end_after_thirty_seconds(raw: Raw) -> None:
    for number in range(60):
        raw.world.shop.add_fba(f"F{number}", 1, US)
    query = {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": US,
        "marketplaceIds": US,
    }
    path = "/fba/inventory/v1/summaries"
    token = (await raw.call("GET", path, params=query)).json()["pagination"]["nextToken"]
    more = {**query, "nextToken": token}
    assert (await raw.call("GET", path, params=more)).status_code == 200
    raw.world.pass_time(seconds=31)
    late = await raw.call("GET", path, params=more)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (400, "InvalidInput")
    short = {key: value for key, value in more.items() if key != "details"}
    raw.world.pass_time(seconds=2)
    assert (await raw.call("GET", path, params=short)).status_code == 400


async def test_people_act_on_it(raw: Raw) -> None:
    shop = raw.world.shop
    assert (await raw.act("sell", sku="S0", quantity=2))["status"] == "UNSHIPPED"
    pending = await raw.act("sell", sku="S0", unpaid=True)
    assert (pending["status"], shop.available("S0")) == ("PENDING", 2)
    assert (await raw.act("pay", order=pending["id"]))["status"] == "UNSHIPPED"
    assert (await raw.act("cancel", order=pending["id"]))["status"] == "CANCELLED"
    assert shop.available("S0") == 3
    await raw.act("cancel", order=(await raw.act("sell", sku="S0"))["id"], restock=False)
    assert shop.available("S0") == 2
    sent = await raw.act("fulfil", order=shop.orders[0].id)
    assert sent["status"] == "SHIPPED"
    assert (await raw.act("set", sku="S1", available=9))["available"] == 9
    await raw.act("archive", sku="S1")
    assert shop.items["S1"].status == []
    await raw.act("activate", sku="S1")
    assert (await raw.act("convert", sku="S1", channels=[AMAZONS]))["channels"] == [AMAZONS]
    assert (await raw.act("fba", sku="S1", fulfillable=4))["fulfillable"] == 4
    assert (await raw.act("sell", sku="S1", fba=True))["fulfilled_by"] == "AMAZON"
    assert (await raw.act("marketplace", id=CA, suspended=True))["suspended"]
    assert (await raw.act("rename", sku="S0", to="S9"))["sku"] == "S9"
    state = (await raw.http.get("/_sandbox/alpha/state")).json()
    assert state["fba"][US] == {"S1": 3}
    assert (await raw.http.get("/_sandbox/alpha/available")).json()["available"] == {"S9": [2]}
    assert "oa2-cs" in (await raw.act("secret"))["client_secret"]
    assert (await raw.act("token"))["refresh_token"] == shop.keys.refresh_token
    assert "secret" not in json.dumps(state)
    with pytest.raises(SoldOut):
        shop.sell("S9", 3)
    sold_out = await raw.http.post("/_sandbox/alpha/sell", json={"sku": "S9", "quantity": 9})
    assert sold_out.status_code == 409
