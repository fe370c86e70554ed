"""Why a product's number is what it is: a sum of movements, and a rule for every place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from connectors.platform import traits_with
from storage import movements, places
from storage.facts import ProductRow
from storage.movements import KINDS, Entry
from storage.places import Place, Stray
from sync.show import find_row
from sync.sku import sku_key

NEWEST = 4  # acts or orders of one kind that are named: a sum stays one that the eye can follow


@dataclass(frozen=True, slots=True)
class Term:
    """All movements of one kind in one warehouse, and the newest of them by name."""

    kind: str
    on_hand: int
    committed: int
    count: int
    newest: tuple[Entry, ...]

    @property
    def available(self) -> int:
        return self.on_hand - self.committed


@dataclass(frozen=True, slots=True)
class WarehouseSum:
    """One warehouse's level as the sum of its movements (R1).

    terms  what moved available first, then what moved goods that were sold already
    open   orders whose units are still to be sent; None where there are none
    agrees whether the level kept beside the ledger is this very sum
    kind   own, or fba: what a platform keeps, as of `copied_at`
    """

    name: str
    counted: bool
    terms: tuple[Term, ...]
    open: Term | None
    agrees: bool
    kind: str = "own"
    copied_at: datetime | None = None

    @property
    def on_hand(self) -> int:
        return sum(term.on_hand for term in self.terms)

    @property
    def committed(self) -> int:
        return sum(term.committed for term in self.terms)

    @property
    def available(self) -> int:
        return self.on_hand - self.committed


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that stands between the stock and a store's number, by its code."""

    code: str
    units: int = 0
    said: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceWhy:
    """A place and the rules that make its number, in the order in which they apply."""

    place: Place
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The whole answer for one product."""

    product: ProductRow
    warehouses: tuple[WarehouseSum, ...]
    places: tuple[PlaceWhy, ...]


async def find(
    session: AsyncSession, workspace_id: int, sku_text: str
) -> ProductRow | tuple[Stray, ...] | None:
    """Find a product by its SKU as a person types it, else the listings that would be it."""
    found = await find_row(session, workspace_id, sku_text)
    if found is not None:
        return found
    return tuple(await places.strays(session, workspace_id, sku_key(sku_text))) or None


async def explain(
    session: AsyncSession, workspace_id: int, product: ProductRow, now: datetime
) -> Why:
    """Say what a product's levels are the sum of, and why each store shows its number."""
    entries = await movements.entries(session, workspace_id, product.id, newest=NEWEST)
    found = await places.of_product(session, workspace_id, product.id)
    return Why(
        product,
        warehouses=tuple(add_up(entries)),
        places=tuple(PlaceWhy(place, tuple(rules(place, now))) for place in found),
    )


def add_up(entries: Sequence[Entry]) -> Iterator[WarehouseSum]:
    """Make the sum of each warehouse, its terms in the order of `KINDS`."""
    for _, group in groupby(entries, key=lambda entry: entry.warehouse_id):
        held = list(group)
        terms = {
            kind: _term(kind, list(ones))
            for kind, ones in groupby(held, key=lambda entry: entry.kind)
            if kind is not None
        }
        first, waiting = held[0], terms.pop("open", None)
        listed = tuple(terms[kind] for kind in sorted(terms, key=KINDS.index))
        yield WarehouseSum(
            name=first.warehouse,
            counted=first.counted,
            terms=listed,
            open=waiting,
            agrees=(first.on_hand, first.committed)
            == (sum(term.on_hand for term in listed), sum(term.committed for term in listed)),
            kind=first.warehouse_kind,
            copied_at=first.copied_at,
        )


def _term(kind: str, ones: Sequence[Entry]) -> Term:
    first = ones[0]
    return Term(kind, first.kind_on_hand, first.kind_committed, first.entries, tuple(ones))


