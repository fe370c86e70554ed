"""The two calls that write stock, and what each says about every entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.ebay.client import EbayClient
from connectors.ebay.errors import Invalid, first_fault
from connectors.ebay.inventory import BATCH
from connectors.ebay.refs import Ref
from connectors.ebay.scopes import INVENTORY
from connectors.ebay.trading_errors import TradingFault, TradingInvalid, faults, words
from connectors.ebay.xml import Node, Part
from connectors.http import Row
from connectors.protocol import WriteOutcome

_APPLIED = WriteOutcome("applied")
_THROTTLED = 429


@dataclass(frozen=True, slots=True)
class Item:
    """One write: its place in the caller's list, what it names, the number, and its way.

    urgent  it lowers: it may use what is kept for what cannot wait
    """

    place: int
    ref: Ref
    value: int
    urgent: bool
    offers: tuple[str, ...]
    variation: bool


class Sender(Protocol):
    """One kind of call, of at most `most` entries with different names."""

    @property
    def most(self) -> int: ...

    def name(self, item: Item) -> str: ...

    def code(self, refused: Invalid) -> str: ...

    async def send(self, items: Sequence[Item]) -> dict[int, WriteOutcome]:
        """Send entries; what became of each. Invalid where all were refused for one."""
        ...


class InventorySender:
    """bulkUpdatePriceQuantity: the stock record and its offers, in one entry.

    A shopper sees the smaller of the two, so that both get the number.
    """

    most = BATCH

    def __init__(self, client: EbayClient) -> None:
        self._client = client

    def name(self, item: Item) -> str:
        return item.ref.sku

    def code(self, refused: Invalid) -> str:
        return "INVALID"

    async def send(self, items: Sequence[Item]) -> dict[int, WriteOutcome]:
        body = {
            "requests": [
                {
                    "sku": item.ref.sku,
                    "shipToLocationAvailability": {"quantity": item.value},
                    "offers": [
                        {"offerId": offer, "availableQuantity": item.value} for offer in item.offers
                    ],
                }
                for item in items
            ]
        }
        path = "/sell/inventory/v1/bulk_update_price_quantity"
        answer = await self._client.run("POST", path, INVENTORY, body=body)
        told: dict[str, list[Row]] = defaultdict(list)
        for row in answer.row().rows("responses"):
            told[row.text("sku")].append(row)
        return {item.place: _fate(told.get(item.ref.sku, ())) for item in items}


def _fate(rows: Sequence[Row]) -> WriteOutcome:
    """Read what became of a SKU, whose record and offers may have an entry each.

    Where one was taken and another refused, what a shopper sees is not told.
    """
    if not rows:
        return WriteOutcome("unknown", reason="eBay did not say what became of it.")
    bad = [row for row in rows if row.whole("statusCode") != 200]
    if not bad:
        return _APPLIED
    fault = first_fault({"errors": bad[0].raw("errors")})
    reason = fault.said if fault else "eBay gave no reason."
    statuses = {row.whole("statusCode") for row in bad}
    if len(bad) < len(rows) or max(statuses) >= 500:
        return WriteOutcome("unknown", reason=reason)
    if statuses == {_THROTTLED}:
        return WriteOutcome("unsent", reason=reason)
    return WriteOutcome("rejected", reason=reason, code=str(fault.number) if fault else "INVALID")


class TradingSender:
    """ReviseInventoryStatus: 4 listings or variations a call."""

    # eBay: 1 to 4 entries, none of them twice
    most = 4

    def __init__(self, client: EbayClient) -> None:
        self._client = client

    def name(self, item: Item) -> str:
        return str(item.ref) if item.variation else item.ref.item

    def code(self, refused: Invalid) -> str:
        return refused.code if isinstance(refused, TradingInvalid) else "INVALID"

    async def send(self, items: Sequence[Item]) -> dict[int, WriteOutcome]:
        answer = await self._client.trade(
            "ReviseInventoryStatus",
            [("InventoryStatus", _entry(item)) for item in items],
            urgent=any(item.urgent for item in items),
        )
        return _fates(items, answer.node)


def _entry(item: Item) -> list[Part]:
    sku: list[Part] = [("SKU", item.ref.sku)] if item.variation else []
    return [*sku, ("ItemID", item.ref.item), ("Quantity", item.value)]


def _fates(items: Sequence[Item], answer: Node) -> dict[int, WriteOutcome]:
    """Read what became of each entry: the answer repeats those taken, and words the rest."""
    taken = {
        (each.text("ItemID"), each.maybe_text("SKU")) for each in answer.nodes("InventoryStatus")
    }
    found = list(faults(answer))
    return {
        item.place: _APPLIED if _is_taken(item, taken) else _refused(_about(item, found))
        for item in items
    }


def _about(item: Item, found: list[TradingFault]) -> list[TradingFault]:
    """Choose the errors that name an entry; where none does, all of them may be its own."""
    of_listing = [each for each in found if each.names(item.ref.item)]
    if item.variation:
        of_listing = [each for each in of_listing if each.names(item.ref.sku)] or of_listing
    return of_listing or found


def _is_taken(item: Item, taken: set[tuple[str, str]]) -> bool:
    if item.variation:
        return (item.ref.item, item.ref.sku) in taken
    return any(number == item.ref.item for number, _ in taken)


def _refused(own: list[TradingFault]) -> WriteOutcome:
    if not own:
        return WriteOutcome("unknown", reason="eBay did not say what became of it.")
    if any(each.internal for each in own):
        return WriteOutcome("unknown", reason=words(own))
    return WriteOutcome("rejected", reason=words(own), code=own[0].code)
