"""Who ships what a store sells, and the marketplaces in which its platform does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flows import fba_words as said
from flows import forms, plan_words, words
from flows.engine import (
    Choice,
    Draft,
    Figures,
    Group,
    MultiChoice,
    Option,
    Points,
    Result,
    Say,
    ShowForm,
    ShowProgress,
    Tone,
)
from flows.facts import Facts, Marketplace, Store
from flows.walk import Ask, Steps, Work

WAY, MARKETPLACES = "fulfilment", "marketplaces"
Positions = Callable[[int], str]


def way(draft: Draft, store: Store) -> str | None:
    """Read who ships: merchant, platform or both; None where that is still to be said."""
    if not store.offers_fba:
        return "merchant"
    given = draft.answers.get(WAY)
    return str(given) if given in said.WAYS else None


def followed(draft: Draft, store: Store) -> tuple[str, ...]:
    """Read the marketplaces in which FBA is to be followed, as far as they are still there."""
    if way(draft, store) not in ("platform", "both"):
        return ()
    return tuple(place.id for place in chosen(draft, store))


def chosen(draft: Draft, store: Store) -> list[Marketplace]:
    """Read the marketplaces that were chosen."""
    given = draft.answers.get(MARKETPLACES, ())
    return [place for place in store.marketplaces if place.id in given]


def first(draft: Draft, facts: Facts) -> Steps[Facts]:
    """Ask who ships, before anything else."""
    return [Ask("fulfilment", _fulfilment)] if facts.store.offers_fba else []


def steps(
    draft: Draft,
    facts: Facts,
    *,
    position: Positions,
    submit: str,
    both: bool,
    planned: bool,
    back: bool = True,
) -> Steps[Facts]:
    """Say what following FBA does, ask where, and confirm; `position` of the three.

    `both`: the merchant ships, too; `planned`: the last button carries out the plan for that;
    `back`: something comes before.
    """
    reading = ShowProgress(
        "asking_marketplaces", position(2), said.READING_TITLE, said.READING, "marketplaces"
    )
    return [
        Ask(
            "fba",
            partial(_review, position=position(1), both=both, back=back),
            check=_imported,
            asks=False,
        ),
        Work("asking_marketplaces", reading, partial(_arrived, position=position(2))),
        Ask(
            "marketplaces",
            partial(_marketplaces, position=position(2)),
            check=_there_are,
            asks=bool(facts.store.marketplaces),
        ),
        Ask(
            "confirm_fba",
            partial(_confirm, position=position(3), planned=planned, submit=submit),
            ready=lambda draft, facts: bool(chosen(draft, facts.store)),
            asks=False,
        ),
    ]


# Who ships -------------------------------------------------------------------------------------


def _fulfilment(draft: Draft, facts: Facts) -> ShowForm:
    store = facts.store
    options = tuple(Option(value, *text) for value, text in said.WAYS.items())
    platform = store.listings.platform
    found = [(said.OF_MERCHANT, store.listings.total - platform), (said.OF_PLATFORM, platform)]
    return ShowForm(
        step=draft.step,
        position=said.BEFORE,
        title=said.fulfilment_title(store.store_name),
        content=(
            Say(said.FULFILMENT_WHAT, Tone.QUIET),
            *(
                (Figures(tuple((label, f"{number:,}") for label, number in found), said.FOUND),)
                if store.listings.total
                else ()
            ),
            Choice(
                key=WAY,
                label=said.FULFILMENT,
                groups=(Group(said.FULFILMENT, options),),
                missing=said.CHOOSE_WAY,
                value=way(draft, store) or _likely(store),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=False,
    )


def _likely(store: Store) -> str | None:
    """Preselect what it was, else what the listings look like."""
    if store.was_on or store.fulfilment != "merchant":
        return store.fulfilment
    total, platform = store.listings.total, store.listings.platform
    if store.importing or not total:
        return None
    return "merchant" if not platform else "platform" if platform == total else "both"


# FBA -------------------------------------------------------------------------------------------


def _review(draft: Draft, facts: Facts, *, position: str, both: bool, back: bool) -> ShowForm:
    store = facts.store
    return ShowForm(
        step=draft.step,
        position=position,
        title=said.review_title(store.store_name),
        content=(
            Say(said.REVIEW_WHAT, Tone.QUIET),
            Points(said.review_points(both=both), said.REVIEW_TITLE),
        ),
        submit=words.NEXT,
        back=back,
    )


def _imported(draft: Draft, facts: Facts) -> Mapping[str, str]:
    """Hold until the first import is over: a copy finds the products of SKUs by their listings."""
    return {"": words.STILL_IMPORTING} if facts.store.importing else {}


def _arrived(draft: Draft, facts: Facts, *, position: str) -> Draft | Result | None:
    if facts.marketplaces_read:
        return draft
    if facts.problem not in ("reconnect", "store"):
        return None
    return forms.stuck(draft, facts, plan_words.MARKETPLACES, position=position)


def _marketplaces(draft: Draft, facts: Facts, *, position: str) -> ShowForm:
    store = facts.store
    options = tuple(
        Option(
            place.id,
            said.marketplace(place.country, place.name),
            said.SUSPENDED if place.suspended else "",
        )
        for place in store.marketplaces
    )
    picked = [place.id for place in chosen(draft, store)] or _suggested(store)
    question = MultiChoice(
        key=MARKETPLACES,
        label=said.MARKETPLACES,
        groups=(Group(said.MARKETPLACES, options),),
        missing=said.CHOOSE_MARKETPLACE,
        values=tuple(picked),
        hint=said.MARKETPLACES_HINT,
    )
    return ShowForm(
        step=draft.step,
        position=position,
        title=said.marketplaces_title(store.store_name),
        content=(
            Say(said.MARKETPLACES_WHAT, Tone.QUIET),
            *((question,) if options else (Say(said.NO_MARKETPLACE, Tone.WARNING),)),
        ),
        submit=words.NEXT,
        back=True,
    )


def _suggested(store: Store) -> Sequence[str]:
    """Preselect those that were followed before, or the only one there is."""
    before = [place.id for place in store.marketplaces if place.tracked]
    only = [place.id for place in store.marketplaces] if len(store.marketplaces) == 1 else []
    return before or only


def _there_are(draft: Draft, facts: Facts) -> Mapping[str, str]:
    return {} if facts.store.marketplaces else {"": said.NO_MARKETPLACE}


def _confirm(draft: Draft, facts: Facts, *, position: str, planned: bool, submit: str) -> ShowForm:
    store = facts.store
    places = chosen(draft, store)
    countries = [place.country for place in places]
    houses = (
        place.warehouse or said.new_warehouse(store.store_name, place.country) for place in places
    )
    return ShowForm(
        step=draft.step,
        position=position,
        title=said.CONFIRM_TITLE,
        content=(
            Say(said.confirm_what(store.store_name, countries, planned=planned)),
            *forms.points(said.NEW_TITLE, houses),
            *((Say(words.ONLY_HERE),) if planned else ()),
        ),
        submit=submit,
        back=True,
    )
