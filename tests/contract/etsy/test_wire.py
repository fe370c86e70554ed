"""What goes over the wire is what Etsy's own description says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.etsy.consent import begin
from connectors.etsy.keys import Hosts
from connectors.etsy.scopes import SCOPES
from sandbox.etsy.app import CALLS
from tests.connectors.etsy.world import Exchange
from tests.contract.etsy.exercise import OPERATIONS, ROWS, Evidence, exercise
from tests.contract.etsy.official import TOKEN, Contract

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("etsy-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def _named(contract: Contract, exchange: Exchange) -> str | None:
    found = contract.of(exchange)
    return found.id if found else None


def test_every_operation_and_every_error_row_was_exercised(
    contract: Contract, evidence: Evidence
) -> None:
    calls = [each for each in evidence.exchanges if each.path != TOKEN]
    assert {_named(contract, each) for each in calls} == OPERATIONS
    assert {_named(contract, each) for each in calls if each.status == 200} == OPERATIONS
    assert evidence.met == ROWS.keys()


def test_everything_sent_is_what_its_operation_takes(
    contract: Contract, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contract.request_problems(each)}
    assert found == set()


def test_every_answer_of_the_local_shop_is_what_its_operation_promises(
    contract: Contract, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contract.answer_problems(each)}
    assert found == set()


def test_the_consent_goes_where_the_description_says_and_asks_for_scopes_that_it_knows(
    contract: Contract,
) -> None:
    typed = {"keystring": "k", "shared_secret": "s", "redirect_uri": "https://here.example/back"}
    page = urlsplit(begin(typed, "state").address)
    assert f"{page.scheme}://{page.netloc}{page.path}" == contract.flow["authorizationUrl"]
    assert dict(parse_qsl(page.query))["client_id"] == "k"
    assert contract.flow["tokenUrl"] == f"{Hosts().api}{TOKEN}"
    assert {scope.key for scope in SCOPES} <= contract.flow["scopes"].keys()


def test_the_local_shop_asks_for_the_scopes_that_the_description_names(
    contract: Contract,
) -> None:
    for call in CALLS:
        operation = contract.description.operation(call.method, _example(call.path))
        assert operation is not None
        assert operation.id == call.id
        named = [each for one in operation.description.get("security", []) for each in one.items()]
        assert dict(named).get("oauth2") == (None if call.scope is None else [call.scope])
    assert {call.id for call in CALLS} == OPERATIONS | {"ping"}


def _example(path: str) -> str:
    return "/v3/application" + re.sub(r"\{\w+(:int)?\}", "5", path)


def test_the_checks_can_fail(contract: Contract, evidence: Evidence) -> None:
    def one(operation: str) -> Exchange:
        return next(
            each
            for each in evidence.exchanges
            if _named(contract, each) == operation and each.status == 200
        )

    listings, put, patch = (
        one("getListingsByShop"),
        one("updateListingInventory"),
        one("updateListing"),
    )
    batch, receipts, scopes = (
        one("getListingsInventoryByListingIds"),
        one("getShopReceipts"),
        one("tokenScopes"),
    )

    def sent(exchange: Exchange, change: Any) -> Exchange:
        body = json.loads(exchange.sent)
        change(body)
        return replace(exchange, sent=json.dumps(body).encode())

    def offering(body: Any) -> Any:
        return body["products"][0]["offerings"][0]

    for wrong in (
        replace(listings, path="/shops/1/things"),
        replace(listings, query={"limit": "101"}),
        replace(listings, query={"state": "gone"}),
        replace(listings, query={"page": "2"}),
        replace(batch, query={}),
        replace(batch, query={"listing_ids": "1,x"}),
        replace(receipts, query={"sort_on": "name"}),
        replace(receipts, query={"min_last_modified": "5"}),
        replace(put, query={"max_variations_supported": "4"}),
        sent(put, lambda body: body.pop("products")),
        sent(put, lambda body: offering(body).pop("readiness_state_id")),
        sent(put, lambda body: offering(body).update(price="1.50")),
        sent(put, lambda body: offering(body).update(offering_id=5)),
        sent(put, lambda body: body["products"][0].update(is_deleted=False)),
        replace(patch, sent=b"state=asleep"),
        replace(patch, sent=b"status=active"),
        replace(patch, headers={**patch.headers, "content-type": "text/plain"}),
        replace(scopes, sent=b""),
        replace(listings, headers={**listings.headers, "x-api-key": "keystring"}),
        replace(listings, headers={"x-api-key": "a:b"}),
        replace(scopes, headers={**scopes.headers, "authorization": "Bearer x"}),
    ):
        assert contract.request_problems(wrong), wrong.name

    def answered(exchange: Exchange, change: Any) -> Exchange:
        body = exchange.answer
        change(body)
        return replace(exchange, content=json.dumps(body).encode())

    changes: list[tuple[Exchange, Any]] = [
        (listings, lambda body: body.update(count="3")),
        (listings, lambda body: body["results"][0].update(colour="red")),
        (batch, lambda body: body["results"][1]["inventory"]["products"][0].update(sku=5)),
        (put, lambda body: offering(body).update(price=5)),
        (receipts, lambda body: body["results"][0].update(status="lost")),
        (receipts, lambda body: body["results"][0]["transactions"][0].update(quantity=-1)),
    ]
    for exchange, change in changes:
        assert contract.answer_problems(exchange) == []
        assert contract.answer_problems(answered(exchange, change)), exchange.name
    assert contract.answer_problems(replace(receipts, status=204))
    assert contract.answer_problems(replace(receipts, kind="text/html"))
