"""Bringing one listing to what was decided, in one call or several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.etsy.allowance import Use
from connectors.etsy.changes import Change, carries
from connectors.etsy.client import EtsyClient
from connectors.etsy.errors import Invalid, NotFound, ServerError
from connectors.etsy.inventory import (
    THIRD_PROPERTY,
    Listing,
    read_products,
    stands,
    write_inventory,
)
from connectors.etsy.levels import LevelReader
from connectors.etsy.marks import Carried, Marks
from connectors.etsy.refs import Ref
from connectors.etsy.scopes import STOCK

# How often a call is made that Etsy answers with an error of its own: it does so for bad input,
# too, and then always.
_TRIES = 3


class GaveUp(Invalid):
    """Etsy answers a call with an error of its own each time, and does nothing."""


class Unclear(Invalid):
    """Something was done to a listing, or may have been: what it shows has to be read.

    It was renewed, and then its numbers were refused; or it shows neither what it showed before
    nor what was sent, as after a sale at that moment.
    """


class Sender:
    """Changes listings of one shop.

    settled      how long a request without an answer lives
    reading_age  how old a reading may be
    """

    def __init__(
        self,
        client: EtsyClient,
        shop: int,
        reader: LevelReader,
        marks: Marks,
        *,
        settled: timedelta,
        reading_age: timedelta,
        margin: timedelta,
    ) -> None:
        self._client = client
        self._shop = shop
        self._reader = reader
        self._marks = marks
        self._settled = settled
        self._reading_age = reading_age
        self._margin = margin

    async def change(self, listing: Listing, change: Change, use: Use) -> None:
        """Do what was decided.

        Raises Unclear or Unavailable (sent) where nobody knows what came of it, Invalid where
        Etsy refuses it, and any other StoreError only where the listing shows what it showed before.
        """
        match change.kind:
            case "write":
                await self._write(listing, change, use)
            case "empty":
                await self._empty(listing, use)
            case "restock":
                await self._write(listing, change, use)
                await self._activate(listing, use)
                await self._marks.full(listing)
            case "renew":
                await self._renew(listing, use)
                # From here on it is on sale, with the one piece that a renewal gives it.
                try:
                    await self._write(listing, change, use)
                except Invalid as refused:
                    raise Unclear(str(refused), said=refused.said) from None
                except StoreError as error:
                    raise Unavailable(str(error), said=error.said) from None
            case _:
                pass

    async def _write(self, listing: Listing, change: Change, use: Use) -> None:
        """Send the inventory; while others are sent along, remember since when and until when."""
        if not carries(listing, change):
            await self._put(listing, change.numbers, use)
            return
        start, latest = listing.at - self._margin, self._client.time.now() + self._settled
        widest = Carried(listing.id, start, latest + self._margin)
        await self._marks.carry(widest)
        try:
            await self._put(listing, change.numbers, use)
        except StoreError as error:
            sent = isinstance(error, Unavailable) and error.sent
            if not sent and not isinstance(error, Unclear):
                await self._marks.drop(widest)
            raise
        await self._marks.carry(Carried(listing.id, start, self._client.time.now() + self._margin))
        await self._marks.drop(widest)

    async def _put(self, listing: Listing, numbers: Mapping[Ref, int], use: Use) -> None:
        most = max(len(each.properties) for each in listing.products)
        query = {"max_variations_supported": most} if most >= THIRD_PROPERTY else None

        async def once() -> None:
            answer = await self._client.run(
                "PUT",
                f"/listings/{listing.id}/inventory",
                STOCK,
                use,
                query=query,
                content=write_inventory(listing, numbers),
            )
            if not stands(read_products(listing.id, answer.row()), listing, numbers):
                raise Unclear(_NOT_KEPT)

        def is_done(now: Listing) -> bool:
            return stands(now.products, listing, numbers)

        def is_untouched(now: Listing) -> bool:
            return stands(now.products, listing, before)

        before = {each.ref: each.quantity for each in listing.products if each.ref in numbers}
        await self._insist(once, listing, is_done, is_untouched, use)

    async def _empty(self, listing: Listing, use: Use) -> None:
        """Make it inactive, remembering first that it was us."""
        await self._marks.empty(listing, self._client.time.ours())
        try:
            await self._set_state(listing, "inactive", use)
        except Unavailable as lost:
            if not lost.sent:
                await self._marks.full(listing)
            raise
        except StoreError:
            await self._marks.full(listing)
            raise

    async def _renew(self, listing: Listing, use: Use) -> None:
        """Activate it for a fee, once: remembered before, counted after."""
        asked_at = self._client.time.ours()
        await self._marks.renew(listing, asked_at)
        try:
            await self._activate(listing, use)
        except Unavailable as lost:
            if not lost.sent:
                await self._marks.not_renewed(listing)
            raise
        except StoreError:
            await self._marks.not_renewed(listing)
            raise
        await self._marks.renewed(listing, asked_at)

    async def _activate(self, listing: Listing, use: Use) -> None:
        await self._set_state(listing, "active", use)

    async def _set_state(self, listing: Listing, state: str, use: Use) -> None:
        async def once() -> None:
            path = f"/shops/{self._shop}/listings/{listing.id}"
            await self._client.run("PATCH", path, STOCK, use, form={"state": state})

        def is_done(now: Listing) -> bool:
            return now.state == state

        await self._insist(once, listing, is_done, lambda now: not is_done(now), use)

    async def _insist(
        self,
        call: Callable[[], Awaitable[None]],
        listing: Listing,
        is_done: Callable[[Listing], bool],
        is_untouched: Callable[[Listing], bool],
        use: Use,
    ) -> None:
        """Make a call again that Etsy answers with an error of its own, if it did nothing."""
        unclear: ServerError | None = None
        for _ in range(_TRIES):
            try:
                await call()
            except ServerError as error:
                unclear = error
                now = await self._look(listing, error, use)
                if not is_done(now):
                    _check_untouched(now, is_untouched, error)
                    continue
            except (RateLimited, Unavailable) as error:
                if unclear is None:
                    raise
                raise Unavailable(str(error), said=error.said) from None
            return
        if unclear is not None:
            await self._give_up(listing, unclear, is_done, is_untouched, use)

    async def _give_up(
        self,
        listing: Listing,
        unclear: ServerError,
        is_done: Callable[[Listing], bool],
        is_untouched: Callable[[Listing], bool],
        use: Use,
    ) -> None:
        """Say that nothing was done, where a reading shows it that cannot be older than that."""
        await self._client.wait(self._reading_age)
        now = await self._look(listing, unclear, use)
        if not is_done(now):
            _check_untouched(now, is_untouched, unclear)
            raise GaveUp(_GAVE_UP, said=unclear.said)

    async def _look(self, listing: Listing, unclear: ServerError, use: Use) -> Listing:
        """Read a listing back after an answer that says nothing."""
        try:
            found, _ = await self._reader.listings([listing.id], use)
        except StoreError:
            raise Unavailable(str(unclear), said=unclear.said) from None
        if listing.id not in found:
            raise NotFound("Etsy no longer has this listing.")
        return found[listing.id]


def _check_untouched(
    now: Listing, is_untouched: Callable[[Listing], bool], unclear: ServerError
) -> None:
    """Raise Unclear where a listing is not as it was: sending it again could undo a sale."""
    if not is_untouched(now):
        raise Unclear(_NOT_KEPT, said=unclear.said)


_NOT_KEPT = "Etsy shows other numbers than were sent: something may have been sold meanwhile."
_GAVE_UP = (
    f"Etsy answered {_TRIES} times with an error of its own, and changed nothing. Look at the "
    "listing there: saving it once often helps."
)
