"""Reading listings: one per thing that has stock of its own, a product or a variant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.bigcommerce.client import RestClient, pages_of
from connectors.bigcommerce.levels import LevelReader, Shelves
from connectors.bigcommerce.places import Places
from connectors.bigcommerce.refs import Unit
from connectors.bigcommerce.scopes import PRODUCTS
from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import ListingState, RemoteLevel, RemoteListing

_PATH = "/v3/catalog/products"
# BigCommerce: at most 250 products a page, their variants included
_LIMIT = 250
_FIELDS = "name,type,sku,inventory_tracking,is_visible,availability,base_variant_id,date_modified"


@dataclass(frozen=True, slots=True)
class _Found:
    """A listing without its stock."""

    unit: Unit
    sku: str
    title: str
    state: ListingState
    tracked: bool

    def told(self, levels: tuple[RemoteLevel, ...]) -> RemoteListing:
        return RemoteListing(
            ref=str(self.unit),
            sku=self.sku,
            title=self.title,
            state=self.state,
            tracked=self.tracked,
            channel="merchant",
            levels=levels,
        )


async def read_listings(
    client: RestClient, places: Places, reader: LevelReader, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those whose products changed since, a page at a time.

    Of the whole store the stock is read first and as a whole, a thousand items a call;
    of changed products, and of what a shifting page left out, by their ids.
    """
    place = await places.chosen()
    shelves = await reader.whole() if since is None else Shelves()
    async for products in _pages(client, since):
        found = [each for product in products for each in _listings(product)]
        tracked = [each.unit for each in found if each.tracked]
        levels = {each.ref: each for each in reader.levels(tracked, shelves, place)}
        missing = [str(unit) for unit in tracked if str(unit) not in levels]
        if missing:
            levels |= {each.ref: each for each in await reader.read(missing)}
        yield [
            each.told((level,) if (level := levels.get(str(each.unit))) else ()) for each in found
        ]


async def _pages(client: RestClient, since: datetime | None) -> AsyncIterator[list[Row]]:
    """Read products by their ids, so that nothing shifts when others come and go."""
    changed = {} if since is None else {"date_modified:min": _time(since)}
    beyond = 0
    while True:
        answer = await client.read(
            _PATH,
            PRODUCTS,
            {
                "limit": _LIMIT,
                "sort": "id",
                "direction": "asc",
                "id:greater": beyond,
                "include": "variants",
                "include_fields": _FIELDS,
                **changed,
            },
        )
        body = answer.row()
        products = body.rows("data")
        yield products
        if pages_of(body) <= 1 or not products:
            return
        last = max(product.whole("id") for product in products)
        if last <= beyond:  # it would never end
            raise Unavailable("BigCommerce lists the same products again.")
        beyond = last


def _listings(product: Row) -> Iterator[_Found]:
    """Tell what of a product has stock of its own.

    A product tracked as one is one listing, whatever variants it has; each variant is
    one where variants are tracked. Untracked things are listed as they are sold.
    """
    number = product.whole("id")
    tracking = product.text("inventory_tracking")
    variants = product.rows("variants")
    base = product.whole("base_variant_id") if "base_variant_id" in product else None
    physical = product.text("type") != "digital"  # a download has no units to count
    state = _state(product)
    simple = base is not None or not variants
    if tracking == "product" or (tracking == "none" and simple):
        yield _Found(
            unit=Unit(number),
            sku=_sku(product) or next((_sku(each) for each in variants if simple), ""),
            title=product.text("name"),
            state=state,
            tracked=tracking == "product" and physical,
        )
        return
    for variant in variants:
        is_base = variant.whole("id") == base
        closed = "purchasing_disabled" in variant and variant.flag("purchasing_disabled")
        yield _Found(
            unit=Unit(number, variant.whole("id")),
            sku=_sku(variant) or (_sku(product) if is_base else ""),
            title=_title(product, variant),
            state="inactive" if closed else state,
            tracked=tracking == "variant" and physical,
        )


def _sku(row: Row) -> str:
    return row.text("sku") if "sku" in row else ""


def _state(product: Row) -> ListingState:
    on_sale = product.flag("is_visible") and product.text("availability") != "disabled"
    return "active" if on_sale else "inactive"


def _title(product: Row, variant: Row) -> str:
    options = variant.rows("option_values") if "option_values" in variant else []
    labels = [option.text("label") for option in options]
    return " - ".join([product.text("name"), *labels])


def _time(moment: datetime) -> str:
    """Write a time as the catalog wants it: ISO 8601, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
