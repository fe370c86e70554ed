"""Trouble to switch on, per account, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "token_expired",  # 403, the access token has ended, whatever token comes
    "token_wrong",  # 403, revoked, malformed or invalid
    "no_role",  # 403 with empty details
    "too_many_requests",  # 429
    "invalid_input",  # 400
    "too_large",  # 413
    "wrong_media",  # 415
    "maintenance",  # 503 and a web page
    "unavailable",  # 503 in Amazon's own words
    "error_before",  # 500, nothing done
    "error_after",  # 500, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "slow",  # answers after some seconds
    "not_applied",  # accepted, though it never is
    "invalid_number",  # a patch ends INVALID, in a success
    "issue_later",  # accepted, then the item tells why it was not taken
    "feed_hangs",  # in progress for ever
    "feed_waits",  # in the queue for ever
    "feed_fatal",  # ends FATAL, with a report
    "feed_broken",  # ends FATAL, without one
    "feed_cancelled",  # ends CANCELLED, nothing done
    "feed_items_fail",  # every other message is invalid
    "feed_unreadable",  # DONE, no message was understood
    "report_hangs",  # in progress for ever
    "report_fatal",
    "report_cancelled",
    "report_localised",  # the columns have other names
    "report_windows",  # in Windows-1252
    "file_expired",  # a pre-signed address that has ended
    "file_damaged",  # a packed file that cannot be unpacked
    "fba_token_ended",  # the next page of FBA stock is refused
    "order_token_ended",  # the next page of orders is refused
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["token", "read", "write", "orders", "file"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of an account."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on in one account."""
