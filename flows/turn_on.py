"""Turning on sync for a store with locations: review, copy or not, map, plan, confirm.

What takes long is asked for with ShowProgress and comes back in the facts:
`orders` (reads the store's open orders), `planning` and `confirm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flows import forms, words
from flows.engine import (
    Aborted,
    Choice,
    Done,
    Draft,
    ExternalStep,
    Group,
    Option,
    Result,
    Say,
    ShowForm,
    ShowProgress,
    Tone,
)
from flows.facts import Facts, Location, Store
from flows.walk import Ask, Steps, Work, walk
from sync.choices import Choices, LocationChoice

FLOW = "turn_on"
FIRST = "review"
PAGE = 20  # locations at a time: with their texts well under Slack's 100 blocks per view

_STEP = {number: words.position(number, 4) for number in range(1, 5)}


def step(
    draft: Draft, facts: Facts | None, answers: Mapping[str, str] | None
) -> tuple[Draft, Result]:
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


def resumed(step_id: str) -> str:
    """Say where a conversation goes on that was left: a confirmation is asked for again."""
    return "plan" if step_id == "confirm" else step_id


def steps(draft: Draft, facts: Facts) -> Steps[Facts]:
    """List the steps as they are for this draft."""
    shared = _shared(draft, facts.store)
    pages = range(max(1, -(-len(_open(facts.store)) // PAGE)))
    return [
        Ask(
            "review",
            partial(forms.review, position=_STEP[1]),
            check=forms.still_importing,
            asks=False,
        ),
        Ask("copy", partial(forms.copy, position=_STEP[2])),
        *(
            Ask(f"map.{page}", partial(_map, page=page), check=partial(_check_map, page=page))
            for page in pages
        ),
        *([Ask("take", _take)] if shared and forms.copies(draft) else []),
        Work("orders", _READING, _orders_arrived, forget=("open_orders",)),
        *([] if forms.copies(draft) else _past_orders(draft, facts)),
        Work("planning", _PLANNING, _plan_arrived, forget=("plan", "again")),
        Ask("plan", _plan, ready=lambda _, facts: facts.plan is not None),
        Work("confirm", _CONFIRMING, _confirm_arrived),
    ]


def _past_orders(draft: Draft, facts: Facts) -> Steps[Facts]:
    """Ask how our numbers stand to earlier orders, where there can be any."""
    _, units = forms.open_orders(draft)
    if facts.store.was_on:
        return [Ask("gap", partial(forms.gap, position=_STEP[4]))]
    return [Ask("open_units", partial(forms.open_units, position=_STEP[4]))] if units else []


def chosen(draft: Draft, store: Store) -> Choices:
    """Read the choices out of a draft whose steps have been answered."""
    copy = forms.copies(draft)
    return Choices(
        mode="copy" if copy else "keep",
        locations=tuple(_pick(draft, location) for location in store.locations),
        copy_from=tuple(
            int(draft.answers[_take_key(warehouse)])
            for warehouse in (_shared(draft, store) if copy else ())
        ),
        open_units=None if copy else draft.answers.get("open_units"),
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


# Locations ------------------------------------------------------------------------------


def _map(draft: Draft, facts: Facts, *, page: int) -> ShowForm:
    every = _open(facts.store)
    asked = every[page * PAGE : (page + 1) * PAGE]
    first = page * PAGE + 1
    left_out = [place for place in facts.store.locations if place not in every]
    return ShowForm(
        step=draft.step,
        position=_STEP[3],
        title=words.map_title(first, first + max(len(asked), 1) - 1, max(len(every), 1)),
        content=(
            Say(words.MAP_WHAT, Tone.QUIET),
            Say(f"{words.MAP_RENAMES} {words.MAP_SHARED}"),
            *(_location(draft, facts.store, location) for location in asked),
            *(
                Say(words.fixed_out(place.name, ours=place.ours), Tone.QUIET)
                for place in (left_out[:PAGE] if page == 0 else ())
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


def _location(draft: Draft, store: Store, location: Location) -> Choice:
    groups = [Group(words.NEW_GROUP, (Option("new", words.new_warehouse(location.name)),))]
    if store.warehouses:
        existing = tuple(
            Option(
                f"link:{house.id}",
                words.old_warehouse(house.name),
                words.warehouse(house.counted_products, house.used_by),
            )
            for house in store.warehouses
        )
        groups.append(Group(words.OLD_GROUP, existing))
    groups.append(Group(words.OUT_GROUP, (Option("none", words.DO_NOT_LINK),)))
    return Choice(
        key=_location_key(location),
        label=location.name,
        groups=tuple(groups),
        missing=words.CHOOSE_WAREHOUSE,
        value=draft.answers.get(_location_key(location)) or _suggested(draft, store, location),
    )


def _suggested(draft: Draft, store: Store, location: Location) -> str | None:
    """Preselect what it was, a warehouse of the same name, the only one there is, or a new one."""
    if location.decision == "linked" and location.warehouse_id is not None:
        return f"link:{location.warehouse_id}"
    if location.decision == "unlinked":
        return "none"
    same = [w for w in store.warehouses if _folded(w.name) == _folded(location.name)]
    only = store.warehouses if len(store.warehouses) == 1 and not forms.copies(draft) else ()
    for house in (*same, *only):
        return f"link:{house.id}"
    return "new" if forms.copies(draft) or not store.warehouses else None


def _check_map(draft: Draft, facts: Facts, *, page: int) -> dict[str, str]:
    every = _open(facts.store)
    if not every:
        return {"": words.NO_LOCATIONS}
    last = (page + 1) * PAGE >= len(every)
    if last and all(_pick(draft, location).decision == "none" for location in every):
        return {"": words.NOTHING_LINKED}
    return {}


def _take(draft: Draft, facts: Facts) -> ShowForm:
    """Ask which location's number is copied where several share a warehouse."""
    content: list[Say | Choice] = []
    for warehouse, locations in _shared(draft, facts.store).items():
        house = next(w for w in facts.store.warehouses if w.id == warehouse)
        names = tuple(location.name for location in locations)
        content.append(Say(words.take_what(house.name, names)))
        content.append(
            Choice(
                key=_take_key(warehouse),
                label=words.take_label(house.name),
                groups=(Group(house.name, tuple(Option(str(p.id), p.name) for p in locations)),),
                missing=words.CHOOSE_LOCATION,
                value=draft.answers.get(_take_key(warehouse)),
            )
        )
    return ShowForm(
        step=draft.step,
        position=_STEP[3],
        title=words.TAKE_TITLE,
        content=tuple(content),
        submit=words.NEXT,
        back=True,
    )


