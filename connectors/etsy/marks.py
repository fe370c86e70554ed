"""What has to be remembered about single listings, since Etsy does not tell it apart.

emptied   set inactive by us, since nothing of it was left: to be activated again
renewing  its renewal was asked for, and nobody knows yet whether it was done
renewed   one renewal that was done, and paid: counted, and shown to people
repeated  a unit that stands in several products of its listing
carried   a time in which a number was sent along with others, just as it had been read: a
          sale of it within may have been undone by that
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from connectors.etsy.inventory import Listing
from connectors.protocol import ListingState
from connectors.services import MarkService

_Kind = Literal["emptied", "renewing", "renewed", "repeated", "carried"]
_STATES: dict[str, ListingState] = {
    "active": "active",
    "inactive": "inactive",
    "sold_out": "sold_out",
    "expired": "expired",
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What was remembered when a reading began, by the number of the listing."""

    emptied: Mapping[str, datetime]
    renewing: Mapping[str, datetime]
    repeated: Mapping[str, datetime]  # by ref

    def is_emptied(self, listing: Listing) -> bool:
        """Say whether a listing is inactive because we made it so."""
        return listing.state == "inactive" and str(listing.id) in self.emptied

    def state(self, listing: Listing) -> ListingState:
        """Tell how a listing stands; what we emptied is for sale as soon as there is stock."""
        if self.is_emptied(listing):
            return "active"
        return _STATES.get(listing.state, "inactive")

    def is_empty(self, listing: Listing) -> bool:
        """Say whether nothing of a listing can be bought, whatever its numbers say."""
        return listing.state in ("sold_out", "expired") or self.is_emptied(listing)


@dataclass(frozen=True, slots=True)
class Carried:
    """A time, on Etsy's clock, in which a sale of a listing may have been undone by a write."""

    listing: int
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.listing}@{self.start.isoformat()}/{self.end.isoformat()}"

    @classmethod
    def read(cls, key: str) -> Carried:
        listing, _, times = key.partition("@")
        start, _, end = times.partition("/")
        return cls(int(listing), datetime.fromisoformat(start), datetime.fromisoformat(end))


class Marks:
    """The marks of one shop; `settled` is how long a request without an answer may live."""

    def __init__(self, service: MarkService, settled: timedelta) -> None:
        self._service = service
        self._settled = settled

    async def noted(self) -> Noted:
        """Read what is remembered about listings that are not as they seem."""
        return Noted(
            await self._all("emptied"), await self._all("renewing"), await self._all("repeated")
        )

    async def notice(self, listing: Listing, noted: Noted, now: datetime) -> None:
        """Forget what a listing, as just read, shows to be over.

        A request to empty it that got no answer may still be on its way while it is active.
        """
        name = str(listing.id)
        since = noted.emptied.get(name)
        if since is not None and listing.state != "inactive" and now - since > self._settled:
            await self._service.remove("emptied", name)
        if name in noted.renewing and listing.state == "active":
            await self.renewed(listing, noted.renewing[name])
        for ref, products in listing.units().items():
            if (len(products) > 1) != (str(ref) in noted.repeated):
                await self._repeat(str(ref), now, repeated=len(products) > 1)

    async def empty(self, listing: Listing, now: datetime) -> None:
        """Remember that we make a listing inactive, from now on."""
        await self._service.remove("emptied", str(listing.id))
        await self._service.put("emptied", str(listing.id), now)

    async def full(self, listing: Listing) -> None:
        """Forget that a listing was emptied: it is on sale again, or never was taken off."""
        await self._service.remove("emptied", str(listing.id))

    async def renew(self, listing: Listing, now: datetime) -> None:
        """Remember that the renewal of a listing is asked for, from now on."""
        await self._service.remove("renewing", str(listing.id))
        await self._service.put("renewing", str(listing.id), now)

    async def renewed(self, listing: Listing, asked_at: datetime) -> None:
        """Count a renewal, once however often it is noticed."""
        await self._service.put(
            "renewed", f"{listing.id}@{asked_at.astimezone(UTC).isoformat()}", asked_at
        )
        await self._service.remove("renewing", str(listing.id))

    async def not_renewed(self, listing: Listing) -> None:
        """Forget a renewal that certainly was not done."""
        await self._service.remove("renewing", str(listing.id))

    async def carry(self, window: Carried) -> None:
        """Remember that numbers are being sent as they were read."""
        await self._service.put("carried", str(window), window.start)

    async def drop(self, window: Carried) -> None:
        """Forget such a time: orders were read past it, or it is known better."""
        await self._service.remove("carried", str(window))

    async def carried(self) -> list[Carried]:
        """Read the times in which numbers were sent as they had been read."""
        return [Carried.read(key) for key in await self._all("carried")]

    async def repeated(self) -> Mapping[str, datetime]:
        """Read which units, by ref, stand in several products of their listing."""
        return await self._all("repeated")

    async def _repeat(self, ref: str, now: datetime, *, repeated: bool) -> None:
        if repeated:
            await self._service.put("repeated", ref, now)
        else:
            await self._service.remove("repeated", ref)

    async def _all(self, kind: _Kind) -> Mapping[str, datetime]:
        return await self._service.all(kind)
