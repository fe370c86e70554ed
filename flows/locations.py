"""Which warehouse stands for which location of a store that has several places of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from flows import forms, place_words, words
from flows.engine import Choice, Draft, Group, Option, Say, ShowForm, Tone
from flows.facts import Facts, Location, Store
from flows.walk import Ask, Steps
from sync.choices import LocationChoice

# Locations, or shared warehouses, at a time: with their texts well under Slack's 100 blocks.
PAGE = 20

POSITION = words.position(3, 4)


def steps(draft: Draft, facts: Facts) -> Steps[Facts]:
    """Ask page by page, then whose number is copied where several share a warehouse."""
    together = shared(draft, facts.store) if forms.copies(draft) else {}
    return [*pages(facts.store), *(take(together) if together else [])]


def pages(store: Store, *, position: str = POSITION, first: bool = False) -> list[Ask[Facts]]:
    """Ask which warehouse stands for which location, page by page; `first`: nothing comes before."""
    return [
        Ask(
            f"map.{page}",
            partial(_map, page=page, position=position, back=page > 0 or not first),
            check=partial(_check_map, page=page),
        )
        for page in range(max(1, -(-len(writable(store)) // PAGE)))
    ]


def take(
    together: Mapping[int, Sequence[Location]], *, position: str = POSITION
) -> list[Ask[Facts]]:
    """Ask whose number is copied of the locations that share a warehouse, page by page."""
    return [
        Ask(f"take.{page}", partial(_take, together=together, page=page, position=position))
        for page in range(-(-len(together) // PAGE))
    ]


def picked(draft: Draft, store: Store) -> tuple[LocationChoice, ...]:
    """Read what was chosen for each location."""
    return tuple(_pick(draft, location) for location in store.locations)


def taken(draft: Draft, store: Store) -> tuple[int, ...]:
    """Name the locations whose number is copied where several share a warehouse."""
    return taken_of(draft, shared(draft, store))


def taken_of(draft: Draft, together: Collection[int]) -> tuple[int, ...]:
    """Name the locations whose number is copied to each of some warehouses, where it was asked."""
    keys = (_take_key(warehouse) for warehouse in together)
    return tuple(int(draft.answers[key]) for key in keys if key in draft.answers)


def _map(draft: Draft, facts: Facts, *, page: int, position: str, back: bool) -> ShowForm:
    every = writable(facts.store)
    asked = every[page * PAGE : (page + 1) * PAGE]
    first = page * PAGE + 1
    left_out = [place for place in facts.store.locations if place not in every]
    return ShowForm(
        step=draft.step,
        position=position,
        title=place_words.map_title(first, first + max(len(asked), 1) - 1, max(len(every), 1)),
        content=(
            Say(place_words.MAP_WHAT, Tone.QUIET),
            Say(f"{place_words.MAP_RENAMES} {place_words.MAP_SHARED}"),
            *(_location(draft, facts.store, location) for location in asked),
            *(
                Say(place_words.fixed_out(place.name, ours=place.ours), Tone.QUIET)
                for place in (left_out[:PAGE] if page == 0 else ())
            ),
            *(
                [Say(place_words.more_out(len(left_out) - PAGE), Tone.QUIET)]
                if page == 0 and len(left_out) > PAGE
                else []
            ),
        ),
        submit=words.NEXT,
        back=back,
    )


def _location(draft: Draft, store: Store, location: Location) -> Choice:
    groups = [
        Group(place_words.NEW_GROUP, (Option("new", place_words.new_warehouse(location.name)),))
    ]
    if store.warehouses:
        existing = tuple(
            Option(
                f"link:{house.id}",
                place_words.old_warehouse(house.name),
                place_words.warehouse(house.counted_products, house.used_by),
            )
            for house in store.warehouses
        )
        groups.append(Group(place_words.OLD_GROUP, existing))
    groups.append(Group(place_words.OUT_GROUP, (Option("none", place_words.DO_NOT_LINK),)))
    return Choice(
        key=_location_key(location),
        label=location.name,
        groups=tuple(groups),
        missing=place_words.CHOOSE_WAREHOUSE,
        value=draft.answers.get(_location_key(location)) or _suggested(draft, store, location),
    )


def _suggested(draft: Draft, store: Store, location: Location) -> str | None:
    """Preselect what it was, a warehouse of the same name, the only one there is, or a new one."""
    if location.decision == "linked" and location.warehouse_id is not None:
        return f"link:{location.warehouse_id}"
    if location.decision == "unlinked":
        return "none"
    same = [w for w in store.warehouses if folded(w.name) == folded(location.name)]
    only = store.warehouses if len(store.warehouses) == 1 and not forms.copies(draft) else ()
    for house in (*same, *only):
        return f"link:{house.id}"
    return "new" if forms.copies(draft) or not store.warehouses else None


def _check_map(draft: Draft, facts: Facts, *, page: int) -> dict[str, str]:
    every = writable(facts.store)
    if not every:
        return {"": place_words.NO_LOCATIONS}
    last = (page + 1) * PAGE >= len(every)
    if last and all(_pick(draft, location).decision == "none" for location in every):
        return {"": place_words.NOTHING_LINKED}
    return {}


def _take(
    draft: Draft,
    facts: Facts,
    *,
    together: Mapping[int, Sequence[Location]],
    page: int,
    position: str,
) -> ShowForm:
    """Ask which location's number is copied where several share a warehouse."""
    content: list[Say | Choice] = []
    first = page * PAGE
    asked = list(together.items())[first : first + PAGE]
    for warehouse, locations in asked:
        house = next(w for w in facts.store.warehouses if w.id == warehouse)
        names = tuple(location.name for location in locations)
        content.append(Say(place_words.take_what(house.name, names)))
        content.append(
            Choice(
                key=_take_key(warehouse),
                label=place_words.take_label(house.name),
                groups=(Group(house.name, tuple(Option(str(p.id), p.name) for p in locations)),),
                missing=place_words.CHOOSE_LOCATION,
                value=draft.answers.get(_take_key(warehouse)),
            )
        )
    return ShowForm(
        step=draft.step,
        position=position,
        title=place_words.take_title(first + 1, first + len(asked), len(together)),
        content=tuple(content),
        submit=words.NEXT,
        back=True,
    )


def writable(store: Store) -> list[Location]:
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


def shared(draft: Draft, store: Store) -> dict[int, list[Location]]:
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


def folded(name: str) -> str:
    return name.strip().casefold()
