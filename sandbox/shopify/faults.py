"""Trouble to switch on, per shop, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "dead_token",  # 401, whatever token comes
    "too_many_requests",  # 429 with Retry-After
    "frozen",  # 402
    "forbidden",  # 403
    "gone",  # 404
    "locked",  # 423
    "error_before",  # 500, nothing done
    "error_after",  # 500, though it was done
    "internal",  # 200 with INTERNAL_SERVER_ERROR, nothing done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "slow",  # answers after some seconds
    "throttled",  # the bucket seems empty
    "expensive",  # MAX_COST_EXCEEDED
    "concurrent",  # IDEMPOTENCY_CONCURRENT_REQUEST
    "not_applied",  # answered as done, though it was not
    "without_index",  # user errors that do not say which entry they mean
    "bulk_busy",  # OPERATION_IN_PROGRESS
    "bulk_failed",  # a bulk query ends as FAILED, with half of its lines
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["query", "mutation", "download"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a shop."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on in one shop."""
