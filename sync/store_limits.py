"""A store's buffer and maximum: what changing them would do, and doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import audit, limits, stores, turn_ons
from storage import ledger as movements
from storage.rows import StoreRow
from sync import ledger
from sync.deps import Deps
from sync.forecast import change_kind
from sync.limits import LIMIT, Limits

SAMPLE = 10  # listings that a window shows; those that change most


class LimitsProblem(Exception):
    """The limits cannot be set: `code` says why.

    `most`, of `beyond`: the highest number that the platform shows.
    """

    def __init__(
        self, code: Literal["gone", "running", "changed", "same", "beyond"], most: int = 0
    ) -> None:
        super().__init__(code)
        self.code = code
        self.most = most


@dataclass(frozen=True, slots=True)
class Shifted:
    """One listing whose number the limits change."""

    sku: str
    location: str
    now: int
    becomes: int


@dataclass(frozen=True, slots=True)
class LimitsPlan:
    """What other limits would do: listings by kind of change, and some of them."""

    total: int
    counts: Mapping[str, int]
    sample: tuple[Shifted, ...]

    @property
    def changing(self) -> int:
        """Listings whose number changes."""
        return self.total - self.counts.get("same", 0)


def limits_of(store: StoreRow) -> Limits:
    """Read the limits that a store has."""
    return Limits(store.buffer, store.maximum)


async def plan_limits(
    session: AsyncSession, *, workspace_id: int, store_id: int, wanted: Limits
) -> tuple[StoreRow, LimitsPlan]:
    """Work out what other limits would do. Raises LimitsProblem."""
    store = await _load(session, workspace_id, store_id)
    _require_new(store, wanted)
    # What a store whose sync is off would show is the next plan's matter.
    shifts = [] if store.sync_status == "off" else await limits.shifts(session, store_id)
    kinds: Counter[str] = Counter()
    changing = []
    for shift in shifts:
        becomes = wanted.shown(shift.available)
        kinds[change_kind(shift.desired, becomes)] += 1
        if becomes != shift.desired:
            changing.append(Shifted(shift.sku, shift.location, shift.desired, becomes))
    changing.sort(key=lambda one: (one.becomes > 0, -abs(one.becomes - one.now)))
    return store, LimitsPlan(len(shifts), dict(kinds), tuple(changing[:SAMPLE]))


async def set_limits(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    actor: str,
    before: Limits,
    wanted: Limits,
) -> StoreRow:
    """Set a store's limits and bring its numbers up to them; the store as it was.

    The breaker watches like at any change by hand. `before`: the limits that the person saw.
    Raises LimitsProblem, with "same" where somebody has set these already.
    """
    store = await _load(session, workspace_id, store_id, lock=True)
    _require_new(store, wanted)
    if limits_of(store) != before:
        raise LimitsProblem("changed")
    now = deps.clock.now()
    await limits.save(session, store_id, buffer=wanted.buffer, maximum=wanted.maximum)
    change_set = await movements.add_change_set(
        session,
        workspace_id=workspace_id,
        store_id=store_id,
        kind="limits",
        actor=actor,
        note=f"Buffer and maximum of {store.name} changed",
        now=now,
    )
    await audit.record(
        session,
        workspace_id,
        actor,
        "store.limits",
        now,
        subject=store.name,
        detail={
            "buffer": [before.buffer, wanted.buffer],
            "maximum": [before.maximum, wanted.maximum],
            "change_set": change_set,
        },
    )
    await ledger.follow(
        session,
        deps.queue,
        workspace_id=workspace_id,
        product_ids=await turn_ons.products(session, store_id),
        change_set_id=change_set,
        now=now,
    )
    return store


def _require_new(store: StoreRow, wanted: Limits) -> None:
    most = wanted.maximum
    if not 0 <= wanted.buffer < LIMIT or (most is not None and not 0 < most < LIMIT):
        raise ValueError(f"no store can have {wanted}")
    bound = PLATFORMS[store.platform].traits.most
    if bound is not None and (most is None or most > bound):
        raise LimitsProblem("beyond", bound)
    if limits_of(store) == wanted:
        raise LimitsProblem("same")


async def _load(
    session: AsyncSession, workspace_id: int, store_id: int, *, lock: bool = False
) -> StoreRow:
    store = await stores.load(session, store_id, lock=lock)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise LimitsProblem("gone")
    if await turn_ons.running(session, store_id) is not None:
        raise LimitsProblem("running")
    return store
