"""What happens in a shop, by plain HTTP: its numbers, its buyers, its troubles."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx

from sandbox.shopify.shop import Shop
from sandbox.story.member import StuckError


class Shopkeeper:
    """One local shop, at `address`."""

    def __init__(self, http: httpx.AsyncClient, address: str, shop: Shop) -> None:
        self._http = http
        self.control = f"{address}/_sandbox/{shop.name}"
        self.name = shop.name
        self.title = shop.title
        self.location = shop.locations[0].name
        self.token = shop.token

    async def listings(self) -> list[dict[str, Any]]:
        """Read every listing as the shop shows it."""
        listings: list[dict[str, Any]] = (await self._get("state"))["listings"]
        return listings

    async def shows(self, sku: str) -> int:
        """Read what a shopper could buy of a SKU that one listing has."""
        numbers = (await self._get("available"))["available"][sku]
        if len(numbers) != 1:
            raise StuckError(f"{sku} stands on {len(numbers)} listings of {self.name}")
        return int(numbers[0])

    async def sell(self, sku: str, quantity: int) -> str:
        """Somebody buys; returns the order's id."""
        return str((await self._post("sell", sku=sku, quantity=quantity))["id"])

    async def cancel(self, order: str) -> None:
        await self._post("cancel", order=order, restock=True)

    async def let_token_die(self) -> None:
        """Make the token that Stockroom holds worthless; `token` is the new one."""
        self.token = str((await self._post("token"))["token"])

    async def _get(self, what: str) -> dict[str, Any]:
        return _read(await self._http.get(f"{self.control}/{what}"))

    async def _post(self, what: str, **given: object) -> dict[str, Any]:
        return _read(await self._http.post(f"{self.control}/{what}", json=given))


def sellable(listings: list[dict[str, Any]]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Split a shop's listings into those Stockroom keeps, by SKU, and the others, by reason."""
    times = Counter(_folded(one["sku"]) for one in listings)
    kept: dict[str, int] = {}
    left: dict[str, list[str]] = {}
    for one in listings:
        if not _folded(one["sku"]):
            reason = "no SKU"
        elif times[_folded(one["sku"])] > 1:
            reason = "duplicate SKU"
        elif not one["tracked"]:
            reason = "not tracked"
        elif one["status"] != "ACTIVE":
            reason = "not on sale"
        else:
            kept[one["sku"]] = one["available"]
            continue
        left.setdefault(reason, []).append(one["title"])
    return kept, left


def _folded(sku: str | None) -> str:
    return (sku or "").strip().casefold()


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise StuckError(f"{answer.request.url.path}: {answer.text}")
    body: dict[str, Any] = answer.json()
    return body
