"""Adjustments by people: change by so many, or so many are on the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import facts, ledger, warehouses
from storage.ledger import Movement, StockRow
from sync import ledger as posting
from sync.deps import Deps
from sync.limits import LIMIT


class AdjustProblem(Exception):
    """An adjustment that cannot be booked; `read_only`: the platform keeps that stock."""

    def __init__(
        self,
        code: Literal["too_large", "unknown_product", "unknown_warehouse", "read_only", "negative"],
    ) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What an adjustment did."""

    on_hand_before: int
    on_hand_after: int
    available_after: int


async def change_by(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    product_id: int,
    warehouse_id: int,
    units: int,
    actor: str,
    note: str,
    key: str,
) -> Adjusted:
    """Change on hand by some units. The same key again changes nothing. Raises AdjustProblem."""
    return await _adjust(
        session,
        deps,
        workspace_id,
        product_id,
        warehouse_id,
        cause="change",
        delta=lambda _: units,
        actor=actor,
        note=note,
        key=key,
    )


async def received(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    product_id: int,
    warehouse_id: int,
    units: int,
    actor: str,
    note: str,
    key: str,
) -> Adjusted:
    """Add units that arrived. The same key again changes nothing. Raises AdjustProblem."""
    if units < 1:
        raise AdjustProblem("negative")
    return await _adjust(
        session,
        deps,
        workspace_id,
        product_id,
        warehouse_id,
        cause="received",
        delta=lambda _: units,
        actor=actor,
        note=note,
        key=key,
    )


async def counted(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    product_id: int,
    warehouse_id: int,
    on_hand: int,
    actor: str,
    note: str,
    key: str,
) -> Adjusted:
    """Make on hand what was counted on the shelf, whatever is committed of it.

    A sold unit that still stands on the shelf is among the counted. The same key
    again changes nothing. Raises AdjustProblem.
    """
    if on_hand < 0:
        raise AdjustProblem("negative")
    return await _adjust(
        session,
        deps,
        workspace_id,
        product_id,
        warehouse_id,
        cause="count",
        delta=lambda level: on_hand - level.on_hand,
        actor=actor,
        note=note,
        key=key,
    )


async def _adjust(
    session: AsyncSession,
    deps: Deps,
    workspace_id: int,
    product_id: int,
    warehouse_id: int,
    *,
    cause: str,
    delta: Callable[[StockRow], int],
    actor: str,
    note: str,
    key: str,
) -> Adjusted:
    if await facts.product_by_id(session, workspace_id, product_id) is None:
        raise AdjustProblem("unknown_product")
    kind = await warehouses.kind_of(session, workspace_id, warehouse_id)
    if kind != "own":
        raise AdjustProblem("unknown_warehouse" if kind is None else "read_only")
    before = await ledger.ensure_level(
        session, workspace_id=workspace_id, product_id=product_id, warehouse_id=warehouse_id
    )
    units = delta(before)
    if abs(units) > LIMIT or abs(before.on_hand + units) > LIMIT:
        raise AdjustProblem("too_large")
    now = deps.clock.now()
    change_set = await ledger.add_change_set(
        session,
        workspace_id=workspace_id,
        store_id=None,
        kind=cause,
        actor=actor,
        note=note,
        now=now,
    )
    new = await posting.post(
        session,
        deps.queue,
        workspace_id=workspace_id,
        movements=[
            Movement(
                product_id=product_id,
                warehouse_id=warehouse_id,
                on_hand_delta=units,
                committed_delta=0,
                cause=cause,
                cause_key=f"adjust:{key}",
                change_set_id=change_set,
            )
        ],
        change_set_id=change_set,
        now=now,
    )
    after = await ledger.level(session, product_id, warehouse_id)
    if after is None:  # it was locked above
        raise AdjustProblem("unknown_product")
    return Adjusted(
        on_hand_before=before.on_hand if new else after.on_hand - units,
        on_hand_after=after.on_hand,
        available_after=after.available,
    )
