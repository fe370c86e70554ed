"""What goes over the wire is what Shopify's own schemas say, in both versions."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema

from connectors.shopify import documents
from connectors.shopify.document import Document
from sandbox.shopify.resolvers import load_schema
from tests.contract.shopify import official
from tests.contract.shopify.exercise import ROWS, Evidence, exercise

# One run feeds all tests of this file: they belong on one worker.
pytestmark = pytest.mark.xdist_group("shopify-contract")


@pytest.fixture(scope="module")
async def evidence() -> Evidence:
    return await exercise()


def test_every_document_and_every_error_row_was_exercised(evidence: Evidence) -> None:
    sent = {each.name for each in evidence.exchanges}
    assert sent == {document.name for document in documents.ALL}
    assert evidence.met == set(ROWS)


def test_all_holds_every_document_of_the_file() -> None:
    written = {each for each in vars(documents).values() if isinstance(each, Document)}
    assert written == set(documents.ALL)
    for document in documents.ALL:
        assert f" {document.name}" in document.text


@pytest.mark.parametrize("version", official.VERSIONS)
def test_every_document_is_valid_and_holds_nothing_deprecated(
    schemas: dict[str, GraphQLSchema], version: str
) -> None:
    problems = {
        document.name: found
        for document in documents.ALL
        if (found := official.document_problems(schemas[version], document.text))
    }
    assert problems == {}


@pytest.mark.parametrize("version", official.VERSIONS)
def test_the_bulk_query_is_valid_and_holds_nothing_deprecated(
    schemas: dict[str, GraphQLSchema], version: str
) -> None:
    assert official.document_problems(schemas[version], documents.BULK_LISTINGS) == []


@pytest.mark.parametrize("version", official.VERSIONS)
def test_everything_sent_has_valid_variables(
    schemas: dict[str, GraphQLSchema], evidence: Evidence, version: str
) -> None:
    problems = [
        found
        for each in evidence.exchanges
        if not ROWS["validation, bad variable"](each)  # sent wrong on purpose
        for found in official.variable_problems(
            schemas[version], each.query, each.name, each.variables
        )
    ]
    assert problems == []


@pytest.mark.parametrize("version", official.VERSIONS)
def test_every_answer_of_the_local_shop_has_the_official_shape(
    schemas: dict[str, GraphQLSchema], evidence: Evidence, version: str
) -> None:
    checked = set()
    for each in evidence.exchanges:
        if each.answer is None or not each.answer.get("data") or "errors" in each.answer:
            continue
        problems = official.answer_problems(
            schemas[version], each.query, each.name, each.answer["data"], each.variables
        )
        assert problems == []
        checked.add(each.name)
    assert checked == {document.name for document in documents.ALL}


@pytest.mark.parametrize("version", official.VERSIONS)
def test_the_local_schema_is_a_part_of_the_official_one(
    schemas: dict[str, GraphQLSchema], version: str
) -> None:
    problems = set(official.subset_problems(load_schema(), schemas[version]))
    # Gone from 2026-10; the local shop speaks it only when asked in an older version.
    gone = "InventorySetQuantitiesUserErrorCode.ITEM_NOT_STOCKED_AT_LOCATION: unknown"
    assert problems == ({gone} if version == "2026-10" else set())


def test_the_checks_can_fail(schemas: dict[str, GraphQLSchema], evidence: Evidence) -> None:
    schema = schemas["2026-10"]
    assert official.document_problems(schema, "{ shop { nameless } }")
    assert official.document_problems(schema, '{ location(id: "x") { isPrimary } }')
    text = "query Shop { shop { id name currencyCode } }"
    good = {"shop": {"id": "gid://shopify/Shop/1", "name": "A", "currencyCode": "EUR"}}
    assert official.answer_problems(schema, text, "Shop", good) == []
    for key, bad in (("id", "1"), ("name", None), ("currencyCode", "XXY"), ("name", 3)):
        wrong = {"shop": {**good["shop"], key: bad}}
        assert official.answer_problems(schema, text, "Shop", wrong)
    assert official.answer_problems(schema, text, "Shop", {"shop": {"id": None}})
