"""Reading stock from the inventory API, at the one location that it is kept at.

The catalog shows numbers too, but for several locations it does not say which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.bigcommerce.client import Answer, Query, RestClient
from connectors.bigcommerce.errors import NotFound
from connectors.bigcommerce.places import Place, Places
from connectors.bigcommerce.refs import Unit, read_ref
from connectors.bigcommerce.scopes import INVENTORY
from connectors.errors import Refused
from connectors.http import Row
from connectors.protocol import RemoteLevel

# BigCommerce: at most 1,000 items a page
LIMIT = 1000
# Characters of ids in one address. Web servers commonly take request lines of 8,192
# characters, what stands in front of them may take less; half of it holds some 500 ids.
_MOST_IDS = 4000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the store says of one item at the chosen location.

    available   what a shopper can buy: on hand less the safety stock
    safety      units that the store keeps back from any number written
    """

    product: int | None
    variant: int | None
    available: int
    safety: int
    at: datetime


class Shelves:
    """What was read of a store's stock, by the ways in which it is asked for."""

    def __init__(self) -> None:
        self._by_product: dict[int, list[Shelf]] = defaultdict(list)
        self._by_variant: dict[int, Shelf] = {}

    def add(self, shelves: Iterable[Shelf]) -> None:
        for shelf in shelves:
            if shelf.product is not None:
                self._by_product[shelf.product].append(shelf)
            if shelf.variant is not None:
                self._by_variant[shelf.variant] = shelf

    def of(self, unit: Unit) -> Shelf | None:
        """Find a unit's shelf; None where the store has none under this identity."""
        if unit.variant is not None:
            return self._by_variant.get(unit.variant)
        # Several under one product are its variants: it is not tracked as one any more.
        own = {each.variant: each for each in self._by_product.get(unit.product, ())}
        return next(iter(own.values())) if len(own) == 1 else None


class LevelReader:
    """Reads levels, and remembers each item's safety stock for the writes to come."""

    def __init__(self, client: RestClient, places: Places) -> None:
        self._client = client
        self._places = places
        self._safety: dict[str, int] = {}

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read units live; the ones that BigCommerce does not know are left out."""
        units = _units(refs)
        place = await self._places.chosen()
        shelves = Shelves()
        for query in _filters(units):
            async for page in self._pages(place, query):
                shelves.add(_read(page))
        return self.levels(units, shelves, place)

    async def whole(self) -> Shelves:
        """Read the stock of the whole store, a thousand items a call."""
        place = await self._places.chosen()
        shelves = Shelves()
        async for page in self._pages(place, {}):
            shelves.add(_read(page))
        return shelves

    def levels(self, units: Iterable[Unit], shelves: Shelves, place: Place) -> list[RemoteLevel]:
        """Tell what units show, as far as it was read."""
        found = []
        for unit in units:
            shelf = shelves.of(unit)
            ref = str(unit)
            if shelf is None:
                self._safety.pop(ref, None)
                continue
            self._safety[ref] = shelf.safety
            found.append(
                RemoteLevel(
                    ref=ref,
                    location=str(place.id),
                    available=shelf.available,
                    reserved=0,
                    as_of=shelf.at,
                )
            )
        return found

    async def safety(self, refs: Sequence[str]) -> dict[str, int]:
        """Say what BigCommerce takes off a number written, reading where it is not known.

        A ref that BigCommerce does not know is left out.
        """
        unknown = [ref for ref in dict.fromkeys(refs) if ref not in self._safety]
        if unknown:
            await self.read(unknown)
        return {ref: self._safety[ref] for ref in refs if ref in self._safety}

    async def _pages(self, place: Place, query: Query) -> AsyncIterator[Answer]:
        path = f"/v3/inventory/locations/{place.id}/items"
        try:
            async for page in self._client.pages(path, INVENTORY, {"limit": LIMIT, **query}):
                yield page
        except NotFound as gone:
            self._places.forget()
            words = f"BigCommerce no longer has this store, or its location “{place.name}”."
            raise Refused(words, said=gone.said) from None


def _units(refs: Sequence[str]) -> list[Unit]:
    units = (read_ref(ref) for ref in dict.fromkeys(refs))
    return [unit for unit in units if unit is not None]


def _filters(units: Sequence[Unit]) -> Iterator[dict[str, str]]:
    """Ask by variant and by product, as many at once as an address holds."""
    asked = {
        "variant_id:in": [each.variant for each in units if each.variant is not None],
        "product_id:in": [each.product for each in units if each.variant is None],
    }
    for name, ids in asked.items():
        batch: list[str] = []
        length = 0
        for each in map(str, ids):
            if batch and length + len(each) + 1 > _MOST_IDS:
                yield {name: ",".join(batch)}
                batch, length = [], 0
            batch.append(each)
            length += len(each) + 1
        if batch:
            yield {name: ",".join(batch)}


def _read(page: Answer) -> list[Shelf]:
    return [_shelf(row, page.at) for row in page.row().rows("data")]


def _shelf(row: Row, at: datetime) -> Shelf:
    identity = row.row("identity")
    return Shelf(
        product=identity.whole("product_id") if "product_id" in identity else None,
        variant=identity.whole("variant_id") if "variant_id" in identity else None,
        available=row.whole("available_to_sell"),
        safety=_safety(row),
        at=at,
    )


def _safety(row: Row) -> int:
    """Read the safety stock, zero unless somebody set one.

    Not worked out from on hand less available: whether available goes below zero where
    less is on hand than is kept back is not documented.
    """
    settings = row.row("settings") if "settings" in row else Row({})
    return settings.whole("safety_stock") if "safety_stock" in settings else 0
