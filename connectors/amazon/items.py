"""What Amazon tells of one item, as it stands live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.amazon.calls import ONE_ITEM, SEARCH_ITEMS
from connectors.amazon.client import Query, SellerClient
from connectors.amazon.errors import NotFound
from connectors.amazon.keys import Seller
from connectors.http import Row
from connectors.pace import abreast
from connectors.protocol import Channel, ListingState, RemoteLevel, RemoteListing

# The channel whose stock is the seller's own; every other one is Amazon's.
OURS = "DEFAULT"
# Amazon: at most 20 SKUs in one search
MOST_SKUS = 20
DATA = ["summaries", "fulfillmentAvailability", "productTypes"]
ISSUES = [*DATA, "issues"]
# For a listing whose own type nobody tells (Listings Items API: a type that fits all).
_ANY_TYPE = "PRODUCT"


@dataclass(frozen=True, slots=True)
class Problem:
    """One issue of an item or of a submission."""

    code: str
    words: str
    attributes: tuple[str, ...]

    @property
    def is_about_stock(self) -> bool:
        return "fulfillment_availability" in self.attributes


@dataclass(frozen=True, slots=True)
class Item:
    """One SKU as read at a moment on Amazon's clock.

    quantity      what the seller's own channel shows; None where it has no such channel
    elsewhere     Amazon ships it (too)
    marketplaces  where it is listed, the first one for writing to it
    alive         it stands in a marketplace's catalogue; one that is sold out does, too
    """

    sku: str
    title: str
    quantity: int | None
    elsewhere: bool
    marketplaces: tuple[str, ...]
    product_type: str
    alive: bool
    changed_at: datetime | None
    created_at: datetime | None
    problems: tuple[Problem, ...]
    at: datetime

    @property
    def channel(self) -> Channel:
        """Whose stock it is. A SKU with both channels is ours to write, on our channel."""
        return "merchant" if self.quantity is not None else "platform"

    @property
    def state(self) -> ListingState:
        return "active" if self.alive else "inactive"

    def level(self) -> RemoteLevel | None:
        """Make a level of it; Amazon's own stock is none of ours."""
        if self.quantity is None:
            return None
        return RemoteLevel(self.sku, None, self.quantity, 0, self.at)

    def listing(self) -> RemoteListing:
        level = self.level()
        return RemoteListing(
            ref=self.sku,
            sku=self.sku,
            title=self.title,
            state=self.state,
            tracked=True,  # nothing is sold at Amazon without a number
            channel=self.channel,
            levels=() if level is None else (level,),
        )


def read_item(row: Row, at: datetime) -> Item:
    """Read one item. A channel without a number shows none: it is 0."""
    sku = row.text("sku")
    summaries = row.rows("summaries") if "summaries" in row else []
    channels = row.rows("fulfillmentAvailability") if "fulfillmentAvailability" in row else []
    own = [each for each in channels if each.text("fulfillmentChannelCode") == OURS]
    types = row.rows("productTypes") if "productTypes" in row else []
    names = [each.text("itemName") for each in summaries if "itemName" in each]
    return Item(
        sku=sku,
        title=names[0] if names else sku,
        quantity=(own[0].whole("quantity") if "quantity" in own[0] else 0) if own else None,
        elsewhere=len(own) < len(channels),
        marketplaces=tuple(each.text("marketplaceId") for each in summaries),
        product_type=next((each.text("productType") for each in [*types, *summaries]), _ANY_TYPE),
        alive=any(each.texts("status") for each in summaries),
        changed_at=max((each.moment("lastUpdatedDate") for each in summaries), default=None),
        created_at=min((each.moment("createdDate") for each in summaries), default=None),
        problems=read_problems(row),
        at=at,
    )


def read_problems(row: Row) -> tuple[Problem, ...]:
    """Read the issues that keep something from happening; warnings do not."""
    return tuple(
        Problem(
            code=each.text("code"),
            words=each.text("message"),
            attributes=tuple(each.texts("attributeNames") if "attributeNames" in each else ()),
        )
        for each in (row.rows("issues") if "issues" in row else [])
        if each.text("severity") == "ERROR"
    )


async def read_items(
    client: SellerClient, seller: Seller, skus: list[str], data: list[str]
) -> dict[str, Item]:
    """Read items live, by SKU; the ones that Amazon does not know are left out.

    A comma divides SKUs in a search, so a SKU that holds one is asked for by itself.
    """
    together = [sku for sku in skus if "," not in sku]
    chunks = [together[first : first + MOST_SKUS] for first in range(0, len(together), MOST_SKUS)]
    chunks += [[sku] for sku in skus if "," in sku]
    found: dict[str, Item] = {}
    places = [site.id for site in seller.sites]

    async def one(chunk: list[str]) -> None:
        if "," in chunk[0]:
            item = await _one(client, seller, chunk[0], data)
            if item is not None:
                found[item.sku] = item
            return
        query: Query = {
            "marketplaceIds": places,
            "identifiersType": "SKU",
            "identifiers": chunk,
            "includedData": data,
            "pageSize": MOST_SKUS,
        }
        answer = await client.read(SEARCH_ITEMS, query, path=SEARCH_ITEMS.path(seller=seller.id))
        for row in answer.row().rows("items"):
            item = read_item(row, answer.at)
            if item.sku in chunk:
                found[item.sku] = item

    await abreast(chunks, one)
    return {sku: found[sku] for sku in skus if sku in found}


async def _one(client: SellerClient, seller: Seller, sku: str, data: list[str]) -> Item | None:
    query: Query = {"marketplaceIds": [site.id for site in seller.sites], "includedData": data}
    try:
        path = ONE_ITEM.path(seller=seller.id, sku=sku)
        answer = await client.read(ONE_ITEM, query, path=path)
    except NotFound:
        return None
    return read_item(answer.row(), answer.at)


def written_time(when: datetime) -> str:
    """Write a time as Amazon's queries take it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"
