"""Walking along a flow's steps: forward when a step is well answered, back without loss.

A platform's flow is a list of steps made from the draft and the facts; what is no
question for this draft is simply not in its list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from flows.engine import (
    BACK,
    Answers,
    Draft,
    MultiChoice,
    Question,
    Result,
    ShowForm,
    ShowProgress,
)

F = TypeVar("F")


def _no_errors(draft: Draft, facts: object) -> Mapping[str, str]:
    return {}


def _always(draft: Draft, facts: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ask(Generic[F]):
    """A step that a person answers.

    check  what is wrong with the answers beyond a question without an answer: words per
           field, "" for the step as a whole
    ready  whether what the form shows is there; if not, the work before it is done again
    asks   whether its form holds questions; one that only tells is not made to be gone on from
    """

    id: str
    form: Callable[[Draft, F], ShowForm]
    check: Callable[[Draft, F], Mapping[str, str]] = _no_errors
    ready: Callable[[Draft, F], bool] = _always
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Work(Generic[F]):
    """A step that the caller does.

    progress  what is shown meanwhile
    arrived   None: not done yet; a draft: done, go on from it; a result: it ends or waits here;
              a pair: stand there instead and show that
    forget    answers that the work brings anew
    """

    id: str
    progress: ShowProgress
    arrived: Callable[[Draft, F], Draft | Result | tuple[Draft, Result] | None]
    forget: tuple[str, ...] = ()


Steps = Sequence[Ask[F] | Work[F]]


def walk(
    steps: Callable[[Draft, F], Steps[F]],
    draft: Draft,
    facts: F,
    answers: Answers | None,
) -> tuple[Draft, Result]:
    """Take one step along the list; it is made anew after each change of the draft."""
    listed = steps(draft, facts)
    current = listed[_find(listed, draft.step)]
    draft = draft.at(current.id)
    if answers is None:
        return _show(steps, draft, facts)
    if isinstance(current, Work) or not current.ready(draft, facts):
        return (_back if BACK in answers else _show)(steps, draft, facts)
    answered = _answered(current, draft, facts, answers) if current.asks else draft
    if BACK in answers:
        return _back(steps, answered, facts)
    unanswered = _unanswered(current.form(answered, facts), answered) if current.asks else {}
    errors = unanswered or current.check(answered, facts)
    if errors:
        return answered, replace(current.form(answered, facts), errors=errors)
    return _forward(steps, answered, facts)


def _show(steps: Callable[[Draft, F], Steps[F]], draft: Draft, facts: F) -> tuple[Draft, Result]:
    """Show the step that the draft stands on, or the work that it lacks."""
    listed = steps(draft, facts)
    here = _find(listed, draft.step)
    current = listed[here]
    if isinstance(current, Work):
        return _wait(steps, draft, facts, current)
    if not current.ready(draft, facts):
        work = next(step for step in reversed(listed[:here]) if isinstance(step, Work))
        return _enter(draft, work)
    return draft, current.form(draft, facts)


def _wait(
    steps: Callable[[Draft, F], Steps[F]], draft: Draft, facts: F, work: Work[F]
) -> tuple[Draft, Result]:
    arrived = work.arrived(draft, facts)
    if arrived is None:
        return draft, work.progress
    if isinstance(arrived, Draft):
        return _forward(steps, arrived, facts)
    return arrived if isinstance(arrived, tuple) else (draft, arrived)


def _forward(steps: Callable[[Draft, F], Steps[F]], draft: Draft, facts: F) -> tuple[Draft, Result]:
    listed = steps(draft, facts)
    following = listed[_find(listed, draft.step) + 1]
    if isinstance(following, Work):
        return _enter(draft, following)
    return _show(steps, draft.at(following.id), facts)


def _enter(draft: Draft, work: Work[F]) -> tuple[Draft, Result]:
    fresh = draft.at(work.id).with_answers(dict.fromkeys(work.forget))
    return fresh, work.progress


def _back(steps: Callable[[Draft, F], Steps[F]], draft: Draft, facts: F) -> tuple[Draft, Result]:
    listed = steps(draft, facts)
    before = listed[: _find(listed, draft.step)]
    asked = [step.id for step in before if isinstance(step, Ask)]
    return _show(steps, draft.at(asked[-1] if asked else listed[0].id), facts)


def _find(listed: Steps[F], step_id: str) -> int:
    """Find a step; one that is no question any more leads back to the first."""
    for index, step in enumerate(listed):
        if step.id == step_id:
            return index
    return 0


def _answered(current: Ask[F], draft: Draft, facts: F, answers: Answers) -> Draft:
    """Add the answers to the questions of this step; whatever else was sent is left out."""
    asked = current.form(draft, facts).questions()
    return draft.with_answers(
        {one.key: _taken(one, answers[one.key]) for one in asked if one.key in answers}
    )


def _taken(asked: Question, given: str | Sequence[str]) -> str | list[str] | None:
    """Keep of an answer what was offered; None where nothing of it was."""
    values = [given] if isinstance(given, str) else list(dict.fromkeys(given))
    offered = [value for value in values if asked.option(value) is not None]
    if isinstance(asked, MultiChoice):
        return offered or None
    return offered[0] if len(offered) == len(values) == 1 else None


def _unanswered(form: ShowForm, draft: Draft) -> dict[str, str]:
    return {
        one.key: one.missing
        for one in form.questions()
        if _taken(one, draft.answers.get(one.key, ())) is None
    }
