"""Turning on sync: review, copy or not, where the stock is kept, plan, confirm.

A store with locations has each of them mapped; any other one shows the sum of the
warehouses that are chosen for it. Where the platform ships, too, who ships is asked first,
and what it ships is only followed.

What takes long is asked for with ShowProgress and comes back in the facts:
`orders` (reads the store's open orders), `planning`, `marketplaces` (asks where the account
sells) and `confirm`.
"""

from __future__ import annotations

from functools import partial

from flows import agreements, forms, fulfilment, locations, plan_words, warehouses, words
from flows.engine import (
    Aborted,
    Answers,
    Done,
    Draft,
    Result,
    Say,
    ShowForm,
    ShowProgress,
    Tone,
)
from flows.facts import Facts, Store
from flows.walk import Ask, Steps, Work, walk
from sync.choices import Choices

FLOW = "turn_on"
FIRST = "review"

# How many steps there are for who ships; the question itself stands before the first.
_STEPS = {"merchant": 4, "platform": 3, "both": 7}


def step(draft: Draft, facts: Facts | None, answers: Answers | None) -> tuple[Draft, Result]:
    """Take one step; no facts: the store is gone. See the engine for `answers`."""
    if facts is None:
        return draft, Aborted(words.GONE_TITLE, words.GONE)
    over = _over(facts)
    return (draft, over) if over else walk(steps, draft, facts, answers)


def ended(facts: Facts | None) -> Result:
    """Say how a conversation that is over ended, as far as the store tells."""
    if facts is not None and (facts.store.running or facts.store.sync_status == "on"):
        return _started(facts.store.store_name)
    return Aborted(words.OVER_TITLE, words.OVER)


def resumed(draft: Draft) -> str:
    """Say where a conversation goes on that was left: a confirmation is asked for again."""
    if draft.step != "confirm":
        return draft.step
    return "plan" if draft.answers.get(fulfilment.WAY, "merchant") == "merchant" else "confirm_fba"


def steps(draft: Draft, facts: Facts) -> Steps[Facts]:
    """List the steps as they are for this draft."""
    way, at = fulfilment.way(draft, facts.store), partial(_position, draft, facts.store)
    both = way == "both"
    return [
        *fulfilment.first(draft, facts),
        *(_shipped(draft, facts, at) if way in ("merchant", "both") else []),
        *(
            fulfilment.steps(
                draft,
                facts,
                position=lambda number: at(number + (4 if both else 0)),
                submit=words.TURN_ON,
                both=both,
                planned=both,
            )
            if way in ("platform", "both")
            else []
        ),
        Work("confirm", _confirming(draft, facts.store), _confirm_arrived),
    ]


def _shipped(draft: Draft, facts: Facts, at: fulfilment.Positions) -> Steps[Facts]:
    """List the steps for what the merchant ships."""
    store = facts.store
    places = (
        locations.steps(draft, facts)
        if store.has_locations
        else warehouses.steps(draft, facts, positions=(at(3), at(4)))
    )
    reading = ShowProgress("orders", at(4), plan_words.READING_TITLE, plan_words.READING, "orders")
    return [
        Ask(
            "review",
            partial(forms.review, position=at(1), back=store.offers_fba),
            check=forms.review_holds,
            asks=bool(store.agreements),
        ),
        Ask("copy", partial(forms.copy, position=at(2))),
        *places,
        Work("orders", reading, _orders_arrived, forget=("open_orders",)),
        *([] if forms.copies(draft) else _past_orders(draft, facts, at(4))),
        Work("planning", _planning(draft, store), _plan_arrived, forget=("plan", "again")),
        Ask("plan", _plan, ready=lambda _, facts: facts.plan is not None),
    ]


def _position(draft: Draft, store: Store, number: int) -> str:
    return words.position(number, _STEPS[fulfilment.way(draft, store) or "merchant"])


