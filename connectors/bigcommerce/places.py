"""The locations of a store, and the one that its stock is kept at."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.bigcommerce.client import RestClient
from connectors.bigcommerce.scopes import LOCATIONS
from connectors.errors import Refused
from connectors.http import Row
from connectors.protocol import RemoteLocation

_PATH = "/v3/inventory/locations"
# BigCommerce: at most 1,000 locations a page (a store has at most 100 active ones)
_LIMIT = 1000
# BigCommerce: the location with the id 1 is the default one and cannot be changed
_DEFAULT = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A location; `chosen` is the one that we read and write."""

    id: int
    name: str
    enabled: bool
    chosen: bool

    def told(self) -> RemoteLocation:
        return RemoteLocation(
            id=str(self.id), name=self.name, active=self.enabled, ours=self.chosen
        )


class Places:
    """The locations of one store, read once unless asked anew.

    Storefronts sell from the default location, so the sum of a merchant's warehouses
    goes there; written to several places, it would count several times. `wanted` is
    the setting `location_id` of a store that sells from another one.
    """

    def __init__(self, client: RestClient, wanted: int | None) -> None:
        self._client = client
        self._wanted = wanted
        self._chosen: Place | None = None

    async def read(self) -> list[Place]:
        """Read all locations anew."""
        rows = await self._rows({})
        wanted = self._wanted or await self._default(rows)
        places = [
            Place(
                id=row.whole("id"),
                name=row.text("label"),
                enabled=row.flag("enabled"),
                chosen=row.whole("id") == wanted,
            )
            for row in rows
        ]
        self._chosen = next((each for each in places if each.chosen), None)
        return places

    async def chosen(self) -> Place:
        """Say where stock is kept; Refused where the store has no such location."""
        if self._chosen is None:
            await self.read()
        if self._chosen is None:
            raise Refused(
                "The BigCommerce store no longer has the location that its stock is kept at. "
                "Choose another one in the store's settings here."
            )
        return self._chosen

    async def writable(self) -> Place:
        """Say where stock is written; Refused where BigCommerce would not take it."""
        place = await self.chosen()
        if not place.enabled:
            self.forget()  # it may be switched on meanwhile
            raise Refused(
                f"The location “{place.name}” is switched off in BigCommerce, so its stock "
                "cannot be changed and does not count. Switch it on there, under Settings, "
                "Inventory, Locations."
            )
        return place

    def forget(self) -> None:
        """Read the locations anew when they are needed next."""
        self._chosen = None

    async def _default(self, rows: list[Row]) -> int | None:
        ids = [row.whole("id") for row in rows]
        if _DEFAULT in ids or not ids:
            return _DEFAULT
        told = await self._rows({"is_default": "true"})
        return told[0].whole("id") if len(told) == 1 else None

    async def _rows(self, only: dict[str, str]) -> list[Row]:
        pages = self._client.pages(_PATH, LOCATIONS, {"limit": _LIMIT, **only})
        return [row async for page in pages for row in page.row().rows("data")]
