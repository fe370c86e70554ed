"""Changing places while sync is on, step by step: which questions are asked, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flows import relocate, words
from flows import relocate_words as said_words
from flows.engine import BACK, Aborted, Answers, Done, Draft, ExternalStep, ShowForm, ShowProgress
from flows.facts import Facts, Problem
from storage.warehouses import WarehouseRow
from sync.choices import Choices, LocationChoice
from sync.open_orders import OpenOrders
from sync.plan import PlaceMove
from sync.turn_on_facts import TurnOnFacts
from tests.unit.flows.made import facts, location, plan, store

HOUSES = (WarehouseRow(7, "Shelf", 3, []), WarehouseRow(8, "Attic", 0, []))
MAIN = location(1, "Main", decision="linked", warehouse_id=7, warehouse_ids=[7])
CELLAR = location(2, "Cellar", decision="unlinked")
BARN = location(3, "Barn", decision="open")


def on(**other: Any) -> TurnOnFacts:
    held: dict[str, Any] = {
        "sync_status": "on",
        "locations": (MAIN, CELLAR, BARN),
        "warehouses": HOUSES,
    }
    return store(**{**held, **other})


def at(step: str, **answers: str) -> Draft:
    given = {key.replace("_", "-"): value for key, value in answers.items()}
    held = {"location-1": "link:7", "location-2": "none", "location-3": "none", **given}
    return Draft(UUID(int=9), 1, step, held, 3)


def go(draft: Draft, known: Facts | None, answers: Answers | None = None) -> tuple[Draft, Any]:
    return relocate.step(draft, known, answers)


def mapping(**answers: str) -> Mapping[str, str]:
    return {f"location-{key[1:]}": value for key, value in answers.items()}


def test_only_what_is_decided_is_chosen_beforehand() -> None:
    _, result = go(Draft(UUID(int=9), 1, "map.0", {}, 0), facts(on()), None)
    assert isinstance(result, ShowForm)
    assert [choice.value for choice in result.choices()] == ["link:7", "none", None]
    assert (result.position, result.back) == ("Step 1 of 3", False)


def test_whoever_changes_nothing_is_held() -> None:
    held = on(locations=(MAIN, CELLAR))
    _, result = go(at("map.0"), facts(held), mapping(l1="link:7", l2="none"))
    assert result.errors == {"": said_words.NOTHING_CHANGES}
    _, result = go(at("map.0"), facts(held), mapping(l1="none", l2="none"))
    assert "Every location is left out" in result.errors[""]


def test_nothing_is_asked_about_places_that_are_only_left_out() -> None:
    draft, result = go(at("map.0"), facts(on()), mapping(l1="link:7", l2="none", l3="none"))
    assert (draft.step, isinstance(result, ShowProgress)) == ("planning", True)
    assert relocate.chosen(draft, on()).mode == "keep"


def test_one_copy_question_for_all_and_whose_number_where_they_share_one() -> None:
    draft, result = go(at("map.0"), facts(on()), mapping(l1="link:7", l2="link:8", l3="link:8"))
    assert draft.step == "copy"
    [choice] = result.choices()
    assert (choice.value, "Cellar and Barn" in result.title) == ("copy", True)
    draft, result = go(draft, facts(on()), {"mode": "copy"})
    assert draft.step == "take.0"
    draft, result = go(draft, facts(on()), {"take-8": "3"})
    assert (draft.step, result.work) == ("orders", "orders")
    chosen = relocate.chosen(draft, on())
    assert (chosen.mode, chosen.copy_from, chosen.open_units) == ("copy", (3,), None)
    back, _ = go(draft, facts(on()), {BACK: ""})
    assert (back.step, back.answers["take-8"]) == ("take.0", "3")


def test_a_counted_warehouse_is_not_copied_over_unasked() -> None:
    _, result = go(at("map.0"), facts(on()), mapping(l1="link:7", l2="link:7", l3="none"))
    assert [choice.value for choice in result.choices()] == ["keep"]


def test_open_orders_are_asked_about_where_our_numbers_stay() -> None:
    draft = at("orders", location_2="link:7", mode="keep")
    brought = facts(on(), open_orders=OpenOrders(1, 2, asked="2026-11-23T12:00:00+00:00"))
    draft, result = go(draft, brought, None)
    assert (draft.step, result.position) == ("open_units", "Step 3 of 3")
    draft, _ = go(draft, facts(on()), {"open_units": "extra"})
    assert relocate.chosen(draft, on()).open_units == "extra"
    copied = at("orders", location_2="link:7", mode="copy")
    draft, result = go(copied, brought, None)
    assert (draft.step, result.work) == ("planning", "planning")


def test_a_store_that_fails_leaves_the_answers_and_is_tried_again() -> None:
    draft = at("orders", location_2="new", mode="copy")
    problems: tuple[Problem, ...] = ("reconnect", "store")
    for problem in problems:
        known = Facts(store=on(), problem=problem, said="No.")
        held, result = go(draft, known, None)
        assert isinstance(result, ExternalStep)
        assert "No." in result.text
        assert held == draft
    brought = facts(on(), open_orders=OpenOrders(0, 0))
    assert go(draft, brought, None)[0].step == "planning"


def test_a_place_that_moves_asks_for_no_orders() -> None:
    draft = at("copy", location_1="link:8", location_3="link:7")
    held = on(locations=(MAIN, CELLAR))
    draft, result = go(draft, facts(held), {"mode": "keep"})
    assert (draft.step, result.work) == ("planning", "planning")
    assert relocate.chosen(draft, held) == Choices(
        "keep", (LocationChoice(1, "link", 8), LocationChoice(2, "none", None))
    )


def test_how_it_ends() -> None:
    draft = at("plan", location_2="new")
    for known in (facts(on(sync_status="off")), facts(on(), problem="off")):
        assert go(draft, known, None)[1] == Aborted(said_words.OFF_TITLE, said_words.off("Alpha"))
    _, same = go(draft, facts(on(), problem="same"), None)
    assert isinstance(same, Aborted)
    assert go(draft, None, None)[1] == Aborted(words.GONE_TITLE, said_words.GONE)
    assert isinstance(go(draft, facts(on(), confirmed=True), None)[1], Done)
    assert isinstance(relocate.ended(facts(on(), plan=plan(confirmed=True))), Done)
    assert isinstance(relocate.ended(facts(on(), plan=plan())), Aborted)
    assert isinstance(relocate.ended(None), Aborted)


def test_a_plan_that_no_longer_holds_is_shown_again() -> None:
    moves = (PlaceMove("linked", "Cellar", (), ("Cellar",)),)
    known = facts(on(), plan=plan(moves=moves), problem="changed")
    draft, result = go(at("confirm", location_2="new"), known, None)
    assert isinstance(result, ShowForm)
    assert (draft.step, "changed while you were looking" in result.errors[""]) == ("plan", True)
    gone, result = go(at("confirm", location_2="new"), facts(on(), problem="gone"), None)
    assert (gone.step, result.work) == ("planning", "planning")
