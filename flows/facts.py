"""What the flows need to know, as shapes: whoever has values of these shapes may hand them in.

Shapes and not the product's own classes, so that a flow reaches no database, not even
through its imports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID


class Location(Protocol):
    """A place that the store knows; `decision` is open, linked or unlinked.

    `warehouse_id` receives what it counts; it shows the sum of all `warehouse_ids`.
    """

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def ours(self) -> bool: ...
    @property
    def decision(self) -> str: ...
    @property
    def warehouse_id(self) -> int | None: ...
    @property
    def warehouse_ids(self) -> Sequence[int]: ...


class Warehouse(Protocol):
    """A place of ours; `units` are available there, of all counted products together."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def counted_products(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def used_by(self) -> Sequence[str]: ...


class Listings(Protocol):
    """A store's listings, counted."""

    @property
    def total(self) -> int: ...
    @property
    def linked(self) -> int: ...
    @property
    def no_sku(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def renamed(self) -> int: ...
    @property
    def ignored(self) -> int: ...
    @property
    def untracked(self) -> int: ...
    @property
    def sold_out(self) -> int: ...
    @property
    def expired(self) -> int: ...
    @property
    def inactive(self) -> int: ...
    @property
    def platform(self) -> int: ...


class Marketplace(Protocol):
    """A part of a platform where the store's account sells.

    `warehouse`: the name of ours that holds what the platform keeps there, once there is one;
    `tracked`: it is followed, or was when sync was on last.
    """

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def suspended(self) -> bool: ...
    @property
    def tracked(self) -> bool: ...
    @property
    def warehouse(self) -> str | None: ...


class Agreement(Protocol):
    """Something that syncing does beyond quantities, or that a person may leave out.

    `required`: without it nothing is written; `stands`: how it was answered, or is if nobody was
    asked yet.
    """

    @property
    def key(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def stands(self) -> bool: ...


class Store(Protocol):
    """The store that sync is turned on for.

    `has_locations`: each is mapped; any other store shows the sum of some warehouses.
    `was_on`: for the second time; `off_days`: full days since it was turned off then;
    `order_days`: how far back it shows its orders. `cannot`: what permissions that the store
    withholds leave undone, in words; `stocked_since`: when a person agreed that its items are
    stocked at locations where they are not. `offers_fba`: its platform ships, too, and
    `fulfilment` says who did when sync was on last: merchant, platform or both.
    """

    @property
    def store_name(self) -> str: ...
    @property
    def platform_title(self) -> str: ...
    @property
    def sync_status(self) -> str: ...
    @property
    def importing(self) -> bool: ...
    @property
    def running(self) -> bool: ...
    @property
    def was_on(self) -> bool: ...
    @property
    def has_locations(self) -> bool: ...
    @property
    def off_days(self) -> int | None: ...
    @property
    def cannot(self) -> Sequence[str]: ...
    @property
    def order_days(self) -> int: ...
    @property
    def locations(self) -> Sequence[Location]: ...
    @property
    def warehouses(self) -> Sequence[Warehouse]: ...
    @property
    def listings(self) -> Listings: ...
    @property
    def stock_exists(self) -> bool: ...
    @property
    def stocked_since(self) -> datetime | None: ...
    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def offers_fba(self) -> bool: ...
    @property
    def fulfilment(self) -> str: ...
    @property
    def marketplaces(self) -> Sequence[Marketplace]: ...


class OpenOrders(Protocol):
    """Orders with units still to be sent; `by_ref` counts the units of each listing.

    `undeducted` counts the units sold of each listing that the store's number still holds;
    `asked` is when they were read: later orders are ordinary sales.
    """

    @property
    def orders(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def by_ref(self) -> Mapping[str, int]: ...
    @property
    def undeducted(self) -> Mapping[str, int]: ...
    @property
    def asked(self) -> str | None: ...


class Line(Protocol):
    """One line of a plan; `location` is empty where the store has none to name.

    `parts`: what `becomes` is the sum of, where several warehouses hold some of it.
    """

    @property
    def sku(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def now(self) -> int | None: ...
    @property
    def becomes(self) -> int | None: ...
    @property
    def parts(self) -> Sequence[int]: ...


class Rename(Protocol):
    """A warehouse that takes another name."""

    @property
    def old(self) -> str: ...
    @property
    def new(self) -> str: ...
    @property
    def used_by(self) -> Sequence[str]: ...


class OtherStore(Protocol):
    """Another store whose numbers change."""

    @property
    def name(self) -> str: ...
    @property
    def listings(self) -> int: ...


class Move(Protocol):
    """A place of which something changes, and the warehouses that stood and will stand for it.

    `kind`: linked, moved, summed, left_out or set_aside (sync/place_changes.py).
    """

    @property
    def kind(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def before(self) -> Sequence[str]: ...
    @property
    def after(self) -> Sequence[str]: ...


class Unstocked(Protocol):
    """Items that are not stocked at one location; `counted`: those whose number is known."""

    @property
    def place(self) -> str: ...
    @property
    def items(self) -> int: ...
    @property
    def counted(self) -> int: ...
    @property
    def named(self) -> Sequence[str]: ...


class Fee(Protocol):
    """What a platform takes for something, in one currency."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


class Renewals(Protocol):
    """Listings that are renewed to be sold again, and what each costs."""

    @property
    def sold_out(self) -> int: ...
    @property
    def expired(self) -> int: ...
    @property
    def fee(self) -> Fee: ...


class Plan(Protocol):
    """What confirming would do. `counts` by kind of change, `unlinked` by reason.

    `moves`: what changes about places while sync is on; `confirmed`: it was done;
    `not_stocked`: what is left alone at a linked location unless a person agrees.
    """

    @property
    def id(self) -> UUID: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def unlinked(self) -> Mapping[str, int]: ...
    @property
    def sample(self) -> Sequence[Line]: ...
    @property
    def renames(self) -> Sequence[Rename]: ...
    @property
    def new_warehouses(self) -> Sequence[str]: ...
    @property
    def other_stores(self) -> Sequence[OtherStore]: ...
    @property
    def open_orders(self) -> int: ...
    @property
    def open_units(self) -> int: ...
    @property
    def moves(self) -> Sequence[Move]: ...
    @property
    def confirmed(self) -> bool: ...
    @property
    def not_stocked(self) -> Sequence[Unstocked]: ...
    @property
    def renewals(self) -> Renewals | None: ...


class NotLoaded(Exception):
    """A step asks for a fact that was left out: load it, and take the step again."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


Problem = Literal["reconnect", "store", "changed", "gone", "already_on", "running", "off", "same"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands when the step is taken.

    store        the store itself; one that is gone never gets here
    open_orders  what the work `orders` has just brought
    plan         the plan that the draft names, or that the work has just made
    problem      why the work brought nothing; `said` holds the store's words
    confirmed    the work `confirm` has done it, or started the turning on
    marketplaces_read  the work `marketplaces` has just learned where the account sells
    """

    store: Store
    open_orders: OpenOrders | None = None
    plan: Plan | None = None
    problem: Problem | None = None
    said: str = ""
    confirmed: bool = False
    marketplaces_read: bool = False
