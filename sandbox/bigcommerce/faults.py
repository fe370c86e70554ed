"""Trouble to switch on, per store, for a number of calls or until it is cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "dead_token",  # 401, whatever token comes
    "too_many_requests",  # 429 with the headers of the quota
    "busy",  # 429 without them: the platform itself
    "firewall",  # 403 and a web page
    "login_page",  # 302 to a web page
    "gone",  # 404
    "too_large",  # 413
    "locked",  # 423
    "maintenance",  # 503 and a web page
    "plan_limit",  # 507
    "error_before",  # 500, nothing done
    "error_after",  # 500, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "slow",  # answers after some seconds
    "not_applied",  # answered as done, though it never is
    "unnamed",  # a refusal that does not say which item it means
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["read", "write"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


@dataclass
class Fault:
    """One trouble; `count` None lasts until cleared, `only` narrows it to one kind of call."""

    kind: Kind
    count: int | None = None
    seconds: float = 2.0
    only: Operation | None = None


class Faults:
    """What is switched on in one store."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def switch_on(self, fault: Fault) -> None:
        self._on.append(fault)

    def clear(self, kind: str | None = None) -> None:
        self._on = [each for each in self._on if kind is not None and each.kind != kind]

    def listed(self) -> list[Fault]:
        return list(self._on)

    def take(self, kind: Kind, operation: Operation) -> Fault | None:
        """Use up one call's worth of a trouble, if it is on for this kind of call."""
        for fault in self._on:
            if fault.kind == kind and fault.only in (None, operation):
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._on.remove(fault)
                return fault
        return None
