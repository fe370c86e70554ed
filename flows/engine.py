"""What a conversation is made of. Values only: whoever shows them decides how they look.

A flow is one function: `step(draft, facts, answers) -> (draft, result)`. The caller
loads the draft and the facts, saves the draft that comes back, and shows the result.
`answers` holds what the person gave on the step that the draft stands on; None asks
to show that step again (a resumed draft, a stale click, facts that have arrived).
All text is plain: names that come from stores stand in it unescaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

BACK = "back"  # an answer under this key goes one step back and keeps what was entered


@dataclass(frozen=True, slots=True)
class Draft:
    """Where a conversation stands. `answers` are JSON values, by field."""

    id: UUID
    store_id: int
    step: str
    answers: Mapping[str, Any]
    revision: int

    def at(self, step: str) -> Draft:
        """Stand on another step."""
        return replace(self, step=step)

    def with_answers(self, given: Mapping[str, Any]) -> Draft:
        """Add answers; None takes one away."""
        merged = {**self.answers, **given}
        return replace(self, answers={k: v for k, v in merged.items() if v is not None})


class Tone(StrEnum):
    """How a sentence is meant; never carried by colour alone."""

    PLAIN = "plain"
    WARNING = "warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Say:
    """A paragraph."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short sentences, each on its own line."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Names with their values."""

    rows: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """Something that can be had as a file; `key` says what."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers."""

    value: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options under a title."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with one answer.

    shape    whether its options are laid open or unfold from a menu
    missing  what to say when none of them was chosen
    """

    key: str
    label: str
    groups: tuple[Group, ...]
    missing: str
    value: str | None = None
    shape: Literal["open", "menu"] = "menu"
    hint: str = ""

    def option(self, value: str | None) -> Option | None:
        """Find the option of a value."""
        return _option(self.groups, value)


@dataclass(frozen=True, slots=True)
class MultiChoice:
    """A question with one answer or more; in a draft they are a list, in the order chosen.

    missing  what to say when nothing was chosen
    """

    key: str
    label: str
    groups: tuple[Group, ...]
    missing: str
    values: tuple[str, ...] = ()
    hint: str = ""

    def option(self, value: str | None) -> Option | None:
        """Find the option of a value."""
        return _option(self.groups, value)


def _option(groups: tuple[Group, ...], value: str | None) -> Option | None:
    every = (option for group in groups for option in group.options)
    return next((option for option in every if option.value == value), None)


Question = Choice | MultiChoice
Content = Say | Points | Figures | Download | Choice | MultiChoice
# What a person gave, by field: one value, or several where several may be chosen.
Answers = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class ShowForm:
    """Ask. `errors` holds words per field key; the key "" is the step as a whole."""

    step: str
    position: str  # "Step 2 of 4"
    title: str
    content: tuple[Content, ...]
    submit: str
    back: bool
    errors: Mapping[str, str] = field(default_factory=dict)

    def choices(self) -> tuple[Choice, ...]:
        """List the questions of the form that have one answer."""
        return tuple(part for part in self.content if isinstance(part, Choice))

    def questions(self) -> tuple[Question, ...]:
        """List every question of the form."""
        return tuple(part for part in self.content if isinstance(part, (Choice, MultiChoice)))


@dataclass(frozen=True, slots=True)
class ShowProgress:
    """Wait: the caller does `work` and calls again with what it brought."""

    step: str
    position: str
    title: str
    text: str
    work: str


@dataclass(frozen=True, slots=True)
class ExternalStep:
    """Something has to be done on another page (`kind`), then the step is tried again."""

    step: str
    position: str
    title: str
    text: str
    kind: str
    submit: str
    back: bool


@dataclass(frozen=True, slots=True)
class Sure:
    """What is asked once more before an answer counts: the consequence, yes or no."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to go on; `text` says what it would do, where there are several."""

    value: str
    label: str
    text: str = ""
    sure: Sure | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Nothing to fill in: one of these answers is given, or none by closing it."""

    title: str
    content: tuple[Content, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Over, and this is what follows."""

    title: str
    content: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Aborted:
    """Over without effect, and why."""

    title: str
    text: str


Result = ShowForm | ShowProgress | ExternalStep | Done | Aborted
