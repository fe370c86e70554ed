"""What a step asks to know: nothing that is counted over thousands of rows unless it is shown."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import pytest

from flows import turn_on
from flows.engine import Draft, ShowForm
from flows.facts import Facts, NotLoaded, Store
from tests.unit.flows import made


class Sparse:
    """A store of which nothing is counted yet."""

    def __init__(self, **other: Any) -> None:
        self._held = made.store(**other)

    def __getattr__(self, name: str) -> Any:
        if name in ("listings", "warehouses"):
            raise NotLoaded(name)
        return getattr(self._held, name)


def sparse(**other: Any) -> Facts:
    return Facts(store=cast("Store", Sparse(**other)))


def at(step: str) -> Draft:
    return Draft(UUID(int=7), 1, step, {}, 0)


def test_from_the_review_to_the_copy_step_nothing_is_counted() -> None:
    draft, result = turn_on.step(at("review"), sparse(), {})
    assert isinstance(result, ShowForm)
    assert (draft.step, result.step) == ("copy", "copy")


@pytest.mark.parametrize(("step", "what"), [("review", "listings"), ("map.0", "warehouses")])
def test_a_step_that_shows_counts_asks_for_them(step: str, what: str) -> None:
    with pytest.raises(NotLoaded) as asked:
        turn_on.step(at(step), sparse(), None)
    assert asked.value.what == what


def test_a_review_that_cannot_be_gone_on_from_asks_for_what_it_shows() -> None:
    with pytest.raises(NotLoaded):
        turn_on.step(at("review"), sparse(importing=True), {})
