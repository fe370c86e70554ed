"""Refs: "17" for a product, "15:16" for variation 16 of product 15."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_REF = re.compile(r"(?:([1-9]\d{0,18}):)?([1-9]\d{0,18})")
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Ref:
    """One thing with stock; `parent` is None for a product."""

    id: int
    parent: int | None

    @classmethod
    def read(cls, text: str) -> Ref | None:
        """Read a ref, None where it is none of ours."""
        found = _REF.fullmatch(text)
        if found is None:
            return None
        parent, own = found.groups()
        return cls(int(own), int(parent) if parent else None)

    def __str__(self) -> str:
        return str(self.id) if self.parent is None else f"{self.parent}:{self.id}"


def chunks(things: Sequence[_Thing], size: int) -> Iterator[Sequence[_Thing]]:
    """Cut into lists of at most `size`."""
    for first in range(0, len(things), size):
        yield things[first : first + size]


def listed(ids: Iterable[int]) -> str:
    """Write ids for `include`: one value with commas, whose signature every store agrees on."""
    return ",".join(str(each) for each in ids)
