"""Writing stock: listing by listing, each read right before it is sent back whole.

Etsy sets no number alone, compares nothing and takes one listing a call. So the listings of a
list are read some at a time, and where one shows something else than the caller has read, the
caller is told instead: that is as near to comparing as can be. Numbers are what a shopper
should be able to buy: Etsy takes nothing off them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.errors import StoreError, Unavailable
from connectors.etsy.allowance import Use
from connectors.etsy.changes import MOST, Change, come_back, decide, refusal
from connectors.etsy.client import EtsyClient
from connectors.etsy.errors import Conflict, Invalid
from connectors.etsy.inventory import Listing
from connectors.etsy.levels import LevelReader, shown
from connectors.etsy.marks import Noted
from connectors.etsy.refs import Ref, read_ref
from connectors.etsy.sending import GaveUp, Sender, Unclear
from connectors.pace import Budget, OutOfTime, abreast
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.services import ListingService

# Listings read in one call before they are sent: as many as are sent in about two seconds,
# since what is sold between reading and sending is undone.
_GROUP = 20
# How often a listing is read anew because it was changed at that moment (409).
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Item:
    """A write, its unit, and its place in the caller's list."""

    place: int
    ref: Ref
    value: int
    expected: int | None

    @property
    def urgent(self) -> bool:
        # A fall cannot wait; where nobody says what stands there, it may be one.
        return self.expected is None or self.value < self.expected


@dataclass(frozen=True, slots=True)
class _Job:
    """All writes of one listing."""

    listing: int
    items: tuple[_Item, ...]

    @property
    def use(self) -> Use:
        return Use.DROPS if any(item.urgent for item in self.items) else Use.REST