def rules(place: Place, now: datetime) -> Iterator[Reason]:
    """Name the rules that apply to a place: whether it is written, what, and what holds it up."""
    left_alone = _left_alone(place)
    if left_alone is not None:
        yield left_alone
        return
    if place.sync_status == "paused":
        yield Reason("paused")
    if place.desired is None:
        yield Reason("taking_over" if place.waits else "uncounted")
        return
    if place.stopped:
        yield Reason("stopped")
    if place.returns_to is not None:
        yield Reason("returning", max(place.returns_to, 0))
    else:
        yield from _limits(place)
        yield from _kept_back(place)
    yield from _between(place, now)


def _left_alone(place: Place) -> Reason | None:
    """Say why a place is never written, if it is not (R8)."""
    if place.sync_status == "off":
        return Reason("off")
    if place.fulfilment == "platform":
        return Reason("only_followed")
    if place.unlinked is not None:
        return unlinked(place.unlinked, place.sku)
    if place.channel != "merchant":
        return Reason("fulfilled_elsewhere")
    if not place.tracked:
        return Reason("untracked")
    if not place.offered:
        renewable = place.state in ("sold_out", "expired")
        return Reason("not_renewed" if renewable else "not_on_sale")
    if place.decision != "linked":
        return Reason("place_left_out" if place.decision == "unlinked" else "place_undecided")
    if not (place.active and place.ours):
        return Reason("place_inactive")
    return None if place.in_sync else Reason("new_listing")


def unlinked(why: str, sku: str) -> Reason:
    """Say why a listing is linked to no product."""
    return Reason(f"unlinked_{why}", said=sku)


def _limits(place: Place) -> Iterator[Reason]:
    """Name what makes the wanted number another than the stock that counts there."""
    desired = place.desired or 0
    rest = sum(place.parts) - place.buffer
    if place.buffer:
        yield Reason("buffer", place.buffer)
    if place.maximum is not None and rest > place.maximum:
        yield Reason("maximum", place.maximum)
    if desired < 0:
        stock = sum(place.parts)
        yield Reason("oversold", -stock) if stock < 0 else Reason("all_kept_back")


def _kept_back(place: Place) -> Iterator[Reason]:
    """Name what a person has to decide first."""
    if place.held:
        yield Reason("held", place.held)
    if place.braked:
        yield Reason("braked", place.braked)


def _between(place: Place, now: datetime) -> Iterator[Reason]:
    """Name what stands between the wanted number and the one that is shown."""
    if place.waits:
        yield Reason("taking_over")
    wanted = goal = 0
    if not place.stopped:
        wanted = max(place.desired or 0, 0)
        goal = max(max((place.desired or 0) + place.braked, 0) + place.held, 0)
        if place.returns_to is not None:
            wanted = goal = max(place.returns_to, 0)
    agrees = place.shown is not None and max(place.shown, 0) == goal
    if place.rejected is not None and place.retry_at is not None and not agrees:
        yield Reason("refused", said=place.rejected, at=place.retry_at)
    elif place.in_flight:
        yield Reason("in_flight", at=place.sent_at)
    elif place.shown is None:
        yield Reason("unknown")
    elif agrees:
        yield Reason("agrees" if goal == wanted else "as_decided")
    elif place.sync_status != "on":
        pass  # "paused" has said it
    elif place.health == "needs_reconnect":
        yield Reason("needs_reconnect")
    elif place.changed_there:
        yield Reason("changed_there")
    elif goal > place.shown and _waits_for_orders(place):
        yield Reason("raise_waits", at=place.raised_at)
    elif place.unsettled_until is not None and place.unsettled_until > now:
        yield Reason("settling", at=place.unsettled_until)
    else:
        yield Reason("on_its_way")
    if place.unsure and place.shown is not None:
        yield Reason("unsure")
    if place.reading_waits and not place.in_flight:
        yield Reason("reading_waits")


def _waits_for_orders(place: Place) -> bool:
    """Whether a raise waits until the store's orders are read past it (R5; sync/pusher.py)."""
    if place.orders_read_at is None:
        return True
    if place.raised_at is None:
        return False
    traits = traits_with(PLATFORMS[place.platform].traits, place.settings)
    return place.raised_at > place.orders_read_at - traits.order_lag - traits.clock_margin
