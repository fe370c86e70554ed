"""Trouble to switch on in a local store, for a number of calls or until it is cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=str)
Operation = TypeVar("Operation", bound=str)


@dataclass
class Fault(Generic[Kind, Operation]):
    """One trouble; `count` None lasts until cleared, `only` narrows it to one kind of call."""

    kind: Kind
    count: int | None = None
    seconds: float = 2.0
    only: Operation | None = None


class Faults(Generic[Kind, Operation]):
    """What is switched on in one store."""

    def __init__(self) -> None:
        self._on: list[Fault[Kind, Operation]] = []

    def switch_on(self, fault: Fault[Kind, Operation]) -> None:
        self._on.append(fault)

    def clear(self, kind: str | None = None) -> None:
        self._on = [each for each in self._on if kind is not None and each.kind != kind]

    def listed(self) -> list[Fault[Kind, Operation]]:
        return list(self._on)

    def take(self, kind: Kind, operation: Operation) -> Fault[Kind, Operation] | None:
        """Use up one call's worth of a trouble, if it is on for this kind of call."""
        for fault in self._on:
            if fault.kind == kind and fault.only in (None, operation):
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._on.remove(fault)
                return fault
        return None
