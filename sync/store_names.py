"""Stores by name: told apart where several have the same one, found by what was typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from connectors.catalog import PLATFORMS


class Named(Protocol):
    """What a store is known by: accounts of one platform are all different."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def account_id(self) -> str: ...


S = TypeVar("S", bound=Named)


def told_apart(stores: Iterable[Named]) -> dict[int, str]:
    """Name stores so that no two are named alike: with the platform, or the account, if need be."""
    forms = {store.id: _forms(store) for store in stores}
    length = dict.fromkeys(forms, 0)
    for longer in (1, 2):
        taken = Counter(_folded(forms[one][length[one]]) for one in forms)
        for one in forms:
            if taken[_folded(forms[one][length[one]])] > 1:
                length[one] = longer
    return {one: forms[one][length[one]] for one in forms}


def meant(stores: Sequence[S], text: str) -> list[S]:
    """Find the stores that what a person typed may mean: a name wholly, else a beginning or part.

    A name may have its platform behind it, and its account, as where stores are told apart.
    """
    wanted = _folded(text)
    for matches in (_is, _begins, _holds):
        found = [store for store in stores if matches(store, wanted)]
        if found:
            return found
    return []


def _is(store: Named, wanted: str) -> bool:
    return wanted in map(_folded, _forms(store))


def _begins(store: Named, wanted: str) -> bool:
    return any(_folded(form).startswith(wanted) for form in _forms(store))


def _holds(store: Named, wanted: str) -> bool:
    return wanted in _folded(store.name)


def _forms(store: Named) -> tuple[str, str, str]:
    title = PLATFORMS[store.platform].title
    return (
        store.name,
        f"{store.name} ({title})",
        f"{store.name} ({title}, {store.account_id})",
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
