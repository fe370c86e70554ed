"""What a platform's review asks about beyond quantities (R9): agreed to, or chosen."""

from __future__ import annotations

from flows import agreement_words as words
from flows.engine import Choice, Content, Draft, Group, Option, Say, Tone
from flows.facts import Agreement, Facts, Store


def ask(draft: Draft, facts: Facts) -> tuple[Content, ...]:
    """Say what each is about, and ask."""
    return tuple(
        part for one in facts.store.agreements for part in (_about(one), _question(draft, one))
    )


def missing(draft: Draft, facts: Facts) -> dict[str, str]:
    """Hold the review while something that is needed was not agreed to."""
    given = answers(draft, facts.store)
    return {
        one.key: words.NEEDED[one.key]
        for one in facts.store.agreements
        if one.required and not given[one.key]
    }


def answers(draft: Draft, store: Store) -> dict[str, bool]:
    """Read what was answered; what was not answered stays as it stands."""
    return {
        one.key: given == _YES if (given := draft.answers.get(one.key)) else one.stands
        for one in store.agreements
    }


_YES, _NO = "yes", "no"


def _about(one: Agreement) -> Say:
    return Say(words.ABOUT[one.key], Tone.WARNING if one.required else Tone.PLAIN)


def _question(draft: Draft, one: Agreement) -> Choice:
    yes, no = words.OPTIONS[one.key]
    # Nobody agrees by going on: what is needed is chosen, unless it was agreed to before.
    stands = _YES if one.stands else None if one.required else _NO
    return Choice(
        key=one.key,
        label=words.LABELS[one.key],
        groups=(Group(words.LABELS[one.key], (Option(_YES, *yes), Option(_NO, *no))),),
        missing=words.CHOOSE,
        value=draft.answers.get(one.key) or stands,
        shape="open",
    )
