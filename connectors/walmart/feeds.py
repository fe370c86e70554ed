"""Feeds: files of stock that Walmart takes at once and applies within minutes or hours.

An account with one ship node sends feeds of type `inventory` (10,000 items a file); one
with several has to name the node, which only `MP_INVENTORY` can.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import Unavailable
from connectors.pace import Budget
from connectors.walmart.calls import SEND_FEED
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, problems_in

ONE_NODE, NAMED_NODE = "inventory", "MP_INVENTORY"
# Walmart: at most 10,000 items in a feed of stock
MOST_ITEMS = 10_000
_HEADS: dict[str, Any] = {
    ONE_NODE: {"InventoryHeader": {"version": "1.4"}, "Inventory": []},
    NAMED_NODE: {"inventoryHeader": {"version": "1.5"}, "inventory": []},
}


@dataclass(frozen=True, slots=True)
class Item:
    """One write: its place in the caller's list, its SKU, and what is to be shown.

    urgent    it lowers what is shown
    reserved  what Walmart takes off by itself from the number sent
    """

    place: int
    sku: str
    value: int
    urgent: bool
    reserved: int = 0

    @property
    def amount(self) -> int:
        """The number on hand to send."""
        return self.value + self.reserved


@dataclass(frozen=True, slots=True)
class Handle:
    """One item of one feed, and when the feed was sent (seconds since 1970)."""

    feed: str
    sent_at: int
    sku: str

    def __str__(self) -> str:
        return f"{self.feed}|{self.sent_at}|{self.sku}"


def read_handle(text: str) -> Handle | None:
    """Read a handle back, None where it cannot be one of ours; a SKU may hold anything."""
    feed, first, rest = text.partition("|")
    sent_at, second, sku = rest.partition("|")
    if not (feed and first and second and sku and sent_at.isdecimal()):
        return None
    return Handle(feed, int(sent_at), sku)


def pack(items: Sequence[Item], node: str | None, largest: int) -> Iterator[list[Item]]:
    """Cut into files that Walmart takes, order kept; `node` is None where it is not named."""
    empty = len(document([], node))
    chunk: list[Item] = []
    size = empty
    for item in items:
        more = len(_entry(item, node)) + 1
        if chunk and (len(chunk) == MOST_ITEMS or size + more > largest):
            yield chunk
            chunk, size = [], empty
        chunk.append(item)
        size += more
    if chunk:
        yield chunk


def document(items: Sequence[Item], node: str | None) -> bytes:
    """Write a file of stock, as short as it can be."""
    head = _compact(_HEADS[ONE_NODE if node is None else NAMED_NODE])
    entries = b",".join(_entry(item, node) for item in items)
    return head.removesuffix(b"]}") + entries + b"]}"


async def send_feed(
    client: MarketClient, items: Sequence[Item], node: str | None, budget: Budget
) -> str:
    """Send one file; answer the feed's id. Raises Invalid where Walmart took nothing of it."""
    kind = ONE_NODE if node is None else NAMED_NODE
    file = document(items, node)
    answer = await client.run(SEND_FEED, {"feedType": kind}, file=file, budget=budget)
    row = answer.row()
    problems = tuple(problems_in(row.raw("errors")))
    if "feedId" in row and row.text("feedId"):
        return row.text("feedId")
    if problems:
        words = "Walmart refused a feed as invalid."
        raise Invalid(words, said=problems[0].words, problems=problems)
    raise Unavailable("Walmart's answer lacks the id of a feed.")


def _entry(item: Item, node: str | None) -> bytes:
    quantity = {"unit": "EACH", "amount": item.amount}
    if node is None:
        return _compact({"sku": item.sku, "quantity": quantity})
    return _compact({"sku": item.sku, "shipNodes": [{"shipNode": node, "quantity": quantity}]})


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
