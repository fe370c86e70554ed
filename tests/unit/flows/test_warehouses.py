"""The wizard of a store without locations: which warehouses, and which one of them receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from flows import place_words, plan_words, turn_on, words
from flows.engine import (
    BACK,
    Answers,
    Choice,
    Done,
    Draft,
    Figures,
    MultiChoice,
    Result,
    ShowForm,
    ShowProgress,
)
from flows.facts import Facts
from storage.plans import PlanLineView
from storage.rows import LocationRow
from storage.warehouses import WarehouseRow
from sync.choices import Choices, LocationChoice
from sync.turn_on_facts import TurnOnFacts
from tests.unit.flows.made import facts, location, orders, plan, store, warehouse
from tests.unit.flows.test_turn_on import form, said

PLACE = location(5, "", remote_id="")
HOUSES = (
    WarehouseRow(7, "Shelf", 3, [], units=120),
    WarehouseRow(8, "Attic", 1, ["Beta"], units=4),
)
BEGIN = Draft(UUID(int=9), 1, turn_on.FIRST, {}, 0)


def plain(**other: Any) -> TurnOnFacts:
    held: dict[str, Any] = {
        "platform": "plain",
        "platform_title": "Plainly",
        "has_locations": False,
        "locations": (PLACE,),
        "warehouses": HOUSES,
    }
    return store(**{**held, **other})


def go(draft: Draft, known: Facts | None = None, answers: Answers | None = None) -> Any:
    return turn_on.step(draft, known or facts(plain()), answers)


def at(step: str, answers: Mapping[str, Any] | None = None) -> Draft:
    return Draft(UUID(int=9), 1, step, answers or {}, 3)


def asked(result: Result) -> MultiChoice:
    [question] = form(result).questions()
    assert isinstance(question, MultiChoice)
    return question


def which(result: Result) -> Choice:
    [question] = form(result).choices()
    return question


def test_copy_from_first_to_last_never_speaks_of_a_location() -> None:
    told = []
    draft, result = go(BEGIN)
    told.append(said(form(result)))
    assert "added up" in told[-1]
    draft, result = go(draft, None, {})
    told.append(said(form(result)))
    draft, result = go(draft, None, {"mode": "copy"})
    told.append(said(form(result)))
    assert form(result).position == "Step 3 of 4"
    assert [o.label for g in asked(result).groups for o in g.options] == [
        "Shelf",
        "Attic",
        "New warehouse: Alpha",
    ]
    draft, result = go(draft, None, {"warehouses": ["link:8", "link:7"]})
    told.append(said(form(result)))
    assert form(result).position == "Step 4 of 4"
    assert form(result).title == place_words.COPY_TO_TITLE
    assert which(result).value is None
    _, stuck = go(draft, None, {})
    assert form(stuck).errors == {"receives": place_words.CHOOSE_ONE_OF_THEM}
    draft, result = go(draft, None, {"receives": "link:7"})
    assert isinstance(result, ShowProgress)
    assert result.work == "orders"
    draft, _ = go(draft, facts(plain(), open_orders=orders(1, 2)))
    assert turn_on.chosen(draft, plain()) == Choices(
        "copy", (LocationChoice(5, "link", 7, also=(8,)),)
    )
    made = plan(
        renames=(), new_warehouses=(), sample=(PlanLineView("MUG", "", "", "up", 10, 14, [10, 4]),)
    )
    draft, result = go(draft, facts(plain(), plan=made))
    told.append(said(form(result)))
    assert "MUG: shows 10, will show 14 (10 + 4)" in told[-1]
    assert place_words.sums("Alpha", ["Attic", "Shelf"]) in told[-1]
    assert place_words.receives("Shelf", copy=True) in told[-1]
    _, result = go(draft, facts(plain(), confirmed=True))
    assert isinstance(result, Done)
    assert not [text for text in told if "location" in text.casefold()]


def test_keep_shows_the_warehouses_and_their_sum_and_asks_where_orders_are_taken_from() -> None:
    draft, result = go(
        at("warehouses", {"mode": "keep"}), None, {"warehouses": ["link:8", "link:7"]}
    )
    assert form(result).title == place_words.ORDERS_FROM_TITLE
    [figures] = [part for part in form(result).content if isinstance(part, Figures)]
    assert figures.rows == (
        ("Shelf", "120 units"),
        ("Attic", "4 units"),
        ("Together", "124 units"),
    )
    assert which(result).value == "link:8"  # the first one chosen is the preferred one
    draft, result = go(draft, None, {"receives": "link:7"})
    assert isinstance(result, ShowProgress)
    [picked] = turn_on.chosen(draft, plain()).locations
    assert picked == LocationChoice(5, "link", 7, also=(8,))


@pytest.mark.parametrize("mode", ["copy", "keep"])
def test_one_warehouse_is_asked_nothing_more(mode: str) -> None:
    draft, result = go(at("warehouses", {"mode": mode}), None, {"warehouses": ["link:8"]})
    assert isinstance(result, ShowProgress)
    [picked] = turn_on.chosen(draft, plain()).locations
    assert picked == LocationChoice(5, "link", 8)
    shown = form(go(at("plan", draft.answers), facts(plain(), plan=plan()))[1])
    assert "Alpha shows the stock of Attic." in said(shown)


def test_a_newcomer_goes_on_with_a_new_warehouse() -> None:
    bare = plain(warehouses=())
    draft, result = go(at("warehouses", {"mode": "copy"}), facts(bare))
    assert asked(result).values == ("new",)
    draft, result = go(draft, facts(bare), {"warehouses": ["new"]})
    assert isinstance(result, ShowProgress)
    assert turn_on.chosen(draft, bare).locations == (LocationChoice(5, "new", None),)


def test_a_new_warehouse_may_stand_beside_others() -> None:
    both = {"mode": "copy", "warehouses": ["link:7", "new"]}
    assert which(go(at("receives", both))[1]).value == "new"
    [picked] = turn_on.chosen(at("orders", {**both, "receives": "new"}), plain()).locations
    assert picked == LocationChoice(5, "new", None, also=(7,))
    [picked] = turn_on.chosen(at("orders", {**both, "receives": "link:7"}), plain()).locations
    assert picked == LocationChoice(5, "link", 7, also_new=True)


@pytest.mark.parametrize("given", [[], ["link:99"], ["other"], "", "link:99"])
def test_at_least_one_warehouse_that_exists_is_chosen(given: Any) -> None:
    draft, result = go(at("warehouses", {"mode": "keep"}), None, {"warehouses": given})
    assert form(result).errors == {"warehouses": "Choose at least one warehouse."}
    _, result = go(draft, None, {"warehouses": ["link:7"]})
    assert isinstance(result, ShowProgress)


def test_answers_are_kept_on_the_way_back() -> None:
    draft = at("warehouses", {"mode": "copy"})
    draft, result = go(draft, None, {"warehouses": ["link:8", "link:7"], BACK: ""})
    assert form(result).step == "copy"
    draft, result = go(draft, None, {"mode": "copy"})
    assert asked(result).values == ("link:8", "link:7")
    draft, _ = go(draft, None, {"warehouses": ["link:8", "link:7"]})
    draft, _ = go(draft, None, {"receives": "link:8", BACK: ""})
    draft, result = go(draft, None, {"warehouses": ["link:8", "link:7"]})
    assert which(result).value == "link:8"
    draft, _ = go(draft, None, {BACK: ""})
    draft, result = go(draft, None, {"warehouses": ["link:7", "new"]})
    assert which(result).value == "new"  # the one that received is no longer among them


def test_what_is_preselected() -> None:
    def values(mode: str, **other: Any) -> tuple[str, ...]:
        return asked(go(at("warehouses", {"mode": mode}), facts(plain(**other)))[1]).values

    assert values("copy") == ("new",)
    assert values("keep") == ()
    assert values("keep", warehouses=HOUSES[:1]) == ("link:7",)
    assert values("copy", warehouses=(*HOUSES, warehouse(9, " ALPHA "))) == ("link:9",)
    linked = location(5, "", decision="linked", warehouse_id=8, warehouse_ids=[8, 7])
    assert values("copy", locations=(linked,)) == ("link:8", "link:7")
    assert values("keep", locations=(linked,)) == ("link:8", "link:7")


def test_only_the_place_that_may_be_written_is_linked() -> None:
    held = plain(locations=(location(4, "Depot", ours=False), PLACE))
    draft = at("orders", {"mode": "keep", "warehouses": ["link:7"]})
    assert turn_on.chosen(draft, held).locations == (
        LocationChoice(4, "none", None),
        LocationChoice(5, "link", 7),
    )
    none = facts(plain(locations=()))
    _, result = go(at("warehouses", {"mode": "keep"}), none, {"warehouses": ["link:7"]})
    assert form(result).errors == {"": place_words.NO_PLACE}


def test_the_choices_are_read_back_as_they_were_stored() -> None:
    held = Choices("copy", (LocationChoice(5, "link", 7, also=(8, 9), also_new=True),))
    assert Choices.from_json(held.to_json()) == held
    old = {
        "mode": "keep",
        "locations": [{"location_id": 1, "decision": "new", "warehouse_id": None}],
    }
    assert Choices.from_json(old) == Choices("keep", (LocationChoice(1, "new", None),))


@pytest.mark.parametrize(
    ("line", "words_"),
    [
        (PlanLineView("MUG", "", "", "up", 3, 8, [8]), "MUG: shows 3, will show 8"),
        (PlanLineView("MUG", "", "", "uncounted", 3, None), "MUG: shows 3, stays"),
        (PlanLineView("MUG", "", "", "up", 3, 7, [9, -2]), "MUG: shows 3, will show 7 (9 - 2)"),
        (
            PlanLineView("MUG", "", "", "up", 3, 5, [9, 4]),
            "MUG: shows 3, will show 5 (9 + 4, kept within this store's limits)",
        ),
        (PlanLineView("MUG", "", "Main", "up", 3, 8, [8]), "MUG at Main: 3 → 8"),
    ],
)
def test_a_line_in_words(line: PlanLineView, words_: str) -> None:
    made = plan(sample=(line,))
    assert words_ in said(form(go(at("plan"), facts(plain(), plan=made))[1]))


def test_the_plan_warns_of_places_whose_stock_comes_on_top() -> None:
    draft = at("plan", {"mode": "keep", "warehouses": ["link:7"]})

    def shown(*beside: LocationRow) -> str:
        held = plain(locations=(PLACE, *beside))
        return said(form(go(draft, facts(held, plan=plan()))[1]))

    places = [location(number, f"Depot {number}", ours=False) for number in range(10, 17)]
    two = shown(*places[:2])
    assert "Alpha has other places as well: Depot 10 and Depot 11." in two
    assert "more can be sold than you have" in two
    assert "location" not in two.casefold()
    assert "Depot 13, Depot 14 and 2 more." in shown(*places)
    switched_off = replace(places[0], active=False)
    assert "other places" not in shown() + shown(switched_off)


@pytest.mark.parametrize(("off", "told"), [(60, False), (75, True)])
def test_a_gap_longer_than_the_orders_go_back_is_told(off: int, told: bool) -> None:
    held = plain(was_on=True, off_days=off)
    text = plan_words.gap_unseen("Alpha", 75, 60)
    assert "off for 75 days" in text
    assert "the last 60 days" in text
    assert "in the 15 days before" in text
    for step in ("gap", "plan"):
        draft = at(step, {"mode": "keep", "warehouses": ["link:7"]})
        assert (text in said(form(go(draft, facts(held, plan=plan()))[1]))) is told
    again = at("plan", {"mode": "copy", "warehouses": ["link:7"]})
    assert (text in said(form(go(again, facts(held, plan=plan()))[1]))) is told


def test_the_plan_names_what_withheld_permissions_leave_undone() -> None:
    held = plain(cannot=("Old orders cannot be read. (read_all_orders)",))
    shown = form(go(at("plan"), facts(held, plan=plan()))[1])
    assert "Old orders cannot be read. (read_all_orders)" in said(shown)
    assert plan_words.CANNOT_TITLE not in said(form(go(at("plan"), facts(plan=plan()))[1]))
    assert isinstance(shown, ShowForm)
    assert words.ONLY_HERE in said(shown)
