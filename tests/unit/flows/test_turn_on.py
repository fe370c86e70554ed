"""The Shopify wizard as a function: every branch, and the way out of every error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import place_words, plan_words, turn_on, words
from flows.engine import (
    BACK,
    Aborted,
    Done,
    Draft,
    ExternalStep,
    Figures,
    Points,
    Result,
    Say,
    ShowForm,
    ShowProgress,
)
from flows.facts import Facts
from tests.unit.flows.made import COUNTS, facts, location, orders, plan, store, warehouse

BEGIN = Draft(UUID(int=9), 1, turn_on.FIRST, {}, 0)


def go(
    draft: Draft, known: Facts | None = None, answers: Mapping[str, str] | None = None
) -> tuple[Draft, Result]:
    return turn_on.step(draft, known or facts(), answers)


def form(result: Result) -> ShowForm:
    assert isinstance(result, ShowForm), result
    return result


def said(result: ShowForm) -> str:
    parts = [part.text for part in result.content if isinstance(part, Say)]
    parts += [item for part in result.content if isinstance(part, Points) for item in part.items]
    parts += [
        f"{name} {value}"
        for part in result.content
        if isinstance(part, Figures)
        for name, value in part.rows
    ]
    return "\n".join(parts)


def at(step: str, **answers: Any) -> Draft:
    given = {
        key.replace("_", "-", 1) if key.startswith("location") else key: value
        for key, value in answers.items()
    }
    return Draft(UUID(int=9), 1, step, given, 3)


def test_copy_from_first_to_last() -> None:
    draft, result = go(BEGIN)
    assert form(result).position == "Step 1 of 4"
    assert not form(result).back
    draft, result = go(draft, None, {})
    assert form(result).position == "Step 2 of 4"
    assert form(result).choices()[0].value == "copy"
    draft, result = go(draft, None, {"mode": "copy"})
    assert form(result).position == "Step 3 of 4"
    assert form(result).choices()[0].value == "new"
    draft, result = go(draft, None, {"location-1": "new"})
    assert isinstance(result, ShowProgress)
    assert (result.work, draft.step) == ("orders", "orders")
    draft, result = go(draft, facts(open_orders=orders(2, 5)))
    assert isinstance(result, ShowProgress)
    assert result.work == "planning"
    draft, result = go(draft, facts(plan=plan()))
    assert form(result).position == "Step 4 of 4"
    assert form(result).submit == "Turn on sync"
    assert draft.answers["plan"] == str(UUID(int=1))
    draft, result = go(draft, facts(plan=plan()), {})
    assert isinstance(result, ShowProgress)
    assert result.work == "confirm"
    draft, result = go(draft, facts(confirmed=True))
    assert isinstance(result, Done)
    assert Say(words.ONLY_HERE) in result.content


def test_the_review_and_the_plan_say_to_change_stock_only_here() -> None:
    assert words.ONLY_HERE in said(form(go(BEGIN)[1]))
    assert words.ONLY_HERE in said(form(go(at("plan"), facts(plan=plan()))[1]))


def test_the_review_waits_for_the_first_import() -> None:
    draft, result = go(BEGIN, facts(store(importing=True)), {})
    assert form(result).errors == {"": words.STILL_IMPORTING}
    _, result = go(draft, None, {})
    assert form(result).step == "copy"


@pytest.mark.parametrize(
    ("total", "linked", "note"),
    [(0, 0, words.NO_LISTINGS), (5, 0, words.NONE_LINKED), (5, 3, words.UNLINKED_STAY)],
)
def test_the_review_tells_what_cannot_be_synced(total: int, linked: int, note: str) -> None:
    held = store(listings=replace(COUNTS, total=total, linked=linked))
    assert note in said(form(go(BEGIN, facts(held))[1]))


def test_the_copy_step_preselects_by_stock_and_warns_both_ways() -> None:
    fresh = form(go(at("copy"))[1])
    assert fresh.choices()[0].value == "copy"
    assert words.NO_STOCK in said(fresh)
    used = form(go(at("copy"), facts(store(stock_exists=True)))[1])
    assert used.choices()[0].value == "keep"
    assert words.COPY_OVERWRITES in said(used)


def test_an_unanswered_or_invented_answer_is_asked_for_again() -> None:
    for answers in ({}, {"mode": "burn"}):
        draft, result = go(at("copy"), None, answers)
        assert form(result).errors == {"mode": words.CHOOSE_ONE}
        assert "mode" not in draft.answers
    _, result = go(at("copy"), None, {"mode": "keep"})
    assert form(result).step == "map.0"


def test_an_invented_answer_does_not_fall_back_on_an_older_one() -> None:
    _, result = go(at("copy", mode="copy"), None, {"mode": "burn"})
    assert form(result).errors == {"mode": words.CHOOSE_ONE}


def test_answers_to_other_steps_are_left_out() -> None:
    draft, _ = go(at("copy"), None, {"mode": "keep", "plan": "x", "open_orders": "y"})
    assert dict(draft.answers) == {"mode": "keep"}


def test_suggestions_for_a_location() -> None:
    houses = (warehouse(7, " MAIN "), warehouse(8, "Other"))

    def suggestion(mode: str, *, places: Any = None, all_houses: Any = houses) -> str | None:
        held = store(warehouses=all_houses, locations=places or (location(1),))
        return form(go(at("map.0", mode=mode), facts(held))[1]).choices()[0].value

    assert suggestion("keep") == "link:7"
    assert suggestion("copy", all_houses=(warehouse(8, "Other"),)) == "new"
    assert suggestion("keep", all_houses=(warehouse(8, "Other"),)) == "link:8"
    assert suggestion("keep", all_houses=houses[1:] * 2) is None
    assert suggestion("keep", all_houses=()) == "new"
    linked = (location(1, decision="linked", warehouse_id=8),)
    assert suggestion("copy", places=linked) == "link:8"
    assert suggestion("copy", places=(location(1, decision="unlinked"),)) == "none"


def test_a_location_that_is_not_ours_is_told_and_never_linked() -> None:
    held = store(locations=(location(1), location(2, "Depot", ours=False)))
    _, result = go(at("map.0", mode="copy"), facts(held))
    assert [choice.key for choice in form(result).choices()] == ["location-1"]
    assert "Depot: left out" in said(form(result))
    draft = at("planning", mode="copy", location_1="new", location_2="new")
    picked = turn_on.chosen(draft, held).locations
    assert [choice.decision for choice in picked] == ["new", "none"]


def test_at_least_one_location_is_linked() -> None:
    draft, result = go(at("map.0", mode="copy"), None, {"location-1": "none"})
    assert form(result).errors == {"": place_words.NOTHING_LINKED}
    _, result = go(draft, None, {"location-1": "new"})
    assert isinstance(result, ShowProgress)
    _, result = go(at("map.0"), facts(store(locations=())), {})
    assert form(result).errors == {"": place_words.NO_LOCATIONS}


def test_a_warehouse_that_went_away_is_asked_for_again() -> None:
    _, result = go(at("map.0", mode="keep"), None, {"location-1": "link:99"})
    assert form(result).errors == {"location-1": place_words.CHOOSE_WAREHOUSE}


def test_many_locations_are_asked_page_by_page() -> None:
    held = facts(store(locations=tuple(location(n, f"L{n}") for n in range(1, 46))))
    draft, result = go(at("map.0", mode="copy"), held)
    seen = []
    while isinstance(result, ShowForm):
        seen.append(len(result.choices()))
        assert result.position == "Step 3 of 4"
        answers = {choice.key: "new" for choice in result.choices()}
        draft, result = go(draft, held, answers)
    assert seen == [20, 20, 5]
    assert draft.step == "orders"
    draft, result = go(draft, held, {BACK: ""})
    assert form(result).step == "map.2"
    _, result = go(draft, held, {BACK: ""})
    assert form(result).step == "map.1"


def test_warehouses_that_locations_share_are_asked_about_page_by_page() -> None:
    held = store(
        locations=tuple(location(n, f"Counter {n}") for n in range(1, 91)),
        warehouses=tuple(warehouse(n, f"House {n}") for n in range(1, 46)),
    )
    draft, result = at("map.0", mode="copy"), None
    while draft.step.startswith("map"):
        _, result = go(draft, facts(held), None)
        keys = [choice.key for choice in form(result).choices()]
        answers = {key: f"link:{(int(key.split('-')[1]) + 1) // 2}" for key in keys}
        draft, result = go(draft, facts(held), answers)
    seen = []
    while isinstance(result, ShowForm):
        seen.append((draft.step, len(result.choices()), result.title.partition("(")[2]))
        draft, result = go(
            draft, facts(held), {c.key: c.groups[0].options[0].value for c in result.choices()}
        )
    assert seen == [
        ("take.0", 20, "1 to 20 of 45)"),
        ("take.1", 20, "21 to 40 of 45)"),
        ("take.2", 5, "41 to 45 of 45)"),
    ]
    assert turn_on.chosen(draft, held).copy_from == tuple(range(1, 91, 2))


def test_locations_left_out_that_are_too_many_to_be_named_are_counted() -> None:
    switched_off = tuple(location(n, f"Old {n}", active=False) for n in range(2, 30))
    held = store(locations=(location(1), *switched_off))
    _, result = go(at("map.0", mode="copy"), facts(held), None)
    assert said(form(result)).count("Old ") == 20
    assert "And 8 more are left out" in said(form(result))


def test_one_warehouse_for_several_locations() -> None:
    held = store(
        locations=(location(1, "Front"), location(2, "Back")), warehouses=(warehouse(7, "Shelf"),)
    )
    linked = {"location-1": "link:7", "location-2": "link:7"}
    draft, result = go(at("map.0", mode="copy"), facts(held), linked)
    assert form(result).title == place_words.take_title(1, 1, 1)
    assert form(result).position == "Step 3 of 4"
    assert "Front and Back all show Shelf" in said(form(result))
    _, stuck = go(draft, facts(held), {})
    assert form(stuck).errors == {"take-7": place_words.CHOOSE_LOCATION}
    draft, result = go(draft, facts(held), {"take-7": "2"})
    assert isinstance(result, ShowProgress)
    assert turn_on.chosen(draft, held).copy_from == (2,)
    draft, result = go(draft, facts(held), {BACK: ""})
    assert form(result).choices()[0].value == "2"
    kept, result = go(at("map.0", mode="keep"), facts(held), linked)
    assert isinstance(result, ShowProgress)
    assert turn_on.chosen(kept, held).copy_from == ()
    shared = at("plan", mode="keep", location_1="link:7", location_2="link:7")
    assert plan_words.SHARED in said(form(go(shared, facts(held, plan=plan()))[1]))


def test_keeping_asks_about_open_units_only_where_there_are_any() -> None:
    draft = at("orders", mode="keep", location_1="new")
    _, result = go(draft, facts(open_orders=orders()))
    assert isinstance(result, ShowProgress)
    assert result.work == "planning"
    draft, result = go(draft, facts(open_orders=orders(2, 31)))
    assert form(result).title == "Are these 31 units still in your numbers?"
    _, stuck = go(draft, None, {})
    assert form(stuck).errors == {"open_units": plan_words.CHOOSE_OPEN}
    draft, result = go(draft, None, {"open_units": "extra"})
    assert isinstance(result, ShowProgress)
    assert turn_on.chosen(draft, store()).open_units == "extra"
    assert turn_on.chosen(at("x", mode="copy", open_units="extra"), store()).open_units is None


@pytest.mark.parametrize("units", [0, 4])
def test_turning_on_again_asks_what_our_numbers_know_of_the_gap(units: int) -> None:
    again = store(was_on=True)
    draft = at("orders", mode="keep", location_1="new")
    draft, result = go(draft, facts(again, open_orders=orders(min(units, 1), units)))
    assert form(result).title == plan_words.gap_title("Alpha")
    assert ("4 units still to be sent" in said(form(result))) is bool(units)
    _, stuck = go(draft, facts(again), {"open_units": "some"})
    assert form(stuck).errors == {"open_units": plan_words.CHOOSE_GAP}
    for answer in ("counted", "extra", "in_numbers"):
        on, result = go(draft, facts(again), {"open_units": answer})
        assert isinstance(result, ShowProgress)
        assert result.work == "planning"
        assert turn_on.chosen(on, again).open_units == answer
        on, result = go(on, facts(again, plan=plan()))
        assert (plan_words.gap_counted("Alpha") in said(form(result))) is (answer == "counted")
        _, result = go(on, facts(again, plan=plan()), {BACK: ""})
        assert form(result).choices()[0].value == answer


def test_copying_again_asks_nothing_about_the_gap() -> None:
    again = store(was_on=True)
    draft = at("orders", mode="copy", location_1="new", open_units="counted")
    draft, result = go(draft, facts(again, open_orders=orders(1, 4)))
    assert isinstance(result, ShowProgress)
    assert turn_on.chosen(draft, again).open_units is None
    _, result = go(draft, facts(again, plan=plan()))
    assert plan_words.gap_counted("Alpha") not in said(form(result))


def test_the_plan_tells_how_far_back_orders_can_be_seen() -> None:
    for mode in ("copy", "keep"):
        shown = form(go(at("plan", mode=mode), facts(plan=plan()))[1])
        assert "the orders of the last 60 days" in said(shown)


def test_a_store_that_does_not_answer_is_tried_again_or_left() -> None:
    draft = at("orders", mode="copy", location_1="new")
    for problem, kind in (("reconnect", "reconnect"), ("store", "wait")):
        held, result = go(draft, facts(problem=problem, said="Invalid <token>"))
        assert isinstance(result, ExternalStep)
        assert result.kind == kind
        assert "Invalid <token>" in result.text
        _, again = go(held, None, {})
        assert isinstance(again, ShowProgress)
        _, back = go(held, None, {BACK: ""})
        assert form(back).step == "map.0"


def test_a_plan_that_changed_is_shown_again_until_it_is_confirmed() -> None:
    draft = at("confirm", mode="copy", location_1="new", plan=str(UUID(int=1)))
    draft, result = go(draft, facts(problem="changed", plan=plan(2)))
    assert form(result).errors == {"": plan_words.PLAN_CHANGED}
    assert draft.answers["plan"] == str(UUID(int=2))
    _, result = go(draft, facts(plan=plan(2)))
    assert form(result).errors == {"": plan_words.PLAN_CHANGED}
    draft, result = go(draft, facts(plan=plan(2)), {})
    assert isinstance(result, ShowProgress)
    assert result.work == "confirm"


def test_a_plan_that_is_gone_is_made_again() -> None:
    draft, result = go(at("confirm", mode="copy"), facts(problem="gone"))
    assert isinstance(result, ShowProgress)
    assert (result.work, draft.step) == ("planning", "planning")
    draft, result = go(at("plan", mode="copy"), facts())
    assert isinstance(result, ShowProgress)
    assert result.work == "planning"


def test_a_new_plan_is_made_whenever_the_way_leads_past_it() -> None:
    draft = at("plan", mode="copy", location_1="new", plan="old", again="yes")
    draft, result = go(draft, facts(plan=plan()), {BACK: ""})
    assert form(result).step == "map.0"
    draft, result = go(draft, facts(plan=plan()), {"location-1": "new"})
    draft, result = go(draft, facts(open_orders=orders()))
    assert isinstance(result, ShowProgress)
    assert "plan" not in draft.answers
    assert "again" not in draft.answers


def test_a_confirmation_that_was_left_is_asked_for_again() -> None:
    assert turn_on.resumed(at("confirm")) == "plan"
    assert turn_on.resumed(at("map.1")) == "map.1"


@pytest.mark.parametrize(
    ("known", "title"),
    [
        (facts(store(sync_status="on")), words.ALREADY_ON_TITLE),
        (facts(problem="already_on"), words.ALREADY_ON_TITLE),
        (facts(problem="running"), words.RUNNING_TITLE),
        (facts(store(running=True)), words.RUNNING_TITLE),
    ],
)
def test_what_ends_it_without_effect(known: Facts, title: str) -> None:
    for step in ("review", "plan", "confirm"):
        _, result = go(at(step), known, {})
        assert isinstance(result, Aborted)
        assert result.title == title


def test_a_store_that_is_gone_ends_it() -> None:
    _, result = turn_on.step(BEGIN, None, {})
    assert result == Aborted(words.GONE_TITLE, words.GONE)


def test_how_a_closed_conversation_ended() -> None:
    assert isinstance(turn_on.ended(facts(store(running=True))), Done)
    assert isinstance(turn_on.ended(facts(store(sync_status="on"))), Done)
    assert isinstance(turn_on.ended(facts()), Aborted)
    assert isinstance(turn_on.ended(None), Aborted)


STEPS = [
    "review",
    "copy",
    "map.0",
    "map.1",
    "map.7",
    "take.0",
    "orders",
    "open_units",
    "gap",
    "planning",
    "plan",
    "confirm",
    "no such step",
]
VALUES = st.sampled_from(
    ["copy", "keep", "new", "none", "link:7", "link:x", "in_numbers", "counted", "1", ""]
)
KEYS = st.sampled_from(["mode", "location-1", "location-2", "take-7", "open_units", BACK, "other"])
KNOWN = st.builds(
    facts,
    st.builds(
        store,
        locations=st.sampled_from([(), (location(1),), (location(1), location(2, "B"))]),
        warehouses=st.sampled_from([(), (warehouse(7, "W"),)]),
        importing=st.booleans(),
        was_on=st.booleans(),
        stock_exists=st.booleans(),
    ),
    open_orders=st.sampled_from([None, orders(), orders(1, 2)]),
    plan=st.sampled_from([None, plan()]),
    problem=st.sampled_from([None, "reconnect", "store", "changed", "gone"]),
)


@given(
    walk=st.lists(
        st.tuples(KNOWN, st.none() | st.dictionaries(KEYS, VALUES, max_size=4)), max_size=12
    ),
    first=st.sampled_from(STEPS),
)
def test_no_walk_breaks_it_or_starts_anything_unasked(
    walk: list[tuple[Facts, dict[str, str] | None]], first: str
) -> None:
    """Whatever is sent in whatever order, it shows a step and never more than that."""
    draft = at(first)
    for known, answers in walk:
        before = draft.step
        draft, result = turn_on.step(draft, known, answers)
        assert not isinstance(result, Done)
        if isinstance(result, (ShowForm, ShowProgress, ExternalStep)):
            assert result.position.startswith("Step ")
            assert draft.step == result.step
        if isinstance(result, ShowProgress) and result.work == "confirm":
            assert before in ("plan", "confirm")


@given(answers=st.dictionaries(KEYS, VALUES, max_size=4))
def test_back_and_forth_keeps_every_answer(answers: dict[str, str]) -> None:
    given_ = {key: value for key, value in answers.items() if key != BACK}
    draft = at("map.0", mode="copy")
    held, _ = go(draft, None, {**given_, BACK: ""})
    there, result = go(held, None, {"mode": "copy"})
    kept = there.answers.get("location-1")
    offered = form(result).choices()[0]
    assert kept == (given_.get("location-1") if offered.option(given_.get("location-1")) else None)
    assert "no" not in form(result).errors
