"""Plans: what turning sync on would do, made, shown, and confirmed by a person (R10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from connectors.platform import Fee
from storage import plans, stocking, stores, turn_ons
from storage.plans import PlanLineView, PlanRow
from storage.queue import work_key
from storage.stocking import Unstocked
from sync.agreements import keep
from sync.choices import Choices
from sync.deps import Deps
from sync.forecast import holds
from sync.linking import link
from sync.open_orders import OpenOrders
from sync.place_changes import Kind
from sync.plan_parts import counts_of, lines_of, names_of, others, renames
from sync.sheet import to_csv
from sync.stocking import NAMED, allow
from sync.sums import added
from sync.tracking import choose

SAMPLE = 10  # lines that a modal shows; the whole list is the CSV

KIND_WORDS = {
    "up": "goes up",
    "down": "goes down",
    "to_zero": "goes to zero",
    "from_zero": "comes back from zero",
    "same": "stays",
    "uncounted": "not counted yet",
    "left_alone": "left alone",
    "not_stocked": "not stocked there; would show this if you have it stocked",
}


class PlanProblem(Exception):
    """A plan cannot be confirmed: it is gone, or sync is not as it was when it was made.

    That is `already_on`, `running` while it is being turned on, or `off`; `same`: there is
    nothing to change.
    """

    def __init__(self, code: Literal["gone", "already_on", "running", "off", "same"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rename:
    """A warehouse that takes its location's name, and where else it is used."""

    old: str
    new: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherStore:
    """Another store whose numbers the copy may change."""

    name: str
    listings: int


@dataclass(frozen=True, slots=True)
class PlaceMove:
    """A place of which something changes, and the warehouses that stood and will stand for it."""

    kind: Kind
    place: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renewals:
    """Listings that are renewed to be sold again, and what each costs."""

    sold_out: int
    expired: int
    fee: Fee

    @property
    def listings(self) -> int:
        """All of them."""
        return self.sold_out + self.expired


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan as it is shown; the whole list is its CSV.

    `moves`: what it changes about places, where sync is on already. `not_stocked`: items that
    are not stocked at a linked location, by location; left alone unless a person agrees.
    """

    id: UUID
    choices: Choices
    counts: dict[str, int]
    unlinked: dict[str, int]
    sample: tuple[PlanLineView, ...]
    renames: tuple[Rename, ...]
    new_warehouses: tuple[str, ...]
    other_stores: tuple[OtherStore, ...]
    open_orders: int
    open_units: int
    moves: tuple[PlaceMove, ...] = ()
    confirmed: bool = False
    not_stocked: tuple[Unstocked, ...] = ()
    renewals: Renewals | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed plan is under way."""

    turn_on_id: int


async def make_plan(
    session: AsyncSession,
    deps: Deps,
    store_id: int,
    choices: Choices,
    open_orders: OpenOrders,
) -> PlanSummary:
    """Work out what the choices would do and keep it, to be confirmed."""
    store = await stores.load(session, store_id)
    if store is None:
        raise PlanProblem("gone")
    names = await names_of(session, store, choices)
    lines = await lines_of(session, store, choices, open_orders)
    figures = {
        "counts": counts_of(lines),
        "unlinked": await plans.unlinked(session, store_id),
        "renames": await renames(session, store, names),
        "new_warehouses": [name.name for name in names if name.warehouse_id is None],
        "other_stores": await others(session, store, choices),
        "open_orders": open_orders.orders,
        "open_units": open_orders.units,
        "by_ref": dict(open_orders.by_ref),
        "undeducted": dict(open_orders.undeducted),
        "asked": open_orders.asked,
    }
    plan_id = uuid4()
    await plans.add(
        session,
        plan_id=plan_id,
        workspace_id=store.workspace_id,
        store_id=store_id,
        choices=choices.to_json(),
        figures=figures,
        lines=lines,
        now=deps.clock.now(),
    )
    made = await load_plan(session, store.workspace_id, plan_id)
    if made is None:  # it was written in this very transaction
        raise PlanProblem("gone")
    return made


