"""The tables. Every row belongs to one workspace, directly or through its store.

Quantities are whole units; times are `timestamptz` in UTC. `sku_key` is the SKU
trimmed and case-folded, for comparing; `sku` is what the store says, for sending.
"""

from __future__ import annotations

from storage.tables.base import metadata
from storage.tables.catalogue import (
    credential,
    listing,
    listing_level,
    location,
    location_warehouse,
    marketplace,
    product,
    store,
    warehouse,
)
from storage.tables.ledger import (
    change_set,
    customer_order,
    movement,
    order_line,
    stock,
    stock_sheet,
)
from storage.tables.people import (
    audit,
    budget,
    claim_code,
    connect_link,
    draft,
    mark,
    person,
    seen_request,
    workspace,
)
from storage.tables.targets import attempt, attempt_item, jolt, target
from storage.tables.told import incident, message_copy, outbox
from storage.tables.turning_on import plan, plan_line, turn_on

__all__ = [
    "attempt",
    "attempt_item",
    "audit",
    "budget",
    "change_set",
    "claim_code",
    "connect_link",
    "credential",
    "customer_order",
    "draft",
    "incident",
    "jolt",
    "listing",
    "listing_level",
    "location",
    "location_warehouse",
    "mark",
    "marketplace",
    "message_copy",
    "metadata",
    "movement",
    "order_line",
    "outbox",
    "person",
    "plan",
    "plan_line",
    "product",
    "seen_request",
    "stock",
    "stock_sheet",
    "store",
    "target",
    "turn_on",
    "warehouse",
    "workspace",
]
