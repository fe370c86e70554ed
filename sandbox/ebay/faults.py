"""Trouble to switch on, per seller, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "dead_token",  # 401, in the Trading API an expired token, whatever token comes
    "too_many_requests",  # 429, in the Trading API the call limit
    "seller_limit",  # the Trading API's limit on revisions of one seller
    "firewall",  # 403 and a web page
    "maintenance",  # 503 and a web page
    "error_before",  # 500, nothing done
    "error_after",  # 500, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "slow",  # answers after some seconds
    "not_applied",  # answered as done, though it never is
    "entry_error",  # the first entry of a write is refused, the others are taken
    "whole_error",  # the whole write is refused
    "warning",  # done, with a warning beside it
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["token", "read", "write", "orders"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a seller."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on for one seller."""
