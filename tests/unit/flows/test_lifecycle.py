"""Pausing, resuming, turning off, disconnecting: which store, what happens, and how it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import lifecycle_words as words
from flows.engine import Aborted, Done, Offer, Say, ShowForm
from flows.lifecycle import EVERY, Act, Press, Store, ask, fits, outcome

ON = Store(1, "Alpha", "on", turning_on=False)
PAUSED = Store(2, "Beta", "paused", turning_on=False)
OFF = Store(3, "Gamma", "off", turning_on=False)
TURNING_ON = Store(4, "Delta", "off", turning_on=True)
GONE = Store(5, "Epsilon", "off", turning_on=False, connected=False)
EACH = [ON, PAUSED, OFF, TURNING_ON, GONE]

STORES = st.lists(
    st.builds(
        Store,
        id=st.integers(1, 9),
        name=st.sampled_from(["A", "B", "all"]),
        sync_status=st.sampled_from(["on", "off", "paused"]),
        turning_on=st.booleans(),
        connected=st.booleans(),
        open_orders=st.integers(0, 3),
        open_units=st.integers(0, 3),
        ships=st.booleans(),
        follows=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda store: store.id,
)


def said(result: object) -> str:
    if isinstance(result, Aborted):
        return result.text
    assert isinstance(result, (Offer, Done))
    return "\n".join(part.text for part in result.content if isinstance(part, Say))


def offer(result: object) -> Offer:
    assert isinstance(result, Offer), result
    return result


@pytest.mark.parametrize(
    ("act", "names"),
    [
        (Act.PAUSE, ["Alpha"]),
        (Act.RESUME, ["Beta"]),
        (Act.TURN_OFF, ["Alpha", "Beta", "Delta"]),
        (Act.DISCONNECT, ["Alpha", "Beta", "Gamma", "Delta"]),
    ],
)
def test_which_stores_an_act_fits(act: Act, names: list[str]) -> None:
    assert [store.name for store in EACH if fits(act, store)] == names


def test_one_store_that_fits_is_offered_at_once() -> None:
    found = offer(ask(Act.PAUSE, EACH))
    assert "The orders of Alpha are still read" in said(found)
    [answer] = found.answers
    assert Press.read(answer.value) == Press(Act.PAUSE, 1)
    assert answer.sure is not None
    assert "sold already" in answer.sure.text


def test_several_stores_are_chosen_from_and_together_where_that_makes_sense() -> None:
    stores = [ON, replace(ON, id=7, name="Second")]
    form = ask(Act.PAUSE, stores)
    assert isinstance(form, ShowForm)
    [choice] = form.choices()
    values = [option.value for group in choice.groups for option in group.options]
    assert values == [EVERY, "1", "7"]
    assert "orders of Second" in said(ask(Act.PAUSE, stores, "7"))
    both = offer(ask(Act.PAUSE, stores, EVERY))
    assert "Alpha and Second" in said(both)
    assert Press.read(both.answers[0].value) == Press(Act.PAUSE, None)
    off = ask(Act.TURN_OFF, stores)
    assert isinstance(off, ShowForm)
    assert EVERY not in str(off.choices())


def test_all_is_only_for_what_may_be_done_to_all() -> None:
    assert isinstance(ask(Act.TURN_OFF, [ON], EVERY), Aborted)
    for value in ("turn_off:all:keep", "disconnect:all:release", "burn:1:keep", "pause:x:keep", ""):
        with pytest.raises(ValueError, match=r"valid|one store at a time|unpack"):
            Press.read(value)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (Act.PAUSE, "still read and lower the stock here, but nothing is written to it"),
        (Act.RESUME, "are read back first"),
        (Act.TURN_OFF, "no longer read"),
        (Act.DISCONNECT, "forgets its credentials"),
    ],
)
def test_each_says_in_a_sentence_what_happens(act: Act, sentence: str) -> None:
    store = PAUSED if act == Act.RESUME else ON
    found = offer(ask(act, [store]))
    assert sentence in said(found)
    assert (found.answers[0].sure is None) is (act == Act.RESUME)


def test_turning_on_is_given_up_in_its_own_words() -> None:
    found = offer(ask(Act.TURN_OFF, [TURNING_ON]))
    assert "is given up" in said(found)
    assert [answer.label for answer in found.answers] == [words.GIVE_UP]


def test_disconnecting_asks_about_units_still_to_be_sent_only_where_there_are_any() -> None:
    plain = offer(ask(Act.DISCONNECT, [ON]))
    assert [Press.read(a.value).open_lines for a in plain.answers] == ["keep"]
    found = offer(ask(Act.DISCONNECT, [replace(ON, open_orders=2, open_units=5)]))
    assert "2 orders of this store with 5 units still wait to be sent" in said(found)
    assert [Press.read(a.value).open_lines for a in found.answers] == ["release", "keep"]
    assert all(answer.sure is not None and answer.text for answer in found.answers)
    assert "sold a second time" in str(found.answers[0].sure)
    assert "stay committed" in str(found.answers[1].sure)


@pytest.mark.parametrize(
    ("act", "store", "text"),
    [
        (Act.PAUSE, OFF, "Sync is off for Gamma, so there is nothing to pause."),
        (Act.PAUSE, PAUSED, "Sync is paused for Beta already"),
        (Act.PAUSE, TURNING_ON, "Sync is just being turned on for Delta"),
        (Act.RESUME, ON, "Sync is on for Alpha, so there is nothing to resume."),
        (Act.RESUME, OFF, "Sync is off for Gamma, so there is nothing to resume."),
        (Act.TURN_OFF, OFF, "Sync is off for Gamma already"),
        (Act.DISCONNECT, GONE, words.GONE),
    ],
)
def test_what_does_not_fit_says_why(act: Act, store: Store, text: str) -> None:
    for result in (ask(act, [store]), ask(act, EACH, str(store.id))):
        assert isinstance(result, Aborted)
        assert text in result.text


def test_nothing_fits_any_of_several() -> None:
    for act in (Act.PAUSE, Act.RESUME):
        result = ask(act, [OFF, replace(OFF, id=9)], EVERY)
        assert result == Aborted(words.TITLES[act], words.NONE_FIT[act])
    assert said(ask(Act.PAUSE, [OFF, ON], "99")) == words.GONE
    assert said(ask(Act.PAUSE, [])) == words.GONE


@pytest.mark.parametrize(
    ("act", "store", "text"),
    [
        (Act.PAUSE, PAUSED, "Sync is paused for Beta"),
        (Act.RESUME, ON, "Sync is on for Alpha"),
        (Act.TURN_OFF, OFF, "Sync is off for Gamma"),
        (Act.DISCONNECT, GONE, "Epsilon is disconnected"),
    ],
)
def test_afterwards_it_says_how_things_stand(act: Act, store: Store, text: str) -> None:
    done = outcome(act, [store])
    assert isinstance(done, Done)
    assert text in said(done)


def test_what_did_not_come_about_is_not_claimed() -> None:
    assert isinstance(outcome(Act.PAUSE, [OFF]), Aborted)
    assert isinstance(outcome(Act.TURN_OFF, [TURNING_ON]), Aborted)
    assert isinstance(outcome(Act.DISCONNECT, [ON]), Aborted)
    assert isinstance(outcome(Act.DISCONNECT, []), Aborted)


@given(
    act=st.sampled_from(Act),
    stores=STORES,
    chosen=st.none() | st.sampled_from([EVERY, "1", "5", "x", ""]),
)
def test_only_what_fits_is_ever_offered(act: Act, stores: list[Store], chosen: str | None) -> None:
    fitting = {store.id for store in stores if fits(act, store)}
    result = ask(act, stores, chosen)
    if isinstance(result, Offer):
        for answer in result.answers:
            press = Press.read(answer.value)
            assert press.act == act
            assert press.store_id in fitting if press.store_id else fitting
            assert str(press) == answer.value
    if isinstance(result, ShowForm):
        offered = {o.value for c in result.choices() for g in c.groups for o in g.options}
        assert {int(value) for value in offered - {EVERY}} == fitting
    assert said(outcome(act, stores))
