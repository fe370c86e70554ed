"""Trouble to switch on, per shop, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "dead_token",  # 401, whatever token comes
    "bare_key",  # 403, as for a key without its secret
    "too_many_requests",  # 429
    "firewall",  # 403 and a web page
    "maintenance",  # 503 and a web page
    "error_before",  # 500, nothing done
    "error_after",  # 500, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer is an empty object
    "slow",  # answers after some seconds
    "conflict",  # 409: the listing was changed at that moment
    "not_kept",  # an inventory is answered with other numbers than were sent
    "renew_error",  # 500 for activating what is sold out, nothing done
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["token", "read", "write", "orders"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a shop."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on for one shop."""
