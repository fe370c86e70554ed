"""Whose account it is, where it sells, and whether all that we need may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.amazon.calls import ONE_ORDER, PARTICIPATIONS, SEARCH_ITEMS
from connectors.amazon.client import Query, SellerClient
from connectors.amazon.errors import Invalid
from connectors.amazon.keys import MARKETPLACES, Seller
from connectors.amazon.marketplaces import country
from connectors.amazon.scopes import SELLING
from connectors.errors import NeedsReconnect
from connectors.protocol import Account, Marketplace
from connectors.services import MarkService

# Marks: marketplaces in which the account's listings are inactive as a whole
_SUSPENDED = "amazon_suspended"
# In the form of an order's id; nobody has it. Asked for, it tells whether orders may be read.
_NO_ORDER = "000-0000000-0000000"


@dataclass(frozen=True, slots=True)
class Participation:
    """Where the account sells, and what its shop is called there."""

    marketplace: Marketplace
    shop: str


class Accounts:
    """One account's marketplaces. Amazon lets them be asked for once a minute only."""

    def __init__(self, client: SellerClient, seller: Seller, marks: MarkService) -> None:
        self._client = client
        self._seller = seller
        self._marks = marks
        self._read: list[Participation] | None = None

    async def check(self) -> Account:
        """Learn whose account it is. NeedsReconnect says which role or marketplace is missing."""
        found = {each.marketplace.id: each for each in await self.participations()}
        missing = [site.country for site in self._seller.sites if site.id not in found]
        if missing:
            sold = ", ".join(each.marketplace.country for each in found.values()) or "none"
            raise NeedsReconnect(
                f"The account does not sell in {', '.join(missing)}. It sells in: {sold}.",
                field=MARKETPLACES,
            )
        await self._may_read()
        suspended = await self.note_suspended()
        home = self._seller.sites[0]
        return Account(
            id=self._seller.id,
            name=found[home.id].shop,
            currency=home.currency,
            scopes=frozenset() if suspended else frozenset({SELLING}),
        )

    async def participations(self) -> list[Participation]:
        """Read where the account sells, once for a connection."""
        if self._read is None:
            body = (await self._client.read(PARTICIPATIONS)).row()
            found: list[Participation] = []
            for row in body.rows("payload"):
                place, state = row.row("marketplace"), row.row("participation")
                if state.flag("isParticipating"):
                    found.append(
                        Participation(
                            Marketplace(
                                id=place.text("id"),
                                name=place.text("name"),
                                country=place.text("countryCode"),
                                currency=place.text("defaultCurrencyCode"),
                                suspended=state.flag("hasSuspendedListings"),
                            ),
                            row.text("storeName"),
                        )
                    )
            self._read = found
        return self._read

    async def note_suspended(self) -> list[str]:
        """Remember for all connections where nothing that is written has an effect."""
        now = self._client.time.ours()
        marked = await self._marks.all(_SUSPENDED)
        state = {one.marketplace.id: one.marketplace for one in await self.participations()}
        suspended = [
            site.id for site in self._seller.sites if site.id in state and state[site.id].suspended
        ]
        for marketplace in suspended:
            await self._marks.put(_SUSPENDED, marketplace, now)
        for marketplace in marked:
            if marketplace not in suspended:
                await self._marks.remove(_SUSPENDED, marketplace)
        return suspended

    async def suspended(self) -> frozenset[str]:
        """Say, as last read by anybody, where nothing that is written has an effect."""
        return frozenset(await self._marks.all(_SUSPENDED))

    async def _may_read(self) -> None:
        """Ask for next to nothing, where only the missing role would be refused."""
        query: Query = {"marketplaceIds": [self._seller.sites[0].id], "pageSize": 1}
        await self._client.read(SEARCH_ITEMS, query, path=SEARCH_ITEMS.path(seller=self._seller.id))
        try:
            await self._client.read(ONE_ORDER, path=ONE_ORDER.path(order=_NO_ORDER))
        except Invalid:
            return


def where(marketplaces: Sequence[str]) -> str:
    """Name marketplaces as people know them."""
    return ", ".join(country(each) for each in marketplaces)