async def load_plan(session: AsyncSession, workspace_id: int, plan_id: UUID) -> PlanSummary | None:
    """Read a plan of a workspace as it is shown."""
    plan = await plans.load(session, workspace_id, plan_id)
    if plan is None:
        return None
    held = plan.figures
    return PlanSummary(
        id=plan.id,
        choices=Choices.from_json(plan.choices),
        counts=held["counts"],
        unlinked=held["unlinked"],
        sample=tuple(await plans.views(session, plan.id, SAMPLE, unstocked=False)),
        renames=tuple(
            Rename(item["old"], item["new"], tuple(item["used_by"])) for item in held["renames"]
        ),
        new_warehouses=tuple(held["new_warehouses"]),
        other_stores=tuple(OtherStore(**item) for item in held["other_stores"]),
        open_orders=held["open_orders"],
        open_units=held["open_units"],
        moves=tuple(
            PlaceMove(item["kind"], item["place"], tuple(item["before"]), tuple(item["after"]))
            for item in held.get("moves", ())
        ),
        confirmed=plan.confirmed_at is not None,
        not_stocked=tuple(await stocking.in_plan(session, plan.id, named=NAMED)),
        renewals=await _renewals(session, plan),
    )


async def _renewals(session: AsyncSession, plan: PlanRow) -> Renewals | None:
    fee = PLATFORMS[plan.platform].renewal_fee
    found = {} if fee is None else await plans.renewals(session, plan.id)
    if fee is None or not found:
        return None
    return Renewals(found.get("sold_out", 0), found.get("expired", 0), fee)


async def plan_csv(session: AsyncSession, plan_id: UUID) -> str:
    """Write the whole plan as a table for a spreadsheet, without columns that nothing stands in."""
    lines = await plans.views(session, plan_id)
    placed = any(line.location for line in lines)
    summed = any(len(line.parts) > 1 for line in lines)
    place, parts = ["Location"] if placed else [], ["Sum of"] if summed else []
    return to_csv(
        ("SKU", "Title", *place, "What happens", "Shows now", "Will show", *parts),
        (
            (
                line.sku,
                line.title,
                *([line.location] if placed else []),
                KIND_WORDS[line.kind],
                line.now,
                line.becomes,
                *([added(line.parts) if len(line.parts) > 1 else ""] if summed else []),
            )
            for line in lines
        ),
    )


async def confirm_plan(
    session: AsyncSession,
    deps: Deps,
    *,
    plan_id: UUID,
    actor: str,
    channel: str | None,
    workspace_id: int,
    stock_items: bool = False,
    marketplaces: Sequence[str] = (),
) -> Confirmed | PlanSummary:
    """Begin what a plan says, or return the newer plan that has to be read first.

    Changes that orders explain are worked in quietly. `stock_items`: the person agreed that
    what is not stocked at a location is (R9). `marketplaces`: where FBA is followed as well.
    Raises PlanProblem.
    """
    plan = await plans.load(session, workspace_id, plan_id)
    store = None if plan is None else await stores.load(session, plan.store_id, lock=True)
    if plan is None or store is None or store.disconnected_at is not None:
        raise PlanProblem("gone")
    if await turn_ons.running(session, store.id) is not None:
        raise PlanProblem("running")
    if store.sync_status != "off":
        raise PlanProblem("already_on")
    choices = Choices.from_json(plan.choices)
    open_orders = OpenOrders(
        plan.figures["open_orders"],
        plan.figures["open_units"],
        plan.figures["by_ref"],
        # Plans made before these were asked for have none.
        plan.figures.get("undeducted", {}),
        plan.figures.get("asked"),
    )
    present = await lines_of(session, store, choices, open_orders)
    if not holds(await plans.lines(session, plan_id), present):
        return await make_plan(session, deps, store.id, choices, open_orders)
    now = deps.clock.now()
    await plans.confirm(session, plan_id, actor=actor, now=now)
    await keep(session, deps.queue, store, choices.agreed, actor=actor, now=now)
    if stock_items:
        await allow(session, store, actor=actor, now=now, plan_id=plan_id)
    names = await names_of(session, store, choices)
    await link(session, store.workspace_id, choices.locations, names, now=now)
    followed = await choose(session, deps, store, marketplaces, ships=True)
    if marketplaces and not followed:
        raise PlanProblem("gone")
    turn_on_id = await turn_ons.begin(
        session,
        workspace_id=workspace_id,
        store_id=store.id,
        plan_id=plan_id,
        actor=actor,
        channel=channel,
        now=now,
    )
    await stores.set_due(session, store.id, "orders", now)
    await deps.queue.enqueue(session, "orders", key=work_key("orders", store.id), store_id=store.id)
    return Confirmed(turn_on_id)
