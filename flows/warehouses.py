"""Which warehouses a store without locations of its own sells from: their sum is sent to it."""

from __future__ import annotations

from functools import partial

from flows import forms, place_words, words
from flows.engine import Choice, Draft, Figures, Group, MultiChoice, Option, Say, ShowForm, Tone
from flows.facts import Facts, Location, Plan, Store, Warehouse
from flows.walk import Ask
from sync.choices import LocationChoice

NEW = "new"  # beside `link:ID`: a warehouse still to be made
CHOSEN, RECEIVES = "warehouses", "receives"
POSITIONS = words.position(3, 4), words.position(4, 4)


def steps(
    draft: Draft,
    facts: Facts,
    *,
    positions: tuple[str, str] = POSITIONS,
    first: bool = False,
) -> list[Ask[Facts]]:
    """Ask which warehouses, then which of several is the one that a copy and orders go to.

    `positions` of the two; `first`: nothing comes before.
    """
    several = len(_chosen(draft, facts.store)) > 1
    choose = partial(_choose, position=positions[0], back=not first)
    receives = partial(_receives, position=positions[1])
    return [
        Ask("warehouses", choose, check=_check),
        *([Ask("receives", receives)] if several else []),
    ]


def picked(draft: Draft, store: Store) -> tuple[LocationChoice, ...]:
    """Read the choice: the store's one place that may be written shows all that was chosen."""
    values = _chosen(draft, store)
    first = _receiver(draft, store) or (values[0] if values else None)
    others = [value for value in values if value != first]
    place = _place(store)
    return tuple(
        LocationChoice(
            location.id,
            "new" if first == NEW else "link",
            None if first == NEW else _id(first),
            also=tuple(_id(value) for value in others if value != NEW),
            also_new=NEW in others,
        )
        if location == place and first is not None
        else LocationChoice(location.id, "none", None)
        for location in store.locations
    )


def about(draft: Draft, store: Store, made: Plan) -> tuple[Say, ...]:
    """Say by name what the store will show, what it has beside, and where its orders go to."""
    names = {f"link:{house.id}": house.name for house in store.warehouses}
    names[NEW] = made.new_warehouses[0] if made.new_warehouses else store.store_name
    chosen = _chosen(draft, store)
    first = _receiver(draft, store) or (chosen[0] if chosen else NEW)
    others = [place.name for place in store.locations if place.active and not place.ours]
    beside = place_words.other_places(store.store_name, others)
    return (
        Say(place_words.sums(store.store_name, [names[value] for value in chosen])),
        *((Say(beside, Tone.WARNING),) if others else ()),
        Say(place_words.receives(names[first], copy=forms.copies(draft)), Tone.QUIET),
    )


# Which ones ------------------------------------------------------------------------------


def _choose(draft: Draft, facts: Facts, *, position: str, back: bool) -> ShowForm:
    store = facts.store
    new = Option(NEW, place_words.new_warehouse(store.store_name), place_words.NEW_BEGINS)
    groups = [
        Group(place_words.OLD_GROUP, tuple(_option(house) for house in store.warehouses)),
        Group(place_words.NEW_GROUP, (new,)),
    ]
    return ShowForm(
        step=draft.step,
        position=position,
        title=place_words.warehouses_title(store.store_name),
        content=(
            Say(place_words.SUM_WHAT, Tone.QUIET),
            MultiChoice(
                key=CHOSEN,
                label=place_words.WAREHOUSES,
                groups=tuple(group for group in groups if group.options),
                missing=place_words.CHOOSE_ONE_OR_MORE,
                values=_chosen(draft, store) or _suggested(draft, store),
                hint=place_words.WAREHOUSES_HINT,
            ),
        ),
        submit=words.NEXT,
        back=back,
    )


def _option(house: Warehouse) -> Option:
    described = place_words.warehouse(house.counted_products, house.used_by)
    return Option(f"link:{house.id}", house.name, described)


def _suggested(draft: Draft, store: Store) -> tuple[str, ...]:
    """Preselect what it was, a warehouse of the store's name, the only one there is, or a new one."""
    place = _place(store)
    known = {house.id for house in store.warehouses}
    if place is not None and place.decision == "linked":
        held = [place.warehouse_id, *place.warehouse_ids]
        before = tuple(f"link:{one}" for one in dict.fromkeys(held) if one in known)
        if before:
            return before
    same = [w for w in store.warehouses if _folded(w.name) == _folded(store.store_name)]
    only = store.warehouses if len(store.warehouses) == 1 and not forms.copies(draft) else ()
    for house in (*same, *only):
        return (f"link:{house.id}",)
    return (NEW,) if forms.copies(draft) or not store.warehouses else ()


def _check(draft: Draft, facts: Facts) -> dict[str, str]:
    return {} if _place(facts.store) else {"": place_words.NO_PLACE}


# Which one of them -----------------------------------------------------------------------


def _receives(draft: Draft, facts: Facts, *, position: str) -> ShowForm:
    """Ask for the one that a copy and orders go to; without a copy, show what there is to sum."""
    store, copy = facts.store, forms.copies(draft)
    chosen = _chosen(draft, store)
    houses = [house for house in store.warehouses if f"link:{house.id}" in chosen]
    by_value = {f"link:{house.id}": _option(house) for house in houses}
    by_value[NEW] = Option(NEW, place_words.new_warehouse(store.store_name), place_words.NEW_BEGINS)
    names = [by_value[value].label for value in chosen]
    return ShowForm(
        step=draft.step,
        position=position,
        title=place_words.COPY_TO_TITLE if copy else place_words.ORDERS_FROM_TITLE,
        content=(
            Say(place_words.sums(store.store_name, names)),
            *(() if copy else (_sum(houses),)),
            Say(
                place_words.copy_to_what(store.store_name)
                if copy
                else place_words.orders_from_what(store.store_name),
                Tone.QUIET,
            ),
            Choice(
                key=RECEIVES,
                label=place_words.COPY_TO if copy else place_words.ORDERS_FROM,
                groups=(Group(place_words.OLD_GROUP, tuple(by_value[value] for value in chosen)),),
                missing=place_words.CHOOSE_ONE_OF_THEM,
                value=_receiver(draft, store),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


def _sum(houses: list[Warehouse]) -> Figures:
    together = sum(house.units for house in houses)
    return Figures(
        (
            *((house.name, words.units(house.units)) for house in houses),
            (place_words.TOGETHER, words.units(together)),
        ),
        place_words.IN_STOCK,
    )


def _receiver(draft: Draft, store: Store) -> str | None:
    """Find the one that was chosen or was it before; else a new one, or without a copy the first."""
    chosen = _chosen(draft, store)
    place = _place(store)
    was = f"link:{place.warehouse_id}" if place is not None else ""
    first = NEW if forms.copies(draft) and len(chosen) > 1 else chosen[0] if chosen else ""
    for value in (draft.answers.get(RECEIVES), was, first):
        if value in chosen:
            return str(value)
    return None


# Reading the draft -----------------------------------------------------------------------


def _chosen(draft: Draft, store: Store) -> tuple[str, ...]:
    """Read what was chosen and is still there, the preferred one first."""
    known = {NEW, *(f"link:{house.id}" for house in store.warehouses)}
    return tuple(value for value in draft.answers.get(CHOSEN, ()) if value in known)


def _place(store: Store) -> Location | None:
    """Find the store's one place that may be written."""
    return next((place for place in store.locations if place.active and place.ours), None)


def _id(value: str) -> int:
    return int(value.removeprefix("link:"))


def _folded(name: str) -> str:
    return name.strip().casefold()
