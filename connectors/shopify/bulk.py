"""Bulk queries: Shopify works through everything by itself and leaves a file.

A file counts only when it is whole: what a failed query left behind, a download
that was cut off, and an address that expired are all no result.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from connectors.errors import Unavailable
from connectors.http import Row, parse_json
from connectors.shopify.client import GraphClient
from connectors.shopify.documents import BULK, RUN_BULK

# Seconds between looks: small catalogues are done within seconds, large ones take minutes.
_WAITS = (1.0, 2.0, 4.0, 8.0)
_LONGEST_WAIT = 15.0
# About a quarter of an hour; what takes longer is as good as stuck.
_MOST_LOOKS = 64
_STILL_RUNS = ("CREATED", "RUNNING")


class NoResult(Exception):
    """The bulk query was refused, failed, or did not come to its end in time."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk query that Shopify has taken on; its numbers are from `at` or later."""

    id: str
    at: datetime


async def start(client: GraphClient, query: str) -> Bulk:
    """Let Shopify run a query; NoResult where it does not want to, as when five run already."""
    answer = await client.read(RUN_BULK, {"query": query})
    payload = answer.data.row("bulkOperationRunQuery")
    for error in payload.rows("userErrors"):
        raise NoResult(error.text("message"))
    operation = payload.row("bulkOperation")
    return Bulk(operation.text("id"), operation.moment("createdAt"))


async def rows(client: GraphClient, bulk: Bulk) -> AsyncGenerator[Row]:
    """Read the result row by row as it comes, children right below their parents.

    Raises NoResult where there is none, Unavailable where the download broke off:
    it may be tried again, from the beginning. Nothing is whole before the last row.
    """
    done = await _finished(client, bulk)
    if "url" in done:
        count = 0
        async with aclosing(client.file(done.text("url"))) as lines:
            async for line in lines:
                count += 1
                yield parse_json(line)
        if count != _objects(done):
            raise Unavailable(f"Of {_objects(done)} lines {count} arrived.")
    elif _objects(done):  # only an empty result has no file
        raise NoResult("The result has expired.")


async def _finished(client: GraphClient, bulk: Bulk) -> Row:
    """Look until the query has ended, and ended well."""
    for look in range(_MOST_LOOKS):
        answer = await client.read(BULK, {"id": bulk.id})
        operation = answer.data.maybe_row("bulkOperation")
        status = operation.text("status") if operation else "gone"
        if operation and status == "COMPLETED":
            return operation
        if status not in _STILL_RUNS:
            code = operation.maybe_text("errorCode") if operation else None
            raise NoResult(f"The bulk query ended as {status} ({code}).")
        await client.sleep(_WAITS[look] if look < len(_WAITS) else _LONGEST_WAIT)
    raise NoResult("The bulk query did not end in time.")


def _objects(operation: Row) -> int:
    """Read a count, which comes as text."""
    try:
        return int(operation.text("objectCount"))
    except ValueError:
        raise Unavailable("The store's answer lacks a usable “objectCount”.") from None
