"""Trouble to switch on, per store, for a number of calls or until it is cleared."""

from __future__ import annotations

from typing import Literal, get_args

from sandbox import faults

Kind = Literal[
    "dead_keys",  # 401 for the keys, whatever keys come
    "dead_token",  # 401, whatever token comes
    "forbidden",  # 403
    "too_many_requests",  # 429 with the headers of the bucket
    "busy",  # 429 without them: the platform itself
    "too_large",  # 413 with an empty body
    "maintenance",  # 503 and a web page
    "error_before",  # 500, nothing done
    "gateway",  # 520, nothing done; the gateway says `error`
    "invalid",  # 400, as for content that makes no sense
    "bad_request",  # the same as older calls say it: errors within errors
    "bare_error",  # 400, an error with nothing around it
    "error_after",  # 500, though it was done
    "lost",  # done, then the connection ends without an answer
    "html",  # done, answered by a web page
    "xml",  # done, answered by an error in XML
    "cut_off",  # done, half of the answer
    "missing_fields",  # done, the answer lacks its inner part
    "slow",  # answers after some seconds
    "not_applied",  # answered as done, though it never is
    "old_read",  # stock as it was before its latest change by the API
    "empty_is_404",  # a search for orders that finds nothing
    "dead_orders_cursor",  # the next page of orders is not found
    "orders_errors",  # 200, and a list of orders that holds errors only
    "dead_items_cursor",  # the next page of items is refused
    "lost_items_page",  # the next page of items is not found
    "empty_items_page",  # the next page of items is empty, though there are more
    "dead_stock_cursor",  # the next page of stock is refused
    "node_fails",  # 200, and the node says Failure
    "no_file",  # a feed whose file was lost on the way
    "wrong_kind",  # a feed whose file is not of a known kind
    "strict_feed",  # a feed with a SKU that nobody knows is refused whole, at once
    "feed_hangs",  # received, in progress for ever
    "feed_error",  # ends in ERROR, nothing done
    "feed_items_fail",  # every other item ends in SYSTEM_ERROR
    "feed_items_time_out",  # every other item ends in TIMEOUT_ERROR
]
KINDS: tuple[str, ...] = get_args(Kind)
Operation = Literal["token", "read", "write", "orders"]
OPERATIONS: tuple[str, ...] = get_args(Operation)


class Fault(faults.Fault[Kind, Operation]):
    """One trouble of a store."""


class Faults(faults.Faults[Kind, Operation]):
    """What is switched on in one store."""
