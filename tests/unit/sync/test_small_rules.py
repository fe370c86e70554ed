"""Names, SKUs, sheets, retries: small rules with one answer each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from sync import retry
from sync.choices import Choices, LocationChoice
from sync.incidents import IncidentKind, worth_telling
from sync.names import name_warehouses
from sync.sheet import to_csv
from sync.sku import sku_key

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("raw", ["Mug-1", " mug-1 ", "MUG-1", "mug-1\t"])
def test_skus_are_compared_trimmed_and_without_case(raw: str) -> None:
    assert sku_key(raw) == "mug-1"


@given(st.text())
def test_folding_twice_is_folding_once(raw: str) -> None:
    assert sku_key(sku_key(raw)) == sku_key(raw)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert to_csv(("A",), [(f"{start}1+1",)]).splitlines()[1] == f"'{start}1+1"
    assert to_csv(("A",), [(-3,)]).splitlines()[1] == "-3"


def test_warehouses_take_their_locations_names_and_stay_unique() -> None:
    choices = [
        LocationChoice(1, "link", 10),
        LocationChoice(2, "new", None),
        LocationChoice(3, "none", None),
        LocationChoice(4, "link", 10),
    ]
    named = name_warehouses(
        choices,
        locations={1: "Shelf", 2: "Cellar", 3: "Attic", 4: "Shop"},
        warehouses={10: "Old", 11: "cellar", 12: "Cellar (Alpha)"},
        store="Alpha",
    )
    assert [(name.warehouse_id, name.name) for name in named] == [
        (10, "Shelf"),
        (None, "Cellar (Alpha 2)"),
    ]


def test_a_choice_survives_its_stored_form() -> None:
    choices = Choices("copy", (LocationChoice(1, "link", 2),), (1,), None)
    assert Choices.from_json(choices.to_json()) == choices


@pytest.mark.parametrize(
    ("error", "failures", "wait", "kind"),
    [
        (RateLimited("", retry_after=3 * MINUTE), 1, 3 * MINUTE, None),
        (RateLimited("", retry_after=MINUTE), 3, MINUTE, IncidentKind.THROTTLED),
        (Unavailable(""), 1, MINUTE, None),
        (Unavailable(""), 3, 4 * MINUTE, IncidentKind.STORE_DOWN),
        (Unavailable(""), 30, 15 * MINUTE, IncidentKind.STORE_DOWN),
        (NeedsReconnect(""), 1, MINUTE, IncidentKind.NEEDS_RECONNECT),
        (Refused(""), 1, MINUTE, IncidentKind.STORE_DOWN),
    ],
)
def test_retry_is_a_function_of_error_and_attempt(
    error: StoreError, failures: int, wait: timedelta, kind: IncidentKind | None
) -> None:
    assert retry.next_try(error, failures, MINUTE) == wait
    assert retry.incident_of(error, failures) == kind


@given(st.integers(1, 1000))
def test_r7_a_refused_item_is_tried_again_within_a_day(refusals: int) -> None:
    assert timedelta(0) < retry.next_item_try(refusals) <= timedelta(hours=24)


def test_a_storm_of_repeats_is_told_ever_more_rarely() -> None:
    assert [n for n in range(40) if worth_telling(n)] == [1, 2, 4, 8, 16, 32]
