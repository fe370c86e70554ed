"""Items that a plan finds not stocked at a location: named, and asked about."""

from __future__ import annotations

from flows import stocking_words as words
from flows.engine import Choice, Content, Draft, Group, Option, Points, Say
from flows.facts import Facts, Plan

KEY = "stocking"


def ask(draft: Draft, facts: Facts, made: Plan) -> tuple[Content, ...]:
    """Tell what is not stocked, and ask what becomes of it unless that was agreed to before."""
    if not made.not_stocked:
        return ()
    found = Points(
        tuple(
            words.where(one.place, one.items, one.counted, one.named) for one in made.not_stocked
        ),
        words.TITLE,
    )
    since = facts.store.stocked_since
    if since is not None:
        return (found, Say(words.agreed(since)))
    options = (Option("leave", *words.LEAVE), Option("stock", *words.STOCK))
    asked = Choice(
        key=KEY,
        label=words.LABEL,
        groups=(Group(words.LABEL, options),),
        missing=words.CHOOSE,
        value=draft.answers.get(KEY) or "leave",
        shape="open",
    )
    return (found, Say(words.what(facts.store.store_name)), asked)


def agreed(draft: Draft, facts: Facts) -> bool:
    """Say whether the person agreed, to the plan that they were shown."""
    asked = facts.plan is not None and facts.plan.not_stocked and facts.store.stocked_since is None
    return bool(asked) and draft.answers.get(KEY) == "stock"
