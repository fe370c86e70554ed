"""What goes over the wire is what Amazon's own models say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.amazon.world import Exchange
from tests.contract.amazon.exercise import OPERATIONS, ROWS, Evidence, exercise
from tests.contract.amazon.official import BESIDE, Contracts

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("amazon-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def test_every_operation_and_every_error_row_was_exercised(
    contracts: Contracts, evidence: Evidence
) -> None:
    for exchanges in (
        evidence.exchanges,
        [each for each in evidence.exchanges if each.status in (200, 201, 202)],
    ):
        named = {each.name for each in exchanges}
        assert named == OPERATIONS | BESIDE
    for each in evidence.exchanges:
        found = contracts.of(each)
        assert each.name in BESIDE or (found is not None and found[1].id == each.name)
    assert evidence.met == ROWS.keys()


def test_everything_sent_is_what_its_operation_takes(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.request_problems(each)}
    # Sent on purpose, to meet its refusal
    assert found == set()


def test_every_answer_of_the_local_account_is_what_its_operation_promises(
    contracts: Contracts, evidence: Evidence
) -> None:
    found = {problem for each in evidence.exchanges for problem in contracts.answer_problems(each)}
    assert found == set()


def test_reports_about_feeds_are_what_their_schema_wants(
    contracts: Contracts, evidence: Evidence
) -> None:
    reports = [
        each
        for each in evidence.exchanges
        if each.name == "download" and each.kind == "application/json"
    ]
    assert len(reports) >= 3
    assert {problem for each in reports for problem in contracts.report_problems(each)} == set()


def test_people_are_never_asked_about(evidence: Evidence) -> None:
    """Neither BUYER nor RECIPIENT, and no token for restricted data."""
    targets = " ".join(each.target for each in evidence.exchanges)
    assert "includedData=FULFILLMENT,CANCELLATION" in targets
    assert not any(word in targets for word in ("BUYER", "RECIPIENT", "restrictedDataToken"))


def test_a_sku_is_encoded_wholly_and_lists_are_divided_by_commas(evidence: Evidence) -> None:
    targets = [each.target for each in evidence.exchanges]
    for encoded in (
        "CUP%2FSAUCER%2F2",
        "100%25-WOOL%20%26%20SILK",
        "NO%235-SCENT",
        "SET%20%283%2B1%29",
    ):
        assert any(f"/{encoded}?" in target for target in targets)
        assert any("identifiers=" in target and encoded in target for target in targets)
    assert any("marketplaceIds=ATVPDKIKX0DER,A2EUQ1WTGCTBG2," in target for target in targets)


def test_the_checks_can_fail(contracts: Contracts, evidence: Evidence) -> None:
    def one(operation: str, words: str = "") -> Exchange:
        return next(
            each
            for each in evidence.exchanges
            if each.name == operation and each.status in (200, 201, 202) and words in each.target
        )

    def asked(exchange: Exchange, query: str) -> Exchange:
        return replace(exchange, target=exchange.target.partition("?")[0] + query)

    def body(exchange: Exchange, **changes: Any) -> Exchange:
        return replace(exchange, body={**exchange.body, **changes})

    items, orders, fba = (
        one(name) for name in ("searchListingsItems", "searchOrders", "getInventorySummaries")
    )
    patch, feed, upload = one("patchListingsItem"), one("createFeed"), one("upload")
    report = one("createReport")
    for wrong in (
        replace(items, method="POST"),
        asked(items, ""),
        asked(items, "?marketplaceIds=A&pageSize=21"),
        asked(items, "?marketplaceIds=A&includedData=stock"),
        asked(items, "?marketplaceIds[]=A"),
        replace(items, headers={}),
        asked(orders, "?fulfilledBy=SELLER"),
        asked(fba, "?granularityType=Country&granularityId=A&marketplaceIds=A"),
        asked(fba, "?granularityType=Marketplace&granularityId=A&marketplaceIds=A,B"),
        body(patch, patches=[]),
        body(patch, patches=[{"op": "set", "path": "/x", "value": []}]),
        body(patch, quantity=1),
        body(feed, marketplaceIds=[]),
        body(feed, inputFeedDocumentId=7),
        body(report, marketplaceIds="A"),
        body(upload, messages=[{"messageId": 0, "sku": "A", "operationType": "PATCH"}]),
        body(upload, header={"sellerId": "A", "version": "1.0"}),
        replace(upload, headers={**upload.headers, "x-amz-access-token": "t"}),
    ):
        assert contracts.request_problems(wrong), wrong

    def with_answer(exchange: Exchange, change: Any) -> Exchange:
        told = exchange.answer
        change(told)
        return replace(exchange, content=json.dumps(told).encode())

    changes: list[tuple[Exchange, Any]] = [
        (items, lambda told: told.pop("numberOfResults")),
        (items, lambda told: told["items"][0]["summaries"][0].update(status=["LIVE"])),
        (items, lambda told: told["items"][0].update(colour="red")),
        (orders, lambda told: told["orders"][0].pop("createdTime")),
        (orders, lambda told: told["orders"][0]["orderItems"][0].update(quantityOrdered="1")),
        (fba, lambda told: told["payload"].pop("granularity")),
        (patch, lambda told: told.update(status="TAKEN")),
        (feed, lambda told: told.pop("feedId")),
    ]
    for exchange, change in changes:
        assert contracts.answer_problems(exchange) == []
        assert contracts.answer_problems(with_answer(exchange, change)), exchange.name
    assert contracts.answer_problems(replace(orders, status=204))
    assert contracts.answer_problems(replace(orders, answered={}))
