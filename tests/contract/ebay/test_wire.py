"""What goes over the wire is what eBay's own contracts say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.ebay.world import Exchange
from tests.contract.ebay.exercise import exercise
from tests.contract.ebay.official import Contracts
from tests.contract.ebay.rows import NOT_CALLED, OPERATIONS, ROWS, Evidence

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("ebay-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def test_every_operation_and_every_error_row_was_exercised(
    specs: Path, contracts: Contracts, evidence: Evidence
) -> None:
    text = (specs / "ebay" / "error-samples.json").read_text(encoding="utf-8")
    samples = {each["name"] for each in json.loads(text)["samples"]}
    assert set(ROWS) == samples - NOT_CALLED
    assert {contracts.name(each) for each in evidence.exchanges} == OPERATIONS
    assert evidence.met == set(ROWS)


def test_every_operation_was_answered_well(contracts: Contracts, evidence: Evidence) -> None:
    answered = {contracts.name(each) for each in evidence.exchanges if _is_good(each)}
    assert answered == OPERATIONS


def test_everything_sent_is_what_its_operation_takes(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.request_problems(each)}
    assert found == set()


def test_every_answer_of_the_local_ebay_is_what_its_operation_promises(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.answer_problems(each)}
    assert found == set()


def test_the_checks_of_requests_can_fail(contracts: Contracts, evidence: Evidence) -> None:
    def one(name: str, **query: str) -> Exchange:
        return _one(contracts, evidence, name, **query)

    orders, offers = one("getOrders", limit="200"), one("getOffers")
    write, token = one("bulkUpdatePriceQuantity"), one("token")
    listed, revised = one("GetSellerList"), one("ReviseInventoryStatus")
    entry = write.body["requests"][0]

    def xml(exchange: Exchange, old: bytes, new: bytes) -> Exchange:
        assert old in exchange.sent
        return replace(exchange, sent=exchange.sent.replace(old, new, 1))

    status = revised.sent[revised.sent.index(b"<InventoryStatus>") :]
    status = status[: status.index(b"</InventoryStatus>") + len(b"</InventoryStatus>")]
    for wrong in (
        replace(orders, path="/sell/fulfillment/v1/parcels"),
        replace(orders, query={**orders.query, "limit": "201"}),
        replace(orders, query={**orders.query, "page": "1"}),
        replace(orders, query={**orders.query, "filter": "lastmodifieddate:[yesterday..]"}),
        replace(orders, query={"filter": orders.query["filter"] + ",creationdate:[" + "x" + "..]"}),
        replace(orders, query={"orderIds": ",".join(["1"] * 51)}),
        replace(orders, headers={}),
        replace(offers, query={}),
        replace(write, headers={**write.headers, "content-type": "text/plain"}),
        replace(write, body={"requests": []}),
        replace(write, body={"requests": [entry, entry]}),
        replace(write, body={"requests": [{**entry, "colour": "red"}]}),
        replace(write, body={"requests": [{"offers": entry["offers"]}]}),
        replace(write, body={"requests": [{**entry, "offers": [{"availableQuantity": "2"}]}]}),
        replace(token, headers={**token.headers, "authorization": "Bearer x"}),
        replace(token, sent=token.sent + b"&password=x"),
        replace(token, sent=b"grant_type=password"),
        replace(listed, headers={**listed.headers, "x-ebay-api-siteid": ""}),
        replace(listed, headers={**listed.headers, "x-ebay-api-call-name": "GetEverything"}),
        xml(listed, b"<EntriesPerPage>200<", b"<EntriesPerPage>201<"),
        xml(listed, b"<EntriesPerPage>200<", b"<EntriesPerPage>many<"),
        xml(listed, b"<IncludeVariations>true<", b"<IncludeVariations>yes<"),
        xml(listed, b"<IncludeVariations>", b"<IncludeAll/><IncludeVariations>"),
        xml(listed, b"<EndTimeFrom>2026", b"<EndTimeFrom>2025"),
        xml(listed, b"<DetailLevel>ReturnAll<", b"<DetailLevel>All<"),
        xml(revised, status, status + status),
        xml(revised, b"<ItemID>", b"<ItemID>1</ItemID><ItemID>"),
        replace(revised, sent=b"<ReviseInventoryStatusRequest>"),
    ):
        assert contracts.request_problems(wrong), wrong


def test_the_checks_of_answers_can_fail(contracts: Contracts, evidence: Evidence) -> None:
    def one(name: str, **query: str) -> Exchange:
        return _one(contracts, evidence, name, **query)

    orders, offers = one("getOrders", limit="200"), one("getOffers")
    write, items = one("bulkUpdatePriceQuantity"), one("bulkGetInventoryItem")
    user, token = one("getUser"), one("token")
    changes: list[tuple[Exchange, Any]] = [
        (orders, lambda body: body.pop("total")),
        (orders, lambda body: body["orders"][0].update(orderPaymentStatus="OPEN")),
        (orders, lambda body: body["orders"][0]["lineItems"][0].update(quantity="1")),
        (orders, lambda body: body["orders"][0]["lineItems"][0].update(colour="red")),
        (orders, lambda body: body["orders"][0]["cancelStatus"].pop("cancelState")),
        (offers, lambda body: body["offers"][0].update(availableQuantity=1.5)),
        (offers, lambda body: body["offers"][0]["listing"].update(listingStatus="HIDDEN")),
        (write, lambda body: body["responses"][0].update(sku=7)),
        (items, lambda body: body["responses"][0]["inventoryItem"].update(stock=7)),
        (user, lambda body: body.update(status="FINE")),
        (token, lambda body: body.pop("expires_in")),
    ]
    for exchange, change in changes:
        body = exchange.answer
        change(body)
        assert contracts.answer_problems(exchange) == []
        spoilt = replace(exchange, content=json.dumps(body).encode())
        assert contracts.answer_problems(spoilt), exchange.name
    listed = one("GetSellerList")
    for old, new in (
        (b"<Ack>Success</Ack>", b""),
        (b"<Ack>Success<", b"<Ack>Fine<"),
        (b"<Quantity>", b"<Quantity>x"),
        (b"<ItemArray>", b"<ItemArray/><ItemArray>"),
        (b"<Version>", b"<Colour>red</Colour><Version>"),
    ):
        assert old in listed.content
        content = listed.content.replace(old, new, 1)
        assert contracts.answer_problems(replace(listed, content=content)), new
    refused = next(each for each in evidence.exchanges if each.status == 401)
    named = next(each for each in evidence.exchanges if b' ParamID="' in each.content)
    assert contracts.answer_problems(named) == []
    for exchange in (
        replace(orders, status=299),
        replace(orders, kind="text/html"),
        replace(listed, status=404),
        replace(named, content=named.content.replace(b" ParamID=", b" Place=")),
        replace(refused, content=b'{"errors":[]}'),
        replace(refused, content=b'{"message":"no"}'),
        replace(refused, content=refused.content.replace(b"1001", b"99999")),
    ):
        assert contracts.answer_problems(exchange), exchange.name


def _is_good(exchange: Exchange) -> bool:
    failed = b"<Ack>Failure" in exchange.content or b"<Ack>Partial" in exchange.content
    return exchange.status == 200 and not failed


def _one(contracts: Contracts, evidence: Evidence, name: str, **query: str) -> Exchange:
    """Find an exchange that was answered well, the fullest one."""
    return max(
        (
            each
            for each in evidence.exchanges
            if contracts.name(each) == name
            and _is_good(each)
            and query.items() <= each.query.items()
        ),
        key=lambda each: len(each.content),
    )