def _past_orders(draft: Draft, facts: Facts, position: str) -> Steps[Facts]:
    """Ask how our numbers stand to earlier orders, where there can be any."""
    _, units = forms.open_orders(draft)
    if facts.store.was_on:
        return [Ask("gap", partial(forms.gap, position=position))]
    return [Ask("open_units", partial(forms.open_units, position=position))] if units else []


def chosen(draft: Draft, store: Store) -> Choices:
    """Read the choices out of a draft whose steps have been answered."""
    copy = forms.copies(draft)
    places = locations if store.has_locations else warehouses
    return Choices(
        mode="copy" if copy else "keep",
        locations=places.picked(draft, store),
        copy_from=locations.taken(draft, store) if copy and store.has_locations else (),
        open_units=None if copy else draft.answers.get("open_units"),
        agreed=agreements.answers(draft, store),
    )


def _over(facts: Facts) -> Result | None:
    """Say whether the conversation is over, whatever step it stands on."""
    name = facts.store.store_name
    if facts.confirmed:
        return _started(name)
    if facts.problem == "running" or facts.store.running:
        return Aborted(words.RUNNING_TITLE, words.running(name))
    if facts.problem == "already_on" or facts.store.sync_status == "on":
        return Aborted(words.ALREADY_ON_TITLE, words.already_on(name))
    return None


def _started(store: str) -> Done:
    return Done(words.STARTED_TITLE, (Say(words.started(store)), Say(words.ONLY_HERE)))


# Work and plan --------------------------------------------------------------------------


def _planning(draft: Draft, store: Store) -> ShowProgress:
    at = _position(draft, store, 4)
    return ShowProgress("planning", at, plan_words.PLANNING_TITLE, plan_words.PLANNING, "planning")


def _confirming(draft: Draft, store: Store) -> ShowProgress:
    last = _STEPS[fulfilment.way(draft, store) or "merchant"]
    at = _position(draft, store, last)
    return ShowProgress(
        "confirm", at, plan_words.CONFIRMING_TITLE, plan_words.CONFIRMING, "confirm"
    )


def _orders_arrived(draft: Draft, facts: Facts) -> Draft | Result | None:
    if facts.open_orders is not None:
        found = facts.open_orders
        held = {
            "orders": found.orders,
            "units": found.units,
            "by_ref": dict(found.by_ref),
            "undeducted": dict(found.undeducted),
            "asked": found.asked,
        }
        return draft.with_answers({"open_orders": held})
    if facts.problem is None:
        return None
    return forms.stuck(
        draft, facts, plan_words.OPEN_ORDERS, position=_position(draft, facts.store, 4)
    )


def _plan_arrived(draft: Draft, facts: Facts) -> Draft | None:
    return None if facts.plan is None else draft.with_answers({"plan": str(facts.plan.id)})


def _plan(draft: Draft, facts: Facts) -> ShowForm:
    if facts.plan is None:
        raise ValueError("the plan's step is not ready without a plan")
    about: tuple[Say, ...] = ()
    if not facts.store.has_locations:
        about = warehouses.about(draft, facts.store, facts.plan)
    elif locations.shared(draft, facts.store):
        about = (Say(plan_words.SHARED, Tone.WARNING),)
    return forms.plan(
        draft,
        facts,
        facts.plan,
        position=_position(draft, facts.store, 4),
        about=about,
        submit=words.NEXT if fulfilment.way(draft, facts.store) == "both" else words.TURN_ON,
    )


def _confirm_arrived(draft: Draft, facts: Facts) -> tuple[Draft, Result] | None:
    """A plan that must be looked at again is shown again; one that is gone is made again."""
    if facts.problem == "changed" and facts.plan is not None:
        again = draft.at("plan").with_answers({"plan": str(facts.plan.id), "again": "yes"})
        return again, _plan(again, facts)
    if facts.problem == "gone" and fulfilment.way(draft, facts.store) == "platform":
        return walk(steps, draft.at("fba"), facts, None)
    if facts.problem == "gone":
        return draft.at("planning").with_answers({"plan": None}), _planning(draft, facts.store)
    return None
