"""Turning sync on: the plans that people confirm, and their runs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from storage.tables.base import identity, json, metadata, moment, one_of, ref, text, whole

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    json("choices"),
    json("figures"),
    moment("made_at", null=False),
    moment("confirmed_at"),
    text("confirmed_by", null=True),
)

plan_line = sa.Table(
    "plan_line",
    metadata,
    sa.Column(
        "plan_id", UUID(as_uuid=True), sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False
    ),
    ref("listing_id", "listing"),
    ref("location_id", "location"),
    text("kind"),
    whole("now", null=True),
    whole("becomes", null=True),
    sa.Column(
        "parts", sa.ARRAY(sa.Integer), nullable=False, server_default=sa.text("'{}'::integer[]")
    ),  # what it becomes the sum of, before the store's own limits
    sa.PrimaryKeyConstraint("plan_id", "listing_id", "location_id"),
    one_of(
        "kind",
        "up",
        "down",
        "to_zero",
        "from_zero",
        "same",
        "uncounted",
        "left_alone",
        "not_stocked",
    ),
)

turn_on = sa.Table(
    "turn_on",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    # Null where nothing but FBA is turned on: that writes nothing, so it has no plan.
    sa.Column("plan_id", UUID(as_uuid=True), sa.ForeignKey("plan.id"), nullable=True),
    text("phase", "orders"),
    text("actor"),
    text("channel", null=True),  # where the progress message stands
    text("message_ts", null=True),
    text("stopped", null=True),  # why it was given up
    moment("started_at", null=False),
    moment("done_at"),
    one_of("phase", "orders", "reading", "done", "stopped", "fba", "returning"),
    sa.Index(
        "uq_turn_on_running",
        "store_id",
        unique=True,
        postgresql_where=sa.text("done_at is null"),
    ),
)
