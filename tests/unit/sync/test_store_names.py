"""Names of stores: told apart where several have the same, and found again by what is shown."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.store_names import meant, told_apart


@dataclass(frozen=True)
class Known:
    id: int
    name: str
    platform: str
    account_id: str


def test_only_stores_of_one_name_get_more_than_their_name() -> None:
    stores = [
        Known(1, "Acme", "etsy", "55"),
        Known(2, "acme", "shopify", "7"),
        Known(3, "Bolt", "etsy", "56"),
        Known(4, "Bolt", "etsy", "57"),
        Known(5, "Cord", "etsy", "58"),
    ]
    assert list(told_apart(stores).values()) == [
        "Acme (Etsy)",
        "acme (Shopify)",
        "Bolt (Etsy, 56)",
        "Bolt (Etsy, 57)",
        "Cord",
    ]


def test_a_store_that_is_called_like_another_told_apart_is_told_apart_too() -> None:
    stores = [
        Known(1, "Acme", "etsy", "55"),
        Known(2, "Acme", "shopify", "7"),
        Known(3, "Acme (Etsy)", "shopify", "8"),
    ]
    called = told_apart(stores)
    assert called[1] == "Acme (Etsy, 55)"
    assert len(set(called.values())) == 3


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", [1, 2, 3]),
        ("ACME", [1, 2]),
        ("acme  (etsy)", [1]),
        ("Acme (", [1, 2]),
        ("Acme (Shopify, 7)", [2]),
        ("outlet", [3]),
        ("etsy", []),
    ],
)
def test_what_a_person_types_may_mean(typed: str, ids: list[int]) -> None:
    stores = [
        Known(1, "Acme", "etsy", "55"),
        Known(2, "Acme", "shopify", "7"),
        Known(3, "Acme Outlet", "etsy", "56"),
    ]
    assert [store.id for store in meant(stores, typed)] == ids


NAMES = st.sampled_from(["A", "a ", "B", "A (Etsy)", "A (Etsy, 1)"])


@given(st.lists(st.tuples(NAMES, st.sampled_from(["etsy", "shopify"])), max_size=8))
def test_whatever_is_shown_for_a_store_finds_it(made: list[tuple[str, str]]) -> None:
    stores = [Known(n, name, platform, str(n)) for n, (name, platform) in enumerate(made)]
    called = told_apart(stores)
    for store in stores:
        assert store in meant(stores, called[store.id])
