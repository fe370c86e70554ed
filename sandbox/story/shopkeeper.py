"""What happens in a store, by plain HTTP: its numbers, its buyers, its troubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

from sandbox.story.member import StuckError
from sandbox.story.trades import Json, Trade, trade_of


class Shopkeeper:
    """One local store.

    control     where people act on it
    title       what Stockroom calls it
    typed       what opens it, by field of the connect page
    warehouses  those whose sum it shows, by name
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        control: str,
        trade: Trade,
        title: str,
        typed: Mapping[str, str],
        *warehouses: str,
    ) -> None:
        self._http = http
        self.control = control
        self.trade = trade
        self.title = title
        self.typed = dict(typed)
        self.warehouses = warehouses

    @property
    def platform(self) -> str:
        return self.trade.platform

    @property
    def name(self) -> str:
        """The store's own name, as its address ends."""
        return self.control.rpartition("/")[2]

    async def look(self) -> tuple[Json, list[Json]]:
        """Read everything the store tells of itself, and the faults that are switched on."""
        state, faults = await self._get("state"), await self._get("faults")
        return state, faults["faults"]

    async def act(self, what: str, given: Json) -> Json:
        """Do whatever the store's control API offers. Raises StuckError where it refuses."""
        return await self._post(what, **given)

    async def forgive(self, kind: str | None) -> Json:
        """Switch a fault off, or all of them."""
        given = {} if kind is None else {"kind": kind}
        return _read(await self._http.request("DELETE", f"{self.control}/faults", json=given))

    async def listings(self) -> list[Json]:
        """Read every listing as the store shows it."""
        listings: list[Json] = (await self._get("state"))["listings"]
        return listings

    async def sellable(self) -> tuple[dict[str, int], dict[str, list[str]]]:
        """Split the listings into those Stockroom keeps, by SKU, and the others, by reason."""
        listings = await self.listings()
        times = Counter(folded(one["sku"]) for one in listings)
        kept: dict[str, int] = {}
        left: dict[str, list[str]] = {}
        for one in listings:
            if not folded(one["sku"]):
                reason = "no SKU"
            elif times[folded(one["sku"])] > 1:
                reason = "duplicate SKU"
            elif not self.trade.tracked(one):
                reason = "not tracked"
            elif not self.trade.on_sale(one):
                reason = "not on sale"
            else:
                kept[one["sku"]] = one["available"]
                continue
            left.setdefault(reason, []).append(one["title"])
        return kept, left

    async def shows(self, sku: str) -> int:
        """Read what a shopper could buy of a SKU that one listing has."""
        numbers = (await self._get("available"))["available"][sku]
        if len(numbers) != 1:
            raise StuckError(f"{sku} stands on {len(numbers)} listings of {self.title}")
        return int(numbers[0])

    async def sell(self, sku: str, quantity: int) -> object:
        """Somebody buys; returns the order's id."""
        return (await self._post("sell", sku=sku, quantity=quantity))["id"]

    async def kept_there(self, marketplace: str) -> dict[str, int]:
        """Read what the platform's own warehouses hold for a marketplace, by SKU."""
        held: dict[str, int] = (await self._get("state"))["fba"][marketplace]
        return held

    async def trespasses(self) -> list[str]:
        """Read what was written where nothing may be written."""
        found: list[str] = (await self._get("state"))["violations"]
        return found

    async def send_in(self, sku: str, units: int, marketplace: str) -> None:
        """Let the platform's own warehouses hold so many of a SKU."""
        await self._post("fba", sku=sku, fulfillable=units, marketplace=marketplace)

    async def cancel(self, order: object) -> None:
        await self._post("cancel", order=order, restock=True)

    async def let_access_die(self) -> None:
        """Make what Stockroom holds worthless; `typed` opens the store from now on."""
        self.typed |= self.trade.renewed(await self._post("token"))

    async def _get(self, what: str) -> Json:
        return _read(await self._http.get(f"{self.control}/{what}"))

    async def _post(self, what: str, **given: object) -> Json:
        return _read(await self._http.post(f"{self.control}/{what}", json=given))


def keeper_of(http: httpx.AsyncClient, address: str, shop: Any) -> Shopkeeper:
    """Make the keeper of a local store that is served at an address."""
    trade = trade_of(shop)
    control = f"{address}/_sandbox/{shop.name}"
    return Shopkeeper(http, control, trade, trade.title(shop), trade.typed(shop))


def folded(sku: str | None) -> str:
    """Make of a SKU what Stockroom compares it by."""
    return (sku or "").strip().casefold()


def _read(answer: httpx.Response) -> Json:
    if answer.status_code != 200:
        raise StuckError(f"{answer.request.url.path}: {answer.text}")
    body: Json = answer.json()
    return body
