"""The steps that every platform's way of turning sync on has in common, as forms."""

from __future__ import annotations

from collections.abc import Iterable

from flows import agreement_words, agreements, plan_words, stocking, words
from flows.engine import (
    Choice,
    Content,
    Download,
    Draft,
    ExternalStep,
    Figures,
    Group,
    Option,
    Points,
    Say,
    ShowForm,
    Tone,
)
from flows.facts import Facts, Plan

PLAN_FILE = "plan"


def copies(draft: Draft) -> bool:
    """Say whether the store's numbers are copied; undecided counts as not."""
    return draft.answers.get("mode") == "copy"


def open_orders(draft: Draft) -> tuple[int, int]:
    """Read (orders, units) that the work `orders` brought; (0, 0) before."""
    held = draft.answers.get("open_orders", {})
    return int(held.get("orders", 0)), int(held.get("units", 0))


def review(draft: Draft, facts: Facts, *, position: str, back: bool = False) -> ShowForm:
    """Say what turning sync on does, and what was found in the store."""
    store = facts.store
    listings = store.listings
    return ShowForm(
        step=draft.step,
        position=position,
        title=words.review_title(store.store_name),
        content=(
            Say(words.REVIEW_WHAT, Tone.QUIET),
            Points(
                words.review_points(
                    store.store_name,
                    store.platform_title if store.has_locations else None,
                    beyond=bool(store.agreements),
                ),
                words.REVIEW_TITLE,
            ),
            Say(words.ONLY_HERE),
            Figures(_listing_figures(facts), words.LISTINGS_TITLE),
            *_listing_notes(listings.total, listings.linked),
            *agreements.ask(draft, facts),
        ),
        submit=words.NEXT,
        back=back,
    )


def review_holds(draft: Draft, facts: Facts) -> dict[str, str]:
    """Hold the review while the first import runs, since a plan needs the listings, or until
    what is needed was agreed to.
    """
    if facts.store.importing:
        return {"": words.STILL_IMPORTING}
    return agreements.missing(draft, facts)


