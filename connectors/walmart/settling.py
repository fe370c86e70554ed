"""What became of feeds: one call for each while it runs or went well, all items if not.

PROCESSED says that a feed ended, not that its items went through.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connectors.errors import Refused
from connectors.http import Row
from connectors.protocol import WriteOutcome
from connectors.walmart.calls import FEED_STATUS
from connectors.walmart.client import MarketClient, Query
from connectors.walmart.errors import Problem, problems_in
from connectors.walmart.feeds import Handle, read_handle

# Walmart: at most 50 items a page with details
_PAGE = 50
# Walmart says that stock shows within four hours, and names no end: a feed that hangs for
# a day is given up.
_GIVE_UP_AFTER = timedelta(hours=24)

_APPLIED = WriteOutcome("applied")
_LOST = WriteOutcome("unknown", reason="Walmart does not tell what became of this item.")


async def settle(client: MarketClient, handles: Sequence[str]) -> list[WriteOutcome]:
    """Answer for each handle what is known by now; `accepted` again where a feed still runs.

    Only reads, so whatever is raised may be asked again.
    """
    known: dict[str, WriteOutcome] = {}
    by_feed: dict[str, list[Handle]] = {}
    for text in handles:
        handle = read_handle(text)
        if handle is not None:
            by_feed.setdefault(handle.feed, []).append(handle)
    for feed, items in by_feed.items():
        known |= await _feed(client, feed, items)
    return [known.get(text, _LOST) for text in handles]


async def _feed(
    client: MarketClient, feed: str, items: Sequence[Handle]
) -> dict[str, WriteOutcome]:
    path = FEED_STATUS.path(feed=feed)
    try:
        answer = await client.read(FEED_STATUS, {"includeDetails": "false"}, path=path)
    except Refused as refused:
        gone = WriteOutcome("unknown", reason=refused.said or "Walmart does not know the feed.")
        return {str(item): gone for item in items}
    status = answer.row()
    match status.text("feedStatus"):
        case "RECEIVED" | "INPROGRESS":
            return {str(item): _running(item, answer.at) for item in items}
        case "PROCESSED":
            pass
        case _:
            said = _words(_ingestion_errors(status))
            failed = WriteOutcome("unknown", reason=said or "Walmart could not read the feed.")
            return {str(item): failed for item in items}
    if _all_went_through(status, len(items)):
        return {str(item): _APPLIED for item in items}
    found = await _details(client, path, items)
    return {
        # None: this one item still runs
        str(item): found.get(item.sku, _LOST) or _running(item, answer.at)
        for item in items
    }


def _running(item: Handle, now: datetime) -> WriteOutcome:
    """Say of an item that is not done yet whether it is worth waiting for."""
    if now - datetime.fromtimestamp(item.sent_at, UTC) < _GIVE_UP_AFTER:
        return WriteOutcome("accepted", handle=str(item))
    return WriteOutcome("unknown", reason="Walmart has not worked through a feed within a day.")


def _all_went_through(status: Row, asked: int) -> bool:
    received = status.whole("itemsReceived")
    return received >= asked and status.whole("itemsSucceeded") == received


async def _details(
    client: MarketClient, path: str, items: Sequence[Handle]
) -> dict[str, WriteOutcome | None]:
    """Read the items of a feed until all that are asked for are met; None: still running."""
    missing = {item.sku for item in items}
    found: dict[str, WriteOutcome | None] = {}
    offset = 0
    while missing:
        query: Query = {"includeDetails": "true", "limit": _PAGE, "offset": offset}
        body = (await client.read(FEED_STATUS, query, path=path)).row()
        details = body.row("itemDetails") if "itemDetails" in body else Row({})
        rows = details.rows("itemIngestionStatus") if "itemIngestionStatus" in details else []
        for row in rows:
            if "sku" in row:
                found[row.text("sku")] = _outcome(row)
                missing.discard(row.text("sku"))
        offset += len(rows)
        if not rows:
            break
    return found


def _outcome(row: Row) -> WriteOutcome | None:
    problems = _ingestion_errors(row)
    said = _words(problems)
    match row.text("ingestionStatus"):
        case "SUCCESS":
            return _APPLIED
        case "INPROGRESS":
            return None
        case "DATA_ERROR":
            code = next((each.code for each in problems if each.code), "DATA_ERROR")
            return WriteOutcome(
                "rejected", reason=said or "Walmart refused this item of a feed.", code=code
            )
        case _:
            # SYSTEM_ERROR and TIMEOUT_ERROR: Walmart asks to try again after an hour; what
            # stands there has to be read.
            return WriteOutcome("unknown", reason=said or "Walmart had trouble of its own.")


def _ingestion_errors(row: Row) -> list[Problem]:
    errors = row.row("ingestionErrors") if "ingestionErrors" in row else Row({})
    return list(problems_in(errors.raw("ingestionError")))


def _words(problems: Sequence[Problem]) -> str | None:
    return next((each.words for each in problems if each.words), None)
