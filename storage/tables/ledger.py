"""The ledger, and the orders that move it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from storage.tables.base import identity, json, metadata, moment, one_of, ref, text, whole

change_set = sa.Table(
    "change_set",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store", null=True),
    text("kind"),
    text("actor"),
    text("note", ""),
    moment("at", null=False),
    ref("undoes_id", "change_set", null=True),  # the act that this one takes back
    sa.UniqueConstraint("undoes_id"),
    sa.Index(None, "workspace_id", "id"),
)

movement = sa.Table(
    "movement",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("product_id", "product"),
    ref("warehouse_id", "warehouse"),
    whole("on_hand_delta"),
    whole("committed_delta"),
    text("cause"),
    text("cause_key"),
    ref("change_set_id", "change_set", null=True),
    ref("order_line_id", "order_line", null=True),
    moment("at", null=False),
    sa.UniqueConstraint("workspace_id", "cause_key"),
    sa.Index(None, "product_id", "warehouse_id", "id"),
    sa.Index(
        "ix_movement_acts",
        "change_set_id",
        postgresql_where=sa.text("change_set_id is not null and cause <> 'order'"),
    ),
    one_of(
        "cause",
        "copy",
        "order",
        "change",
        "count",
        "received",
        "transfer",
        "adopt",
        "undo",
        "fba",
    ),
)

# The sums of the movements, kept beside them in the same transaction (R1).
stock = sa.Table(
    "stock",
    metadata,
    ref("product_id", "product"),
    ref("warehouse_id", "warehouse"),
    ref("workspace_id", "workspace"),
    whole("on_hand", 0),
    whole("committed", 0),
    sa.Column("available", sa.Integer, sa.Computed("on_hand - committed", persisted=True)),
    moment("counted_at"),  # first copy, count or change; an order alone counts nothing
    sa.PrimaryKeyConstraint("product_id", "warehouse_id"),
    sa.Index(None, "warehouse_id"),
)

# Counts and deliveries of many SKUs, looked at by a person before they are booked.
stock_sheet = sa.Table(
    "stock_sheet",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    ref("workspace_id", "workspace"),
    text("slack_user"),
    text("kind"),
    ref("warehouse_id", "warehouse"),
    text("reason"),
    text("pasted"),  # as it was typed, so that going back loses nothing
    json("seen"),  # product -> on hand as the person saw it; null: not counted then
    moment("created_at", null=False),
    ref("change_set_id", "change_set", null=True),  # null until it is booked
    sa.Index(None, "created_at"),
    one_of("kind", "count", "receive"),
)

customer_order = sa.Table(
    "customer_order",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    text("remote_id"),
    text("name"),
    text("state"),
    moment("placed_at", null=False),
    moment("stamp", null=False),  # the store's time of the version read last
    moment("seen_at", null=False),  # when any reading met it last
    sa.UniqueConstraint("store_id", "remote_id"),
    one_of("state", "open", "closed", "cancelled"),
)

order_line = sa.Table(
    "order_line",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    ref("order_id", "customer_order"),
    text("remote_id"),
    text("ref", null=True),
    text("sku"),
    text("location_remote_id", null=True),
    ref("listing_id", "listing", null=True),
    ref("product_id", "product", null=True),
    ref("warehouse_id", "warehouse", null=True),
    whole("ordered"),
    whole("taken"),
    whole("committed"),
    whole("deducted", 0),  # units that the store's own number lacks because of the line
    whole("baseline_taken", 0),  # units that our numbers already lacked when they were set
    whole("booked_available", 0),
    whole("booked_committed", 0),
    whole("bookings", 0),
    text("unbooked", null=True),  # why the line has no effect; null when it has
    sa.UniqueConstraint("order_id", "remote_id"),
    sa.Index(None, "store_id", "product_id"),
    sa.Index(None, "product_id"),
)
