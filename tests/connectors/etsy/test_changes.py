"""What a listing becomes: sent back whole, exact, and never smaller than it was read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unavailable
from connectors.etsy.changes import come_back, decide, refusal
from connectors.etsy.inventory import Listing, read_listing, write_inventory
from connectors.etsy.marks import Noted
from connectors.etsy.refs import Ref, read_ref, ref_of
from connectors.http import Row

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOTHING = Noted({}, {}, {})
EMPTIED = Noted({"7": NOW}, {}, {})
COLOUR, SIZE, THIRD = 200, 100, 513


def value(property_id: int, words: str) -> dict[str, Any]:
    return {
        "property_id": property_id,
        "property_name": "Kind",
        "scale_id": None,
        "scale_name": None,
        "value_ids": [len(words) + property_id],
        "values": [words],
    }


def product(
    sku: str | None,
    quantity: int,
    *properties: dict[str, Any],
    amount: int = 1999,
    divisor: int = 100,
    **changed: Any,
) -> dict[str, Any]:
    offering = {
        "offering_id": 1,
        "quantity": quantity,
        "is_enabled": True,
        "is_deleted": False,
        "price": {"amount": amount, "divisor": divisor, "currency_code": "USD"},
        "readiness_state_id": 44,
    }
    return {
        "product_id": 5,
        "sku": sku,
        "is_deleted": False,
        "property_values": list(properties),
        "offerings": [{**offering, **changed}],
    }


def listing(
    *products: dict[str, Any],
    state: str = "active",
    kind: str = "physical",
    by: Sequence[int] = (COLOUR, SIZE),
) -> Listing:
    inventory = {
        "products": list(products),
        "price_on_property": [],
        "quantity_on_property": list(by),
        "sku_on_property": list(by),
        "readiness_state_on_property": [],
    }
    row = {
        "listing_id": 7,
        "title": "Mug",
        "state": state,
        "listing_type": kind,
        "inventory": inventory,
    }
    return read_listing(Row(row), NOW)


def sent(read: Listing, numbers: Mapping[Ref, int]) -> dict[str, Any]:
    body = json.loads(write_inventory(read, numbers), parse_float=Decimal)
    assert isinstance(body, dict)
    return body


def code(read: Listing, sku: str, noted: Noted = NOTHING, **options: Any) -> str | None:
    given = {"renews": True, "value": 3, **options}
    found = refusal(read, Ref(7, sku), noted, **given)
    return None if found is None else found.code


RED, BLUE = value(COLOUR, "Red"), value(COLOUR, "Navy Blue")


def test_everything_goes_back_as_it_was_but_for_the_number() -> None:
    read = listing(
        product("A", 3, RED, amount=110, readiness_state_id=None),
        product("", 4, BLUE, is_enabled=False),
        {**product("GONE", 9, value(COLOUR, "Green")), "is_deleted": True},
    )
    body = sent(read, {Ref(7, "A"): 5})
    assert body == {
        "products": [
            {
                "sku": "A",
                "property_values": [
                    {
                        "property_id": COLOUR,
                        "property_name": "Kind",
                        "value_ids": [203],
                        "values": ["Red"],
                    }
                ],
                "offerings": [
                    {
                        "price": Decimal("1.1"),
                        "quantity": 5,
                        "is_enabled": True,
                        "readiness_state_id": None,
                    }
                ],
            },
            {
                "sku": "",
                "property_values": [
                    {
                        "property_id": COLOUR,
                        "property_name": "Kind",
                        "value_ids": [209],
                        "values": ["Navy Blue"],
                    }
                ],
                "offerings": [
                    {
                        "price": Decimal("19.99"),
                        "quantity": 4,
                        "is_enabled": False,
                        "readiness_state_id": 44,
                    }
                ],
            },
        ],
        "price_on_property": [],
        "quantity_on_property": [COLOUR, SIZE],
        "sku_on_property": [COLOUR, SIZE],
        "readiness_state_on_property": [],
    }


@given(st.integers(0, 10**15 - 1), st.sampled_from([1, 10, 100, 1000]))
def test_a_price_is_exact_to_its_last_digit(amount: int, divisor: int) -> None:
    read = listing(product("A", 1, amount=amount, divisor=divisor))
    body = sent(read, {})
    assert body["products"][0]["offerings"][0]["price"] == Decimal(amount) / divisor


def test_a_price_that_cannot_be_exact_is_not_sent() -> None:
    assert code(listing(product("A", 1, amount=10**15 + 1)), "A") == "price"
    with pytest.raises(Unavailable, match="divisor"):
        listing(product("A", 1, divisor=0))


@given(st.text(min_size=1).filter(str.strip), st.integers(1, 10**17))
def test_a_ref_leads_back_to_its_sku_and_its_listing_stands_before_the_colon(
    sku: str, number: int
) -> None:
    ref = ref_of(number, sku, [])
    assert read_ref(str(ref)) == ref
    assert str(ref).rpartition(":")[0] == str(number)


def test_products_without_sku_are_told_apart_by_what_they_are() -> None:
    read = listing(product(None, 1, RED), product("", 2, BLUE), product("  ", 3))
    assert [str(ref) for ref in read.units()] == ["7?200=Red", "7?200=Navy+Blue", "7"]
    assert all(read_ref(str(ref)) == ref for ref in read.units())


# Which change


def test_one_of_several_at_zero_is_written_and_the_last_one_empties_the_listing() -> None:
    read = listing(product("A", 3, RED), product("B", 2, BLUE))
    one = decide(read, {Ref(7, "A"): 0}, NOTHING)
    assert (one.kind, one.numbers) == ("write", {Ref(7, "A"): 0})
    assert decide(read, {Ref(7, "A"): 0, Ref(7, "B"): 0}, NOTHING).kind == "empty"
    switched_off = listing(product("A", 3, RED), product("B", 2, BLUE, is_enabled=False))
    assert decide(switched_off, {Ref(7, "A"): 0}, NOTHING).kind == "empty"
    assert decide(read, {Ref(7, "A"): 3}, NOTHING).kind == "none"


def test_r8_what_we_emptied_comes_back_with_others_of_ours_at_zero_and_the_rest_as_it_was() -> None:
    read = listing(product("A", 3, RED), product("B", 2, BLUE), state="inactive")
    assert come_back(read, {Ref(7, "B")}, EMPTIED) == [Ref(7, "A")]
    change = decide(read, {Ref(7, "B"): 4}, EMPTIED, {Ref(7, "A")})
    assert (change.kind, change.numbers) == ("restock", {Ref(7, "A"): 0, Ref(7, "B"): 4})
    change = decide(read, {Ref(7, "B"): 4}, EMPTIED)
    assert (change.kind, change.numbers) == ("restock", {Ref(7, "B"): 4})
    assert decide(read, {Ref(7, "B"): 0}, EMPTIED, {Ref(7, "A")}).kind == "none"
    on_sale = listing(product("A", 3, RED), product("B", 2, BLUE))
    assert come_back(on_sale, {Ref(7, "B")}, NOTHING) == []


def test_only_a_number_above_zero_renews_and_leaves_alone_what_has_no_sku() -> None:
    read = listing(product("A", 2, RED), product("", 3, BLUE), state="expired")
    assert decide(read, {Ref(7, "A"): 0}, NOTHING).kind == "none"
    change = decide(read, {Ref(7, "A"): 5}, NOTHING)
    assert (change.kind, change.numbers) == ("renew", {Ref(7, "A"): 5})
    assert code(read, "A", renews=False) == "not_renewed"
    assert code(read, "A", renews=False, value=0) is None


# What is refused


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (listing(product("B", 1)), "unknown_item"),
        (listing(product("A", 1), state="inactive"), "inactive"),
        (listing(product("A", 1), state="draft"), "inactive"),
        (listing(product("A", 1), kind="download"), "digital"),
        (listing(product("A", 1, RED, is_enabled=False), product("B", 1, BLUE)), "inactive"),
        # Two that Etsy tells alike: sent back, one of them would be lost.
        (listing(product("A", 1, RED), product("A", 1, RED)), "odd_variations"),
        (
            listing(product("A", 1, RED), {**product("A", 1, BLUE), "offerings": []}),
            "odd_variations",
        ),
    ],
)
def test_what_cannot_be_written_safely_is_refused(read: Listing, why: str) -> None:
    assert code(read, "A") == why


def test_r8_the_sellers_own_inactive_is_told_from_ours() -> None:
    read = listing(product("A", 1), state="inactive")
    assert (code(read, "A"), code(read, "A", EMPTIED)) == ("inactive", None)


def test_a_number_shared_by_two_skus_is_refused_and_by_one_sku_is_not() -> None:
    small, large = value(SIZE, "S"), value(SIZE, "Extra Large")
    shared = listing(
        product("RED-S", 4, RED, small),
        product("RED-L", 4, RED, large),
        product("BLUE", 2, BLUE, small),
        product("BLUE", 2, BLUE, large),
        by=[COLOUR],
    )
    assert code(shared, "RED-S") == code(shared, "RED-L") == "shared_quantity"
    assert code(shared, "BLUE") is None
    quantities = [
        each["offerings"][0]["quantity"]
        for each in sent(shared, decide(shared, {Ref(7, "BLUE"): 9}, NOTHING).numbers)["products"]
    ]
    assert quantities == [4, 4, 9, 9]
    one_number = listing(product("A", 4, RED), product("B", 4, BLUE), by=[])
    assert code(one_number, "A") == "shared_quantity"
