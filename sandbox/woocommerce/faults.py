"""Trouble to switch on, per store, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "too_many_requests",  # 429 as a web page, with Retry-After
    "too_many_silent",  # 429 without Retry-After
    "resource_limit",  # 508 of a shared host
    "maintenance",  # 503 as a web page, Retry-After 600
    "maintenance_json",  # the same as JSON
    "firewall",  # 403 as a web page
    "challenge",  # 200 as a web page: a login or a firewall's riddle
    "login",  # 401 as a web page
    "redirect",  # 301 to another address
    "error_before",  # 500 as a web page, nothing done
    "error_after",  # 500 as a web page, though it was done
    "critical",  # 500 as WordPress's own JSON, nothing done
    "gateway",  # 504, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "notices",  # done, PHP's notices stand before the JSON
    "slow",  # answers after some seconds
    "not_applied",  # answered as done, though another number stands
    "no_totals",  # the host takes X-WP-Total away
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["read", "batch"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a store."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on in one store."""