def copy(draft: Draft, facts: Facts, *, position: str) -> ShowForm:
    """Ask whose numbers are kept, preselected by whether we hold stock."""
    name = facts.store.store_name
    exists = facts.store.stock_exists
    options = (
        Option("copy", *words.copy_option(name)),
        Option("keep", *words.KEEP_OPTION),
    )
    notes = (
        (Say(words.STOCK_EXISTS, Tone.QUIET), Say(words.COPY_OVERWRITES, Tone.WARNING))
        if exists
        else (Say(words.NO_STOCK, Tone.WARNING),)
    )
    return ShowForm(
        step=draft.step,
        position=position,
        title=words.copy_title(name),
        content=(
            Say(words.COPY_WHAT, Tone.QUIET),
            Points((words.copy_explained(name), words.keep_explained(name))),
            *notes,
            Choice(
                key="mode",
                label=words.COPY_LABEL,
                groups=(Group(words.COPY_LABEL, options),),
                missing=words.CHOOSE_ONE,
                value=draft.answers.get("mode") or ("keep" if exists else "copy"),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


def open_units(draft: Draft, facts: Facts, *, position: str) -> ShowForm:
    """Ask whether the units of the store's open orders are still in our numbers."""
    orders, units = open_orders(draft)
    options = (Option("in_numbers", *plan_words.OPEN_IN), Option("extra", *plan_words.OPEN_EXTRA))
    return ShowForm(
        step=draft.step,
        position=position,
        title=plan_words.open_title(units),
        content=(
            Say(plan_words.open_what(facts.store.store_name, orders, units)),
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


def gap(draft: Draft, facts: Facts, *, position: str) -> ShowForm:
    """Ask how our numbers stand to what the store sold while its sync was off."""
    orders, units = open_orders(draft)
    name = facts.store.store_name
    options = (
        Option("counted", *plan_words.GAP_COUNTED),
        Option("extra", *plan_words.GAP_EXTRA),
        Option("in_numbers", *plan_words.GAP_IN_NUMBERS),
    )
    return ShowForm(
        step=draft.step,
        position=position,
        title=plan_words.gap_title(name),
        content=(
            Say(plan_words.gap_what(name, orders, units)),
            *_unseen(facts),
            Choice(
                key="open_units",
                label=plan_words.GAP_LABEL,
                groups=(Group(plan_words.GAP_LABEL, options),),
                missing=plan_words.CHOOSE_GAP,
                value=draft.answers.get("open_units"),
                shape="open",
            ),
        ),
        submit=words.NEXT,
        back=True,
    )


def plan(
    draft: Draft,
    facts: Facts,
    made: Plan,
    *,
    position: str,
    about: tuple[Say, ...],
    submit: str = words.TURN_ON,
) -> ShowForm:
    """Show what confirming would do; `about`: how the store's places come by their numbers."""
    name = facts.store.store_name
    what = plan_words.plan_what_copy(name) if copies(draft) else plan_words.plan_what(name)
    counted = not copies(draft) and draft.answers.get("open_units") == "counted"
    changed = {"": plan_words.PLAN_CHANGED} if draft.answers.get("again") else {}
    return ShowForm(
        step=draft.step,
        position=position,
        title=plan_words.PLAN_TITLE,
        content=(
            Say(what),
            *about,
            Figures(plan_figures(made), plan_words.KINDS_TITLE),
            *points(
                plan_words.SAMPLE_TITLE,
                (
                    plan_words.sample(line.sku, line.location, line.now, line.becomes, line.parts)
                    for line in made.sample
                ),
            ),
            *_renewals(made),
            *stocking.ask(draft, facts, made),
            *elsewhere(made),
            *((Say(plan_words.gap_counted(name), Tone.WARNING),) if counted else ()),
            *_unseen(facts),
            *points(plan_words.CANNOT_TITLE, facts.store.cannot),
            Say(plan_words.open_orders(made.open_orders, made.open_units), Tone.QUIET),
            Say(plan_words.order_days(name, facts.store.order_days), Tone.QUIET),
            Download(PLAN_FILE, plan_words.WHOLE_PLAN),
            Say(words.ONLY_HERE),
        ),
        submit=submit,
        back=True,
        errors=changed,
    )


def stuck(draft: Draft, facts: Facts, what: str, *, position: str) -> ExternalStep:
    """Say that the store did not let us read what a step needs, and wait until it does."""
    reconnect = facts.problem == "reconnect"
    text = plan_words.reconnect_text if reconnect else plan_words.store_text
    return ExternalStep(
        step=draft.step,
        position=position,
        title=plan_words.RECONNECT_TITLE if reconnect else plan_words.STORE_TITLE,
        text=text(what, facts.said),
        kind="reconnect" if reconnect else "wait",
        submit=words.TRY_AGAIN,
        back=True,
    )


def _renewals(made: Plan) -> tuple[Say, ...]:
    """Tell what is renewed, and what that costs."""
    found = made.renewals
    if found is None:
        return ()
    fee = found.fee
    text = agreement_words.renewals(found.sold_out, found.expired, fee.amount, fee.currency)
    return (Say(text, Tone.WARNING),)


def _unseen(facts: Facts) -> tuple[Say, ...]:
    """Say what happened while sync was off longer than the store shows its orders."""
    store = facts.store
    if store.off_days is None or store.off_days <= store.order_days:
        return ()
    unseen = plan_words.gap_unseen(store.store_name, store.off_days, store.order_days)
    return (Say(unseen, Tone.WARNING),)


def elsewhere(made: Plan) -> tuple[Content, ...]:
    """Tell what a plan changes beside the store's own numbers."""
    return (
        *points(plan_words.NEW_TITLE, made.new_warehouses),
        *points(
            plan_words.RENAMES_TITLE,
            (plan_words.rename(r.old, r.new, r.used_by) for r in made.renames),
        ),
        *points(
            plan_words.OTHERS_TITLE,
            (plan_words.other_store(o.name, o.listings) for o in made.other_stores),
        ),
    )


def points(title: str, items: Iterable[str]) -> tuple[Content, ...]:
    """List what there is under a title; nothing at all where there is nothing."""
    listed = tuple(items)
    return (Points(listed, title),) if listed else ()


def _listing_figures(facts: Facts) -> tuple[tuple[str, str], ...]:
    found = facts.store.listings
    unlinked = {
        "no_sku": found.no_sku,
        "duplicate": found.duplicate,
        "renamed": found.renamed,
        "ignored": found.ignored,
    }
    rest = [(words.NOT_LINKED[reason], number) for reason, number in unlinked.items()]
    rest += [
        (words.UNTRACKED, found.untracked),
        (words.SOLD_OUT, found.sold_out),
        (words.EXPIRED, found.expired),
        (words.INACTIVE, found.inactive),
        (words.OF_PLATFORM, found.platform),
    ]
    return (
        (words.LISTINGS, f"{found.total:,}"),
        (words.LINKED, f"{found.linked:,}"),
        *((label, f"{number:,}") for label, number in rest if number),
    )


def _listing_notes(total: int, linked: int) -> tuple[Say, ...]:
    if total == 0:
        return (Say(words.NO_LISTINGS, Tone.WARNING),)
    if linked == 0:
        return (Say(words.NONE_LINKED, Tone.WARNING),)
    return (Say(words.UNLINKED_STAY, Tone.QUIET),) if linked < total else ()


def plan_figures(made: Plan) -> tuple[tuple[str, str], ...]:
    """Count the listings of a plan by what happens to them."""
    kinds = [(label, made.counts.get(kind, 0)) for kind, label in plan_words.KINDS.items()]
    reasons = [(label, made.unlinked.get(reason, 0)) for reason, label in words.NOT_LINKED.items()]
    shown = [(label, f"{number:,}") for label, number in (*kinds, *reasons) if number]
    return tuple(shown) or ((words.LISTINGS, "0"),)
