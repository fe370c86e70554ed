"""Failures, and what is said about them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.base import identity, json, metadata, moment, ref, text, whole

incident = sa.Table(
    "incident",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store", null=True),
    text("kind"),
    text("subject", ""),
    json("facts"),
    moment("opened_at", null=False),
    moment("last_at", null=False),
    whole("repeats", 0),
    moment("closed_at"),
    text("acknowledged_by", null=True),
    moment("snoozed_until"),
    text("channel", null=True),
    text("message_ts", null=True),
    sa.Index(
        "uq_incident_open",
        "workspace_id",
        sa.text("coalesce(store_id, 0)"),
        "kind",
        "subject",
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    ),
)

# Messages that were sent to several people: where they stand with the others.
message_copy = sa.Table(
    "message_copy",
    metadata,
    text("channel"),
    text("ts"),
    ref("incident_id", "incident", null=True),
    ref("turn_on_id", "turn_on", null=True),
    sa.PrimaryKeyConstraint("channel", "ts"),
    sa.Index(None, "incident_id"),
    sa.Index(None, "turn_on_id"),
    sa.CheckConstraint("(incident_id is null) <> (turn_on_id is null)", name="about"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("incident_id", "incident", null=True),
    text("kind"),
    json("payload"),
    moment("created_at", null=False),
    moment("not_before", null=False),
    moment("sent_at"),
    whole("tries", 0),
    text("problem", null=True),
    sa.Index("ix_outbox_waiting", "not_before", postgresql_where=sa.text("sent_at is null")),
)
