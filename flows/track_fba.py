"""Changing the marketplaces in which FBA is followed, of a store whose sync is on or paused.

What takes long comes back in the facts: `marketplaces` (asks where the account sells) and
`confirm`.
"""

from __future__ import annotations

from flows import fba_words as said
from flows import fulfilment, words
from flows.engine import Aborted, Answers, Done, Draft, Result, Say, ShowProgress
from flows.facts import Facts
from flows.walk import Steps, Work, walk

FLOW = "track_fba"
FIRST = "fba"

_LAST = 3


def step(draft: Draft, facts: Facts | None, answers: Answers | None) -> tuple[Draft, Result]:
    """Take one step; no facts: the store is gone. See the engine for `answers`."""
    if facts is None:
        return draft, Aborted(words.GONE_TITLE, said.GONE)
    over = _over(facts)
    return (draft, over) if over else walk(steps, draft, facts, answers)


def ended(facts: Facts | None) -> Result:
    """Say how a conversation that is over ended, as far as the store tells."""
    if facts is not None and any(place.tracked for place in facts.store.marketplaces):
        return _done(facts)
    return Aborted(words.OVER_TITLE, words.OVER)


def resumed(draft: Draft) -> str:
    """Say where a conversation goes on that was left: a confirmation is asked for again."""
    return "confirm_fba" if draft.step == "confirm" else draft.step


def steps(draft: Draft, facts: Facts) -> Steps[Facts]:
    """List the steps as they are for this draft."""
    listed = fulfilment.steps(
        draft,
        facts,
        position=lambda number: words.position(number, _LAST),
        submit=said.FOLLOW,
        both=facts.store.fulfilment != "platform",
        planned=False,
        back=False,
    )
    saving = ShowProgress(
        "confirm", words.position(_LAST, _LAST), said.SAVED_TITLE, said.SAVING, "confirm"
    )
    return [*listed, Work("confirm", saving, _confirm_arrived)]


def chosen(draft: Draft, facts: Facts) -> tuple[str, ...]:
    """Read the marketplaces that are to be followed, as far as they are still there."""
    return tuple(place.id for place in fulfilment.chosen(draft, facts.store))


def _over(facts: Facts) -> Result | None:
    """Say whether the conversation is over, whatever step it stands on."""
    name = facts.store.store_name
    if facts.confirmed:
        return _done(facts)
    if facts.problem == "off" or facts.store.sync_status == "off":
        return Aborted(said.OFF_TITLE, said.off(name))
    if not facts.store.offers_fba:
        return Aborted(said.SAVED_TITLE, said.no_fba(name))
    return None


def _done(facts: Facts) -> Done:
    followed = [place.country for place in facts.store.marketplaces if place.tracked]
    return Done(said.SAVED_TITLE, (Say(said.saved(facts.store.store_name, followed)),))


def _confirm_arrived(draft: Draft, facts: Facts) -> tuple[Draft, Result] | None:
    """Where the account sells in none of them any more, it is asked again where it does."""
    if facts.problem == "gone":
        return walk(steps, draft.at("fba"), facts, None)
    return None
