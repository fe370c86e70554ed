"""Who ships: asked before step 1 where the platform ships, too, and preselected by what is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from flows import turn_on
from flows.engine import Choice, Draft, ShowForm
from tests.unit.flows import made

BEGIN = Draft(UUID(int=1), 1, turn_on.FIRST, {}, 0)


def asked(**store: Any) -> Choice:
    held = made.store(has_locations=False, offers_fba=True, **store)
    _, shown = turn_on.step(BEGIN, made.facts(held), None)
    assert isinstance(shown, ShowForm)
    assert (shown.step, shown.position) == ("fulfilment", "Before step 1")
    (choice,) = shown.choices()
    return choice


@pytest.mark.parametrize(
    ("total", "platform", "value"),
    [(10, 0, "merchant"), (10, 10, "platform"), (10, 3, "both"), (0, 0, None)],
)
def test_the_listings_preselect_the_way(total: int, platform: int, value: str | None) -> None:
    counts = replace(made.COUNTS, total=total, platform=platform)
    assert asked(listings=counts).value == value


def test_half_an_import_preselects_nothing() -> None:
    assert asked(importing=True).value is None


def test_what_it_was_before_comes_first() -> None:
    assert asked(was_on=True, off_days=3, fulfilment="both").value == "both"
    assert asked(fulfilment="platform").value == "platform"


def test_a_platform_that_ships_nothing_is_not_asked_about() -> None:
    _, shown = turn_on.step(BEGIN, made.facts(made.store(has_locations=False)), None)
    assert isinstance(shown, ShowForm)
    assert (shown.step, shown.position) == ("review", "Step 1 of 4")