class LevelWriter:
    """Writes levels of one shop.

    agreed  whether prices may be written along with stock, as Etsy wants it
    renews  whether sold-out and expired listings may be renewed for a fee
    """

    def __init__(
        self,
        client: EtsyClient,
        reader: LevelReader,
        sender: Sender,
        known: ListingService,
        *,
        agreed: bool,
        renews: bool,
    ) -> None:
        self._client = client
        self._reader = reader
        self._sender = sender
        self._known = known
        self._agreed = agreed
        self._renews = renews

    async def write(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write, one outcome per write in order; what lowers a number goes first.

        Raises a StoreError only where nothing at all was applied. After a call without a usable
        answer no other is begun: its writes are unknown, the later ones unsent.
        """
        if not self._agreed:
            return [WriteOutcome("rejected", reason=_NOT_AGREED, code="agreement") for _ in writes]
        run = _Run(writes, Budget(self._client.time.ours))
        jobs = sorted(run.jobs(), key=lambda job: job.use is Use.REST)
        for first in range(0, len(jobs), _GROUP):
            if run.stopped:
                break
            await self._group(run, jobs[first : first + _GROUP])
        return run.outcomes()

    async def _group(self, run: _Run, jobs: Sequence[_Job]) -> None:
        """Read some listings and bring each to its numbers, a few at a time."""
        try:
            run.budget.check()
            listings, noted = await self._reader.listings(
                [job.listing for job in jobs], jobs[0].use
            )
        except StoreError as error:
            run.stop(error)
            return

        async def one(job: _Job) -> None:
            if run.stopped:
                return
            try:
                run.budget.check()
                await self._one(run, job, listings.get(job.listing), noted)
            except StoreError as error:
                run.stop(error)

        await abreast(jobs, one)

    async def _one(self, run: _Run, job: _Job, listing: Listing | None, noted: Noted) -> None:
        """Write one listing, and read it anew where it changed at that moment."""
        items: Sequence[_Item] = job.items
        for _ in range(_ROUNDS):
            if listing is None:
                run.reject(items, "Etsy no longer has this listing.", "unknown_item")
                return
            items = list(self._writable(run, listing, items, noted))
            if not items:
                return
            change = await self._decide(listing, items, noted)
            try:
                await self._sender.change(listing, change, job.use)
            except Conflict:
                found, noted = await self._reader.listings([listing.id], job.use)
                listing = found.get(listing.id)
                continue
            except Unclear as unclear:
                run.note(items, WriteOutcome("unknown", reason=_words(unclear)))
                return
            except Invalid as refused:
                code = "server_error" if isinstance(refused, GaveUp) else "refused"
                run.reject(items, _words(refused), code)
                return
            except Unavailable as lost:
                if lost.sent:
                    run.note(items, WriteOutcome("unknown", reason=str(lost)))
                raise
            run.note(items, WriteOutcome("applied"))
            return
        run.reject(items, "The listing is being changed at Etsy all the time.", "conflict")

    async def _decide(self, listing: Listing, items: Sequence[_Item], noted: Noted) -> Change:
        """Say what becomes of a listing; what of it is ours the store does not know."""
        wanted = {item.ref: item.value for item in items}
        others = {str(ref): ref for ref in come_back(listing, wanted, noted)}
        ours = await self._known.ours(others) if others and any(wanted.values()) else ()
        return decide(listing, wanted, noted, {others[name] for name in ours})

    def _writable(
        self, run: _Run, listing: Listing, items: Sequence[_Item], noted: Noted
    ) -> Iterator[_Item]:
        """Refuse what must not be written, tell what shows another number; hand out the rest."""
        for item in items:
            no = refusal(listing, item.ref, noted, renews=self._renews, value=item.value)
            current = shown(listing, item.ref, noted)
            if no is not None:
                run.reject([item], no.reason, no.code)
            elif item.expected is not None and current != item.expected:
                run.note([item], WriteOutcome("stale", current=current))
            else:
                yield item


class _Run:
    """One call of `write`: what is known so far about each write."""

    def __init__(self, writes: Sequence[LevelWrite], budget: Budget) -> None:
        self.budget = budget
        self._writes = writes
        self._known: dict[int, WriteOutcome] = {}
        self._stopped_by: StoreError | None = None

    @property
    def stopped(self) -> bool:
        return self._stopped_by is not None

    def jobs(self) -> list[_Job]:
        """Refuse what Etsy would misunderstand; gather the rest by listing."""
        by_listing: dict[int, list[_Item]] = {}
        for place, write in enumerate(self._writes):
            ref = read_ref(write.ref)
            item = _Item(place, ref or Ref(0), write.value, write.expected)
            if ref is None:
                self.reject([item], "Etsy has no such listing.", "unknown_item")
            elif write.location is not None:
                words = "Etsy keeps one number, not one for each location."
                self.reject([item], words, "no_location")
            elif not 0 <= write.value <= MOST:
                words = f"Etsy shows whole numbers from 0 to {MOST}."
                self.reject([item], words, "bad_quantity")
            else:
                by_listing.setdefault(ref.listing, []).append(item)
        return [_Job(listing, tuple(items)) for listing, items in by_listing.items()]

    def note(self, items: Sequence[_Item], outcome: WriteOutcome) -> None:
        for item in items:
            self._known[item.place] = outcome

    def reject(self, items: Sequence[_Item], reason: str, code: str) -> None:
        self.note(items, WriteOutcome("rejected", reason=reason, code=code))

    def stop(self, error: StoreError) -> None:
        """Begin no other call; the first reason for that is the one that counts."""
        self._stopped_by = self._stopped_by or error

    def outcomes(self) -> list[WriteOutcome]:
        """Answer for every write; raises what stopped us where nothing was applied.

        Where only time ran out, what is known already is kept: a list full of refusals would
        else begin anew for ever.
        """
        stopped = self._stopped_by
        if stopped is not None:
            told = {"applied", "unknown"}
            if isinstance(stopped, OutOfTime):
                told |= {"rejected", "stale"}
            if not any(each.kind in told for each in self._known.values()):
                raise stopped
        unsent = WriteOutcome("unsent", reason=str(stopped or ""))
        return [self._known.get(place, unsent) for place in range(len(self._writes))]


def _words(refused: Invalid) -> str:
    if isinstance(refused, GaveUp) and refused.said:
        return f"{refused} Its words: {refused.said}"
    return refused.said or str(refused)


_NOT_AGREED = (
    "Etsy writes prices along with stock, and nobody has agreed to that for this shop yet. Turn "
    "on sync for it once more: the review asks about it."
)
