"""What a plan says and asks about items that are not stocked at a location."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from flows import stocking
from flows import stocking_words as words
from flows.engine import Choice, Draft, Points, Say
from storage.stocking import Unstocked
from tests.unit.flows.made import facts, plan, store

AT = datetime(2026, 11, 3, tzinfo=UTC)
FOUND = (
    Unstocked("Cellar", 12, 12, ["A", "B"]),
    Unstocked("<!here>", 1, 0, ["C"]),
)


def draft(**answers: str) -> Draft:
    return Draft(UUID(int=9), 1, "plan", answers, 1)


def test_each_location_is_named_with_its_first_items_and_the_default_leaves_them() -> None:
    held = plan(not_stocked=FOUND)
    found, what, asked = stocking.ask(draft(), facts(plan=held), held)
    assert isinstance(found, Points)
    assert found.items == (
        "Cellar: 12 items (A, B and 10 more)",
        "<!here>: 1 item (C); 0 of them counted in its warehouse",
    )
    assert what == Say(words.what("Alpha"))
    assert isinstance(asked, Choice)
    assert asked.value == "leave"


def test_nothing_missing_asks_nothing_and_what_was_agreed_is_only_told() -> None:
    assert stocking.ask(draft(), facts(plan=plan()), plan()) == ()
    held, known = plan(not_stocked=FOUND), store(stocked_since=AT)
    _, told = stocking.ask(draft(), facts(known, plan=held), held)
    assert told == Say(words.agreed(AT))
    assert "on 3 November 2026" in words.agreed(AT)


@pytest.mark.parametrize(
    ("answer", "missing", "since", "agreed"),
    [
        ("stock", True, None, True),
        ("leave", True, None, False),
        (None, True, None, False),
        ("stock", False, None, False),  # an answer to an older plan
        ("stock", True, AT, False),  # agreed to before
    ],
)
def test_r9_only_an_answer_to_the_plan_that_was_shown_counts(
    answer: str | None, missing: bool, since: datetime | None, agreed: bool
) -> None:
    held = plan(not_stocked=FOUND if missing else ())
    given = draft(**({} if answer is None else {stocking.KEY: answer}))
    assert stocking.agreed(given, facts(store(stocked_since=since), plan=held)) is agreed
