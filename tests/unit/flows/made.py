"""Values for the flows' tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flows.facts import Facts
from storage.facts import ListingCounts
from storage.plans import PlanLineView
from storage.rows import LocationRow
from storage.warehouses import WarehouseRow
from sync.choices import Choices
from sync.open_orders import OpenOrders
from sync.plan import OtherStore, PlanSummary, Rename
from sync.turn_on_facts import TurnOnFacts

COUNTS = ListingCounts(
    total=10,
    linked=7,
    no_sku=2,
    duplicate=1,
    renamed=0,
    ignored=0,
    untracked=0,
    sold_out=0,
    expired=0,
    inactive=0,
)


def location(number: int, name: str = "Main", **other: Any) -> LocationRow:
    base = LocationRow(number, f"gid://{number}", name, True, True, "open", None)
    return replace(base, **other)


def warehouse(number: int, name: str, counted: int = 0) -> WarehouseRow:
    return WarehouseRow(number, name, counted, [])


def store(**other: Any) -> TurnOnFacts:
    base = TurnOnFacts(
        store_id=1,
        store_name="Alpha",
        platform="shopify",
        platform_title="Shopify",
        has_locations=True,
        sync_status="off",
        importing=False,
        running=False,
        was_on=False,
        off_days=None,
        cannot=(),
        order_days=60,
        locations=(location(1),),
        warehouses=(),
        listings=COUNTS,
        stock_exists=False,
    )
    return replace(base, **other)


def facts(held: TurnOnFacts | None = None, **other: Any) -> Facts:
    return Facts(store=held or store(), **other)


def orders(number: int = 0, units: int = 0) -> OpenOrders:
    return OpenOrders(number, units, {"r1": units} if units else {})


def plan(number: int = 1, **other: Any) -> PlanSummary:
    base = PlanSummary(
        id=UUID(int=number),
        choices=Choices("copy", ()),
        counts={"same": 4, "up": 2, "to_zero": 1},
        unlinked={"no_sku": 2},
        sample=(PlanLineView("MUG", "A mug", "Main", "up", 3, 10),),
        renames=(Rename("Old", "Main", ("Beta, Main",)),),
        new_warehouses=("Main",),
        other_stores=(OtherStore("Beta", 3),),
        open_orders=1,
        open_units=2,
    )
    return replace(base, **other)
