"""What a seller offers, how many of each, and what becomes of numbers that are sent."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.amazon.feeds import Feed, Feeds
from sandbox.amazon.model import AMAZONS, OURS, AtAmazon, Item
from sandbox.amazon.sites import Site, north_america

# Patches are seen after some minutes at most.
_PATCH_TIME = timedelta(minutes=1)
_PATH = "/attributes/fulfillment_availability"


@dataclass
class Sent:
    """One patch on its way; `issue` is why it will not be taken, in the end."""

    due_at: datetime
    sku: str
    body: dict[str, Any]
    marketplaces: Sequence[str]
    issue: dict[str, Any] | None = None


class Assortment:
    """The items of one account."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.sites: dict[str, Site] = north_america()
        self.items: dict[str, Item] = {}
        self.at_amazon: dict[str, dict[str, AtAmazon]] = {each: {} for each in self.sites}
        self.feeds = Feeds(now)
        self.patch_time = _PATCH_TIME
        self.patches: list[Sent] = []
        # What must never happen: a write to a channel of Amazon's, or one that adds ours beside it
        self.violations: list[str] = []
        self.name = name
        self.seller_id = f"A{zlib.crc32(name.encode()) % 10**10:010}SR"

    def add_listing(
        self,
        sku: str,
        available: int = 0,
        *,
        title: str = "",
        tracked: bool = True,
        product_type: str = "HOME",
        channels: Sequence[str] = (OURS,),
        marketplaces: Sequence[str] | None = None,
    ) -> Item:
        """Add an item, on the seller's own channel, on Amazon's, or on both.

        One that is not tracked is Amazon's to send.
        """
        if not tracked:
            channels = (AMAZONS,)
        if sku in self.items:
            raise ValueError(f"{sku} is in use")
        stamp = self.stamp()
        number = zlib.crc32(f"{self.name}/{sku}".encode()) % 10**8
        self.items[sku] = Item(
            sku,
            title or sku,
            f"B0{number:08}",
            product_type,
            {code: available if code == OURS else None for code in channels},
            list(marketplaces or self.sites),
            stamp,
            stamp,
        )
        return self.items[sku]

    def add_fba(
        self, sku: str, fulfillable: int, marketplace: str, *, inbound: int = 0, reserved: int = 0
    ) -> AtAmazon:
        """Say what Amazon holds of a SKU for one marketplace; a new SKU is listed there."""
        if sku not in self.items:
            self.add_listing(sku, channels=(AMAZONS,), marketplaces=(marketplace,))
        held = AtAmazon(fulfillable, inbound, reserved, self.stamp())
        self.at_amazon[marketplace][sku] = held
        return held

    def available(self, sku: str, place: object = None) -> int:
        """What a shopper could buy of the seller's own."""
        self.apply_due()
        return self.items[sku].available

    # What the seller does

    def set_by_hand(self, sku: str, available: int, place: object = None) -> None:
        """Type a number into Seller Central, past every app."""
        self.apply_due()
        item = self.items[sku]
        item.channels[OURS] = available
        self.touch_item(item)

    def rename_sku(self, sku: str, to: str) -> None:
        """List the same thing under another SKU, for nobody can rename one at Amazon."""
        item = self.items.pop(sku)
        item.sku = to
        self.items[to] = item
        item.created_at = self.stamp()
        self.touch_item(item)

    def archive(self, sku: str) -> None:
        """Close a listing: it stands in no catalogue any more."""
        self._close(sku, closed=True)

    def activate(self, sku: str) -> None:
        """Relist what was closed."""
        self._close(sku, closed=False)

    def delete(self, sku: str) -> None:
        del self.items[sku]

    def convert(self, sku: str, *channels: str) -> None:
        """Let Amazon ship a SKU from now on, or the seller again, or both."""
        self.apply_due()
        item = self.items[sku]
        item.channels = {
            code: (item.channels.get(OURS) or 0) if code == OURS else None for code in channels
        }
        self.touch_item(item)

    # What happens to numbers

    def send_patch(
        self, sku: str, body: dict[str, Any], marketplaces: Sequence[str], issue: Any = None
    ) -> None:
        """Take a patch, which is seen some time later."""
        due = self.now() + self.patch_time
        self.patches.append(Sent(due, sku, body, marketplaces, issue))
        self.apply_due()

    def apply_due(self) -> None:
        """Let everything take effect whose time has come, in the order of its time."""
        now = self.now()
        due: list[tuple[datetime, Sent | Feed]] = [
            (patch.due_at, patch) for patch in self.patches if patch.due_at <= now
        ]
        due += [(feed.ends_at, feed) for feed in self.feeds.due() if feed.ends_at]
        for _, what in sorted(due, key=lambda each: each[0]):
            if isinstance(what, Feed):
                self._finish(what)
            else:
                self.patches.remove(what)
                self._apply(what)

    def problem(self, sku: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Say what is wrong with a patch, None where nothing is."""
        if sku not in self.items:
            return issue("13013", f"This SKU '{sku}' does not exist in the Amazon catalog.")
        for patch in body["patches"]:
            values = patch.get("value", [])
            if patch["path"] != _PATH or patch["op"] == "delete":
                return issue("90000900", "Only the quantity can be set here.", patch["path"])
            for value in values:
                code, number = value.get("fulfillment_channel_code"), value.get("quantity")
                if not isinstance(code, str):
                    return issue("99022", "'fulfillment_channel_code' is required.")
                if type(number) is not int or number < 0:
                    return issue("90244", "The value for 'quantity' is invalid.")
        return None

    def stamp(self) -> datetime:
        """The time as Amazon stamps it: whole milliseconds."""
        now = self.now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def touch_item(self, item: Item) -> None:
        item.updated_at = self.stamp()

    # Inside

    def _close(self, sku: str, *, closed: bool) -> None:
        item = self.items[sku]
        item.closed = closed
        self.touch_item(item)

    def _apply(self, sent: Sent) -> None:
        """Take one patch, except where the account's listings are inactive as a whole."""
        item = self.items.get(sent.sku)
        if item is None or all(self.sites[each].suspended for each in sent.marketplaces):
            return
        item.issues = [sent.issue] if sent.issue else []
        if sent.issue:
            return
        for patch in sent.body["patches"]:
            for value in patch["value"]:
                self._set(item, value, replaces=patch["op"] == "replace")
        self.touch_item(item)

    def _set(self, item: Item, value: dict[str, Any], *, replaces: bool) -> None:
        code = value["fulfillment_channel_code"]
        if code != OURS or OURS not in item.channels:
            self.violations.append(f"{item.sku}: {code} was written on {sorted(item.channels)}")
        item.channels[code] = value["quantity"]
        if replaces:
            item.lead_time = value.get("lead_time_to_ship_max_days")

    def _finish(self, feed: Feed) -> None:
        """Work through a feed, and write its report."""
        feed.done_at = self.now()
        if feed.ends_as == "CANCELLED":
            return
        taken = 0
        for place, message in enumerate(feed.messages):
            wrong = self.problem(message["sku"], message)
            if feed.spoilt and place % 2:
                wrong = issue("90057", "The listing could not be updated.")
            if feed.ends_as == "FATAL":
                break
            if wrong is not None:
                row = {"messageId": message["messageId"], "sku": message["sku"]}
                told = {key: wrong[key] for key in ("code", "severity", "message")}
                feed.issues.append({**row, **told})
                continue
            taken += 1
            self._apply(Sent(feed.done_at, message["sku"], message, feed.marketplaces))
        if feed.ends_as == "FATAL" or feed.unreadable:
            words = "The feed could not be processed."
            feed.issues.append({"code": "4000001", "severity": "ERROR", "message": words})
        if feed.with_report:
            feed.report = {
                "header": {"sellerId": self.seller_id, "version": "2.0", "feedId": feed.id},
                "issues": feed.issues,
                "summary": {
                    "errors": len(feed.issues),
                    "warnings": 0,
                    "messagesProcessed": len(feed.messages),
                    "messagesAccepted": taken,
                    "messagesInvalid": len(feed.messages) - taken,
                },
            }


def issue(code: str, message: str, attribute: str = "fulfillment_availability") -> dict[str, Any]:
    """Write one issue as an item or a submission tells it."""
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": [attribute.rpartition("/")[2]],
        "categories": ["INVALID_ATTRIBUTE"],
    }
