"""The Trading calls that read listings: all of them, the changed ones, some of them, one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.ebay.client import EbayClient, TradingAnswer
from connectors.ebay.items import Piece, fields, pieces
from connectors.ebay.trading_errors import UNKNOWN_ITEM, TradingInvalid
from connectors.ebay.xml import Node, Part
from connectors.errors import Unavailable

# eBay: at most 200 listings a page where details are asked for
PAGE = 200
# eBay: fixed price listings renew each month, so that every live one ends within 120 days,
# which is also the longest stretch that may be asked for; a little less than that.
_AHEAD = timedelta(days=119)
# eBay: changes can be asked for of the last 48 hours, and at most 2,000 listings are told.
EVENTS_WITHIN = timedelta(hours=47)
EVENTS_MOST = 2000
# eBay: a page after the last one
_NO_SUCH_PAGE = "340"
_PAGES = ("PaginationResult.TotalNumberOfPages", "PaginationResult.TotalNumberOfEntries")
_ALL: Part = ("DetailLevel", "ReturnAll")


@dataclass(frozen=True, slots=True)
class Page:
    """Some listings as they stood at one moment; `items` are their numbers."""

    pieces: list[Piece]
    items: list[str]
    at: datetime
    pages: int
    entries: int


async def seller_list(
    client: EbayClient, *, skus: Sequence[str] = (), urgent: bool = False
) -> AsyncGenerator[Page]:
    """Read all live listings page by page, or those with some SKUs. 1 call for 200."""
    now = client.time.now()
    filtered: list[Part] = [("SKUArray", [("SKU", sku) for sku in skus])] if skus else []
    number = 1
    while True:
        answer = await _listed(
            client,
            [
                _ALL,
                *fields("ItemArray.Item", *_PAGES),
                ("EndTimeFrom", _time(now)),
                ("EndTimeTo", _time(now + _AHEAD)),
                ("Pagination", [("EntriesPerPage", PAGE), ("PageNumber", number)]),
                *filtered,
                ("IncludeVariations", "true"),
            ],
            urgent=urgent,
        )
        if answer is None:
            return
        page = _page(answer)
        if page.entries and not page.items and number <= page.pages:
            raise _half("ItemArray")
        yield page
        if number >= page.pages:
            return
        number += 1


async def _listed(
    client: EbayClient, parts: Sequence[Part], *, urgent: bool
) -> TradingAnswer | None:
    """Read one page; None where the list has become too short for it meanwhile."""
    try:
        return await client.trade_read("GetSellerList", parts, urgent=urgent)
    except TradingInvalid as refused:
        if refused.code == _NO_SUCH_PAGE:
            return None
        raise


async def seller_events(client: EbayClient, since: datetime) -> Page | None:
    """Read the listings changed since, ended ones included; None where they are too many."""
    answer = await client.trade_read(
        "GetSellerEvents",
        [
            _ALL,
            *fields("ItemArray.Item", "TimeTo"),
            ("ModTimeFrom", _time(since)),
            ("ModTimeTo", _time(client.time.now())),
            ("IncludeVariationSpecifics", "true"),
            ("HideVariations", "false"),
        ],
        urgent=False,
    )
    if not answer.node.maybe_text("TimeTo"):
        raise _half("TimeTo")
    page = _events(answer)
    return None if len(page.items) >= EVENTS_MOST else page


async def one_item(client: EbayClient, item: str, *, urgent: bool) -> Page | None:
    """Read one listing by its number; None where eBay has none of ours."""
    try:
        answer = await client.trade_read(
            "GetItem", [_ALL, *fields("Item"), ("ItemID", item)], urgent=urgent
        )
    except TradingInvalid as refused:
        if refused.code in UNKNOWN_ITEM:
            return None
        raise
    node = answer.node.node("Item")
    if node is None:
        raise _half("Item")
    return _of([node], answer, pages=1, entries=1)


def _page(answer: TradingAnswer) -> Page:
    """Read a page of a list, which says how much there is in all."""
    result = answer.node.node("PaginationResult")
    if result is None:
        raise _half("PaginationResult")
    return _of(
        list(answer.node.nodes("ItemArray", "Item")),
        answer,
        pages=result.whole("TotalNumberOfPages"),
        entries=result.whole("TotalNumberOfEntries"),
    )


def _events(answer: TradingAnswer) -> Page:
    nodes = list(answer.node.nodes("ItemArray", "Item"))
    return _of(nodes, answer, pages=1, entries=len(nodes))


def _of(nodes: list[Node], answer: TradingAnswer, *, pages: int, entries: int) -> Page:
    return Page(
        pieces=[piece for node in nodes for piece in pieces(node)],
        items=[node.text("ItemID") for node in nodes],
        at=answer.at,
        pages=pages,
        entries=entries,
    )


def _half(missing: str) -> Unavailable:
    """Half an answer is none: taken for an empty list, it would end every listing."""
    return Unavailable(f"The store's answer lacks a usable “{missing}”.")


def _time(moment: datetime) -> str:
    """Write a time as the Trading API does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
