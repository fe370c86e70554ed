"""Trouble to switch on, per store, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

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


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a store."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on in one store."""