def _open(store: Store) -> list[Location]:
    """List the locations that can be written to at all."""
    return [location for location in store.locations if location.active and location.ours]


def _pick(draft: Draft, location: Location) -> LocationChoice:
    value = str(draft.answers.get(_location_key(location), "none"))
    if not (location.active and location.ours):
        value = "none"
    kind, _, warehouse = value.partition(":")
    if kind == "link":
        return LocationChoice(location.id, "link", int(warehouse))
    return LocationChoice(location.id, "new" if kind == "new" else "none", None)


def _shared(draft: Draft, store: Store) -> dict[int, list[Location]]:
    """Gather the locations of each warehouse that serves several of them."""
    serves: dict[int, list[Location]] = {}
    for location in store.locations:
        picked = _pick(draft, location)
        if picked.warehouse_id is not None:
            serves.setdefault(picked.warehouse_id, []).append(location)
    several = {house: places for house, places in serves.items() if len(places) > 1}
    known = {house.id for house in store.warehouses} if several else set()
    return {house: places for house, places in several.items() if house in known}


def _location_key(location: Location) -> str:
    return f"location-{location.id}"


def _take_key(warehouse: int) -> str:
    return f"take-{warehouse}"


def _folded(name: str) -> str:
    return name.strip().casefold()


# Work and plan --------------------------------------------------------------------------

_READING = ShowProgress("orders", _STEP[4], words.READING_TITLE, words.READING, "orders")
_PLANNING = ShowProgress("planning", _STEP[4], words.PLANNING_TITLE, words.PLANNING, "planning")
_CONFIRMING = ShowProgress("confirm", _STEP[4], words.CONFIRMING_TITLE, words.CONFIRMING, "confirm")


def _orders_arrived(draft: Draft, facts: Facts) -> Draft | Result | None:
    if facts.open_orders is not None:
        found = facts.open_orders
        held = {"orders": found.orders, "units": found.units, "by_ref": dict(found.by_ref)}
        return draft.with_answers({"open_orders": held})
    if facts.problem is None:
        return None
    reconnect = facts.problem == "reconnect"
    return ExternalStep(
        step=draft.step,
        position=_STEP[4],
        title=words.RECONNECT_TITLE if reconnect else words.STORE_TITLE,
        text=words.reconnect_text(facts.said) if reconnect else words.store_text(facts.said),
        kind="reconnect" if reconnect else "wait",
        submit=words.TRY_AGAIN,
        back=True,
    )


def _plan_arrived(draft: Draft, facts: Facts) -> Draft | None:
    return None if facts.plan is None else draft.with_answers({"plan": str(facts.plan.id)})


def _plan(draft: Draft, facts: Facts) -> ShowForm:
    if facts.plan is None:
        raise ValueError("the plan's step is not ready without a plan")
    shared = bool(_shared(draft, facts.store))
    return forms.plan(draft, facts, facts.plan, position=_STEP[4], shared=shared)


def _confirm_arrived(draft: Draft, facts: Facts) -> tuple[Draft, Result] | None:
    """A plan that must be looked at again is shown again; one that is gone is made again."""
    if facts.problem == "changed" and facts.plan is not None:
        again = draft.at("plan").with_answers({"plan": str(facts.plan.id), "again": "yes"})
        return again, _plan(again, facts)
    if facts.problem == "gone":
        return draft.at("planning").with_answers({"plan": None}), _PLANNING
    return None
