"""Changing locations, or warehouses, of a store whose sync is on or paused.

The mapping as when sync is turned on, whose numbers count where a warehouse is new, what
waits to be sent there, plan, confirm. What takes long comes back in the facts: `orders`
(reads the store's newest orders), `planning` and `confirm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from flows import forms, locations, plan_words, stocking, warehouses, words
from flows import relocate_words as said
from flows.engine import (
    Aborted,
    Answers,
    Choice,
    Content,
    Done,
    Download,
    Draft,
    Figures,
    Group,
    Option,
    Result,
    Say,
    ShowForm,
    ShowProgress,
    Tone,
)
from flows.facts import Facts, Location, Plan, Store
from flows.fba_words import only_followed
from flows.walk import Ask, Steps, Work, walk
from sync.choices import Choices, LocationChoice
from sync.place_changes import Change, changes, shared

FLOW = "relocate"
FIRST = "map.0"

_STEP = {number: words.position(number, 3) for number in range(1, 4)}


def step(draft: Draft, facts: Facts | None, answers: Answers | None) -> tuple[Draft, Result]:
    """Take one step; no facts: the store is gone. See the engine for `answers`."""
    if facts is None:
        return draft, Aborted(words.GONE_TITLE, said.GONE)
    over = _over(facts)
    return (draft, over) if over else walk(steps, draft, facts, answers)


def ended(facts: Facts | None) -> Result:
    """Say how a conversation that is over ended, as far as its plan tells."""
    if facts is not None and facts.plan is not None and facts.plan.confirmed:
        return _done(facts.store)
    return Aborted(said.OVER_TITLE, said.OVER)


def resumed(draft: Draft) -> str:
    """Say where a conversation goes on that was left: a confirmation is asked for again."""
    return "plan" if draft.step == "confirm" else draft.step


def steps(draft: Draft, facts: Facts) -> Steps[Facts]:
    """List the steps as they are for this draft."""
    found = _changes(draft, facts.store)
    anew = [change for change in found if change.starts_anew]
    linked = any(change.kind == "linked" for change in found)
    together = shared(found) if forms.copies(draft) else {}
    orders, units = forms.open_orders(draft)
    asks = linked and units and not (anew and forms.copies(draft))
    reading = ShowProgress("orders", _STEP[3], said.READING_TITLE, said.READING, "orders")
    return [
        *_places(draft, facts),
        *([Ask("copy", partial(_copy, anew=anew))] if anew else []),
        *(locations.take(together, position=_STEP[2]) if together else []),
        *([Work("orders", reading, _orders_arrived, forget=("open_orders",))] if linked else []),
        *([Ask("open_units", partial(_open_units, orders=orders, units=units))] if asks else []),
        Work("planning", _PLANNING, _plan_arrived, forget=("plan", "again")),
        Ask("plan", _plan, ready=lambda _, facts: facts.plan is not None),
        Work("confirm", _confirming(facts.store), _confirm_arrived),
    ]


def chosen(draft: Draft, store: Store) -> Choices:
    """Read the choices out of a draft whose steps have been answered."""
    found = _changes(draft, store)
    copy = forms.copies(draft) and any(change.starts_anew for change in found)
    asked = not copy and any(change.kind == "linked" for change in found)
    return Choices(
        mode="copy" if copy else "keep",
        locations=_picked(draft, store),
        copy_from=locations.taken_of(draft, shared(found)) if copy else (),
        open_units=draft.answers.get("open_units") if asked else None,
    )


def mapped(draft: Draft, store: Store) -> Choices:
    """Read which warehouses were chosen, before anything else is answered."""
    return Choices("keep", _picked(draft, store))


def _picked(draft: Draft, store: Store) -> tuple[LocationChoice, ...]:
    if store.has_locations:
        return locations.picked(draft, store)
    return warehouses.picked(draft, store)


def _changes(draft: Draft, store: Store) -> list[Change[Location]]:
    return changes(store.locations, _picked(draft, store))


def _over(facts: Facts) -> Result | None:
    """Say whether the conversation is over, whatever step it stands on."""
    name = facts.store.store_name
    if facts.confirmed:
        return _done(facts.store)
    if facts.problem == "off" or facts.store.sync_status == "off":
        return Aborted(said.OFF_TITLE, said.off(name))
    if facts.store.fulfilment == "platform":
        return Aborted(said.ONLY_FOLLOWED_TITLE, only_followed(name))
    if facts.problem == "same":
        return Aborted(said.SAME_TITLE, said.same(name))
    return None


def _done(store: Store) -> Done:
    paused = store.sync_status == "paused"
    title = said.done_title(locations=store.has_locations)
    return Done(title, (Say(said.done(store.store_name, paused=paused)),))


# Places --------------------------------------------------------------------------------


def _places(draft: Draft, facts: Facts) -> list[Ask[Facts]]:
    """Ask as the wizard does, and hold whoever changes nothing."""
    if facts.store.has_locations:
        *asked, last = locations.pages(facts.store, position=_STEP[1], first=True)
        return [*asked, _held(last)]
    asked = warehouses.steps(draft, facts, positions=(_STEP[1], _STEP[1]), first=True)
    return [_held(one) for one in asked]


def _held(one: Ask[Facts]) -> Ask[Facts]:
    return replace(one, check=partial(_check, usual=one.check))


def _check(
    draft: Draft, facts: Facts, *, usual: Callable[[Draft, Facts], Mapping[str, str]]
) -> Mapping[str, str]:
    """Hold whoever changes nothing, beyond what is usually wrong with a mapping."""
    wrong = usual(draft, facts)
    if wrong or _changes(draft, facts.store):
        return wrong
    # Of several warehouses the next step still asks which one receives.
    if "receives" in {ask.id for ask in _places(draft, facts)} and draft.step != "receives":
        return {}
    return {"": said.NOTHING_CHANGES}


# Copy or not, open orders ---------------------------------------------------------------


def _copy(draft: Draft, facts: Facts, *, anew: Sequence[Change[Location]]) -> ShowForm:
    """Ask whose numbers count where a warehouse is new, preselected by whether it is counted."""
    name = facts.store.store_name
    chosen_houses = {change.choice.warehouse_id for change in anew}
    counted = any(
        house.counted_products for house in facts.store.warehouses if house.id in chosen_houses
    )
    options = (Option("copy", *said.copy_option(name)), Option("keep", *said.KEEP_OPTION))
    notes = (
        (Say(said.COUNTED, Tone.QUIET), Say(said.OVERWRITES, Tone.WARNING))
        if counted
        else (Say(said.NOT_COUNTED, Tone.QUIET), Say(said.UNCOUNTED_STAY, Tone.WARNING))
    )
    return ShowForm(
        step=draft.step,
        position=_STEP[2],
        title=said.copy_title([change.place.name for change in anew]),
        content=(
            Say(said.COPY_WHAT, Tone.QUIET),
            *notes,
            Choice(
                key="mode",
                label=said.COPY_LABEL,
                groups=(Group(said.COPY_LABEL, options),),
                missing=words.CHOOSE_ONE,
                value=draft.answers.get("mode") or ("keep" if counted else "copy"),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


def _orders_arrived(draft: Draft, facts: Facts) -> Draft | Result | None:
    if facts.open_orders is not None:
        found = facts.open_orders
        held = {"orders": found.orders, "units": found.units, "asked": found.asked}
        return draft.with_answers({"open_orders": held})
    if facts.problem not in ("reconnect", "store"):
        return None
    return forms.stuck(draft, facts, plan_words.NEWEST_ORDERS, position=_STEP[3])


def _open_units(draft: Draft, facts: Facts, *, orders: int, units: int) -> ShowForm:
    options = (Option("in_numbers", *plan_words.OPEN_IN), Option("extra", *plan_words.OPEN_EXTRA))
    return ShowForm(
        step=draft.step,
        position=_STEP[3],
        title=plan_words.open_title(units),
        content=(
            Say(said.open_what(orders, units)),
            Choice(
                key="open_units",
                label=plan_words.OPEN_LABEL,
                groups=(Group(plan_words.OPEN_LABEL, options),),
                missing=plan_words.CHOOSE_OPEN,
                value=draft.answers.get("open_units"),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


# Work and plan --------------------------------------------------------------------------

_PLANNING = ShowProgress(
    "planning", _STEP[3], plan_words.PLANNING_TITLE, plan_words.PLANNING, "planning"
)


def _confirming(store: Store) -> ShowProgress:
    title = said.title(locations=store.has_locations)
    return ShowProgress("confirm", _STEP[3], title, said.CONFIRMING, "confirm")


def _plan_arrived(draft: Draft, facts: Facts) -> Draft | None:
    return None if facts.plan is None else draft.with_answers({"plan": str(facts.plan.id)})


def _plan(draft: Draft, facts: Facts) -> ShowForm:
    made, store = facts.plan, facts.store
    if made is None:
        raise ValueError("the plan's step is not ready without a plan")
    submit = said.title(locations=store.has_locations)
    paused = store.sync_status == "paused"
    copies = chosen(draft, store).mode == "copy"
    return ShowForm(
        step=draft.step,
        position=_STEP[3],
        title=plan_words.PLAN_TITLE,
        content=(
            Say(said.plan_what(submit, store.store_name, paused=paused)),
            *forms.points(
                said.MOVES_TITLE,
                (
                    said.move(one.kind, one.place, store.store_name, one.before, one.after)
                    for one in made.moves
                ),
            ),
            *((Say(said.copied(store.store_name)),) if copies else ()),
            *_several(draft, store),
            *_listings(made),
            *stocking.ask(draft, facts, made),
            *forms.elsewhere(made),
            *(
                (Say(said.open_orders(made.open_orders, made.open_units), Tone.QUIET),)
                if made.open_orders
                else ()
            ),
            Download(forms.PLAN_FILE, plan_words.WHOLE_PLAN),
        ),
        submit=submit,
        back=True,
        errors={"": plan_words.PLAN_CHANGED} if draft.answers.get("again") else {},
    )


def _several(draft: Draft, store: Store) -> tuple[Say, ...]:
    """Warn where several locations show one warehouse."""
    if store.has_locations and locations.shared(draft, store):
        return (Say(plan_words.SHARED, Tone.WARNING),)
    return ()


def _listings(made: Plan) -> tuple[Content, ...]:
    if not any(made.counts.values()):
        return (Say(said.NO_LISTINGS, Tone.QUIET),)
    sample = forms.points(
        plan_words.SAMPLE_TITLE,
        (
            plan_words.sample(line.sku, line.location, line.now, line.becomes, line.parts)
            for line in made.sample
        ),
    )
    return (Figures(forms.plan_figures(made), said.KINDS_TITLE), *sample)


def _confirm_arrived(draft: Draft, facts: Facts) -> tuple[Draft, Result] | None:
    """A plan that must be looked at again is shown again; one that is gone is made again."""
    if facts.problem == "changed" and facts.plan is not None:
        again = draft.at("plan").with_answers({"plan": str(facts.plan.id), "again": "yes"})
        return again, _plan(again, facts)
    if facts.problem == "gone":
        return draft.at("planning").with_answers({"plan": None}), _PLANNING
    return None
