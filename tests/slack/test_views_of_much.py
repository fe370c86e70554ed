"""Alerts and answers about much at once: one message, with what is left out counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views import alerts, stop_sell
from storage.stopped import Stop, StoppedPlace
from sync.incidents import IncidentKind
from tests.slack.test_views import NAMES, NOW, incident, valid_answer


@given(name=NAMES, number=st.sampled_from([1, 20]))
def test_an_alert_about_much_is_one_message(name: str, number: int) -> None:
    for kind in IncidentKind:
        held = incident(kind, name * 3)
        facts = {**held.facts, "count": 300, "names": [name * 3] * 300, "orders": [name] * 300}
        valid_answer((alerts.text(held), alerts.message(replace(held, facts=facts), NOW)))


def test_an_alert_says_how_many_more_there_are() -> None:
    names = [f"Regional distribution centre {n}: {'x' * 90}" for n in range(300)]
    held = replace(incident("new_location", "Alpha"), facts={"count": 300, "names": names})
    said = str([block.to_dict() for block in alerts.message(held, NOW)])
    assert f"and {300 - said.count('Regional')} more" in said


@pytest.mark.parametrize(
    ("kind", "one", "several"),
    [
        ("new_listings", "1 new listing; nothing is written to it yet", "written to them yet"),
        ("renamed", "1 listing another SKU; nothing is written to it now", "written to them now"),
    ],
)
def test_one_is_not_told_as_several(kind: str, one: str, several: str) -> None:
    held = incident(kind, "Alpha")
    assert one in alerts.text(replace(held, facts={"count": 1}))
    assert several in alerts.text(replace(held, facts={"count": 2}))


@pytest.mark.parametrize(
    ("facts", "instead"),
    [
        ({}, "undoes the change"),
        ({"change": "change", "undoable": True}, "undoes the change"),
        ({"change": "limits", "undoable": False}, "changes the buffer and maximum back"),
        ({"change": "undo", "undoable": False}, "enters the right numbers with /stock adjust"),
    ],
)
def test_r14_what_is_kept_back_is_undone_where_it_can_be(
    facts: dict[str, Any], instead: str
) -> None:
    blocks = alerts.message(replace(incident("breaker", "Alpha"), facts=facts), NOW)
    said = str([block.to_dict() for block in blocks])
    assert instead in said
    assert ("Undo it" in said) is (instead == "undoes the change")


@pytest.mark.parametrize("zeros", [0, 299, 300])
def test_places_of_a_stopped_product_that_wait_come_first(zeros: int) -> None:
    places = [
        StoppedPlace(f"Store {n:03}", "", "on", "ok", 0 if n < zeros else 5, "on_the_way")
        for n in range(300)
    ]
    answer = stop_sell.answer(Stop(1, "MUG", "Mug", NOW, "U1"), places)
    valid_answer(answer)
    said = str([block.to_dict() for block in answer[1]])
    assert said.count("Store ") == 60
    assert {
        0: "and 240 more, of which 240 do not show 0 yet",
        299: "and 240 more, all of which show 0",
        300: "and 240 more, all of which show 0",
    }[zeros] in said
    assert zeros != 299 or said.index("Store 299") < said.index("Store 000")
