"""Units that go from one warehouse to another: what it would do, and doing it as one act.

Only what is available may leave: committed units are sold from the shelf that they stand on,
and moving them would leave an order without its goods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, facts, ledger, prospects, warehouses
from storage.facts import ProductRow
from storage.ledger import Movement, StockRow
from storage.prospects import Shift
from sync import ledger as posting
from sync.deps import Deps
from sync.limits import LIMIT


class TransferProblem(Exception):
    """A transfer that cannot be booked; `available`: what may leave, where that is too little."""

    def __init__(
        self,
        code: Literal["unknown_product", "gone", "same", "uncounted", "too_much", "too_large"],
        available: int = 0,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.available = available


@dataclass(frozen=True, slots=True)
class Transfer:
    """Some units of a product on their way from a warehouse to another; units above 0."""

    product_id: int
    source_id: int
    goal_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Side:
    """One warehouse of a transfer: on hand before and after, and available after."""

    name: str
    before: int
    after: int
    available: int


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """What a transfer does to both warehouses and to what each store shows."""

    product: ProductRow
    source: Side
    goal: Side
    shifts: tuple[Shift, ...]


async def plan_transfer(
    session: AsyncSession, *, workspace_id: int, wanted: Transfer, lock: bool = False
) -> TransferPlan:
    """Work out what a transfer would do; with `lock`, levels stay as they are read.

    Raises TransferProblem.
    """
    product = await facts.product_by_id(session, workspace_id, wanted.product_id)
    if product is None:
        raise TransferProblem("unknown_product")
    names = {house.id: house.name for house in await warehouses.of_workspace(session, workspace_id)}
    if wanted.source_id not in names or wanted.goal_id not in names:
        raise TransferProblem("gone")
    if wanted.source_id == wanted.goal_id:
        raise TransferProblem("same")
    source, goal = await _levels(session, workspace_id, wanted, lock=lock)
    _require_there(source, goal, wanted.units)
    shifts = await prospects.shifts(
        session,
        workspace_id,
        [
            (wanted.product_id, wanted.source_id, -wanted.units),
            (wanted.product_id, wanted.goal_id, wanted.units),
        ],
    )
    return TransferPlan(
        product=product,
        source=_side(names[wanted.source_id], source, -wanted.units),
        goal=_side(names[wanted.goal_id], goal, wanted.units),
        shifts=tuple(shifts),
    )


async def transfer(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    wanted: Transfer,
    actor: str,
    note: str,
    key: str,
) -> TransferPlan | None:
    """Book a transfer: two movements of one change set (R1); None where the key did before.

    Raises TransferProblem.
    """
    places = [(wanted.product_id, wanted.source_id), (wanted.product_id, wanted.goal_id)]
    keys = [f"transfer:{key}:{end}" for end in ("out", "in")]
    if await facts.product_by_id(session, workspace_id, wanted.product_id) is None:
        raise TransferProblem("unknown_product")
    for _, house in places:
        if await warehouses.kind_of(session, workspace_id, house) != "own":
            raise TransferProblem("gone")
    # Locked first: whoever clicked twice waits here, then finds the movement.
    await ledger.ensure_levels(session, workspace_id=workspace_id, places=places)
    if await ledger.is_posted(session, workspace_id, keys[0]):
        return None
    plan = await plan_transfer(session, workspace_id=workspace_id, wanted=wanted, lock=True)
    now = deps.clock.now()
    change_set = await ledger.add_change_set(
        session,
        workspace_id=workspace_id,
        store_id=None,
        kind="transfer",
        actor=actor,
        note=note,
        now=now,
    )
    units = (-wanted.units, wanted.units)
    await posting.post(
        session,
        deps.queue,
        workspace_id=workspace_id,
        movements=[
            Movement(
                product_id=product,
                warehouse_id=house,
                on_hand_delta=delta,
                committed_delta=0,
                cause="transfer",
                cause_key=cause_key,
                change_set_id=change_set,
            )
            for (product, house), delta, cause_key in zip(places, units, keys, strict=True)
        ],
        change_set_id=change_set,
        now=now,
    )
    await audit.record(
        session,
        workspace_id,
        actor,
        "stock.transfer",
        now,
        subject=plan.product.sku,
        detail={
            "from": wanted.source_id,
            "to": wanted.goal_id,
            "units": wanted.units,
            "why": note,
            "change_set": change_set,
        },
    )
    return plan


async def _levels(
    session: AsyncSession, workspace_id: int, wanted: Transfer, *, lock: bool
) -> tuple[StockRow | None, StockRow | None]:
    source = (wanted.product_id, wanted.source_id)
    goal = (wanted.product_id, wanted.goal_id)
    if lock:
        held = await ledger.ensure_levels(session, workspace_id=workspace_id, places=[source, goal])
        return held[source], held[goal]
    return await ledger.level(session, *source), await ledger.level(session, *goal)


def _require_there(source: StockRow | None, goal: StockRow | None, units: int) -> None:
    if source is None or source.counted_at is None:
        raise TransferProblem("uncounted")
    if units > source.available:
        raise TransferProblem("too_much", max(0, source.available))
    if units + (goal.on_hand if goal else 0) > LIMIT:
        raise TransferProblem("too_large")


def _side(name: str, level: StockRow | None, units: int) -> Side:
    before, available = (level.on_hand, level.available) if level else (0, 0)
    return Side(name, before, before + units, available + units)
