"""What every platform offers, in one vocabulary.

Times are UTC and on the store's own clock where the store says one. Quantities
are whole units that a shopper could buy. A `ref` names one listing of one store
for reading and writing; order lines carry the same ref.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

# sold_out, expired: not for sale until it is renewed, which costs a fee.
ListingState = Literal["active", "inactive", "sold_out", "expired", "archived"]
Channel = Literal["merchant", "platform"]
OutcomeKind = Literal["applied", "accepted", "stale", "rejected", "unsent", "unknown"]


@dataclass(frozen=True, slots=True)
class Account:
    """The account behind a set of credentials; `id` never changes for one account."""

    id: str
    name: str
    currency: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoteLocation:
    """A place that the store knows; `ours` is False where another app owns its stock."""

    id: str
    name: str
    active: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class RemoteLevel:
    """What a shopper could buy of one listing at one location at one moment."""

    ref: str
    location: str | None
    available: int
    reserved: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """One sellable thing as it stands on the store; the raw SKU, never folded."""

    ref: str
    sku: str
    title: str
    state: ListingState
    tracked: bool
    channel: Channel
    levels: tuple[RemoteLevel, ...]


@dataclass(frozen=True, slots=True)
class LevelWrite:
    """Show `value` where `expected` stands; `key` makes a repetition harmless.

    `expected` is None only where the caller accepts whatever stands there.
    Sending the same writes in the same order again is the same request to the store.
    `rekey_until`: it was sent before, and until then nobody else sends it. Without that, or
    later, a store that has refused the key already refused it to somebody else: nothing may be
    written any more under another key.
    """

    ref: str
    location: str | None
    value: int
    expected: int | None
    key: str
    rekey_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What became of one write.

    applied   it stands (or stood, when the same key was sent before)
    accepted  on its way: ask `settle` with the handle
    stale     the store showed another number (`current`, where it says which)
    rejected  refused for good as it stands; `reason` holds the store's own words, `current`
              the number that the store made of it instead, where it made one
    unsent    certainly not done, and nothing is wrong with it: a batch that takes several
              calls was stopped before its turn
    unknown   no answer: it may have been applied, now or later; `direct` where it was sent a
              way on which nothing is accepted first, so that it lands soon or never

    What `settle` answers: accepted (still on its way), applied, rejected, unsent (given up by
    the store, nothing is wrong with it) or unknown (the store no longer knows the handle).
    """

    kind: OutcomeKind
    handle: str | None = None
    current: int | None = None
    reason: str | None = None
    code: str | None = None
    direct: bool = False


# Between the id of a line and that of its place, in the id of a part of a line.
PLACE_MARK = "@"


def line_of(part_id: str) -> str:
    """Name the line of a part; a line that is told as a whole is its own."""
    return part_id.partition(PLACE_MARK)[0]


@dataclass(frozen=True, slots=True)
class RemoteOrderLine:
    """The latest state of one line, as its store counts stock.

    ordered    units that the line names, whatever became of them since
    taken      units sold and not given back: what nobody else can buy any more;
               below zero for a place that got back units which another place gave
    committed  units of `taken` that are still to be sent (0 <= committed <= taken)
    location   where the store takes them from, None where it has no locations
    restock_known  False where the store does not say whether units came back
    deducted   units that the store's own number lacks because of this line; None: as `taken`
               (a store may lower its number on completion, or keep a failed order's units off)
    within     ref of the listing that holds the stock where `ref` names a part of it without
               stock of its own
    located    False where the store does not tell where these units are taken from: `location`
               is a guess for a line first seen, and units that are held stay where they are
    """

    id: str
    ref: str | None
    sku: str
    ordered: int
    taken: int
    committed: int
    location: str | None = None
    restock_known: bool = True
    deducted: int | None = None
    within: str | None = None
    located: bool = True


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """One order without anything personal: its id, times, state and lines."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed", "cancelled"]
    lines: tuple[RemoteOrderLine, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders by their time of change, and the opaque cursor to go on from.

    `cursor` may be stored with the page and given to `orders` at any later time;
    it includes the platform's overlap, so rows are seen again rather than missed.
    """

    orders: tuple[RemoteOrder, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class Marketplace:
    """A part of a platform on which one account sells; `suspended`: it may not sell there now."""

    id: str
    name: str
    country: str
    currency: str
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class FbaLevel:
    """What the platform's own warehouses hold of one SKU for one marketplace, ready to be sold."""

    marketplace: str
    sku: str
    title: str
    fulfillable: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class StoreTraits:
    """How a platform behaves, as the engine needs to know it (ENGINE.md B1)."""

    compare_and_set: bool
    locations: bool  # each is linked to a warehouse; else the store shows one sum of several
    write_batch: int  # writes in one call
    read_batch: int  # refs in one `levels` call
    order_lag: timedelta  # L: how late an order row becomes listable
    apply_lag: timedelta  # A: how late an accepted write is applied
    reading_age: timedelta  # R: how old a level may be when it is answered
    abandoned: timedelta  # Z: longest life of a request we gave up on
    clock_margin: timedelta  # e: clock error plus the rounding of the store's stamps
    key_life: timedelta  # how long the store remembers an idempotency key
    order_history: timedelta  # how far back orders can be read without asking for more
    # One call writes the parts of one product only; their refs are PRODUCT:PART.
    by_product: bool = False
    # An item is sold at a location only where it was stocked: the connector StocksItems.
    stocks_items: bool = False
    # The longest time until an accepted write is applied; zero: nothing is ever accepted.
    settles_within: timedelta = timedelta()
    # Of a list of so many writes at most none is accepted first: it lands soon or never.
    direct_up_to: int = 0
    # The most that a listing can show; a higher number of ours is kept, and this is shown.
    most: int | None = None


class Connector(Protocol):
    """One store, reached with one set of credentials."""

    @property
    def traits(self) -> StoreTraits:
        """The platform's behaviour, with this store's settings applied."""
        ...

    @property
    def skew(self) -> timedelta:
        """The store's clock minus ours, as its latest answer tells; zero before any."""
        ...

    async def check(self) -> Account: ...

    async def locations(self) -> list[RemoteLocation]: ...

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]: ...

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read live what the listings show; a ref that the store does not know is left out."""
        ...

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write, one outcome per write in order.

        Raises a StoreError only when it is certain that nothing was applied.
        """
        ...

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Ask what became of accepted writes, one outcome per handle in order."""
        ...

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        """Read orders by their ids; one that the store no longer has is left out."""
        ...

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read every order changed since, oldest change first, from a time or a cursor."""
        ...


@runtime_checkable
class StocksItems(Protocol):
    """A connector of a platform where each item is stocked location by location."""

    async def stock_at(self, ref: str, location: str, key: str) -> WriteOutcome:
        """Stock an item at a location with nothing for sale there yet.

        `current` of an applied outcome is what stands there now; an item that is stocked
        there already keeps its number. Doing it again changes nothing.
        """
        ...


@runtime_checkable
class TracksFba(Protocol):
    """A connector of a platform that also keeps and ships goods of the seller itself."""

    async def marketplaces(self) -> list[Marketplace]:
        """Read on which marketplaces the account sells; it may be asked seldom."""
        ...

    def fba_levels(self, marketplaces: Sequence[str]) -> AsyncIterator[list[FbaLevel]]:
        """Read what the platform's warehouses hold, marketplace after marketplace.

        A marketplace in which the account keeps nothing there yields no list at all; one that
        has such a warehouse with nothing in it yields an empty one.
        """
        ...
