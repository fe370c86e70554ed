"""Who uses it: workspaces, people, their drafts and links, and what they did."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from storage.tables.base import identity, json, metadata, moment, one_of, ref, text, whole

workspace = sa.Table(
    "workspace",
    metadata,
    identity(),
    sa.Column("team_id", sa.Text, nullable=False, unique=True),
    text("name", ""),
    text("alert_channel", null=True),
    whole("digest_hour", null=True),  # at which people are told of their day; null: never
    text("digest_zone", "UTC"),
    sa.Column("digest_on", sa.Date, nullable=True),  # the day of theirs that was told last
    # A change that the breaker keeps back goes out only by somebody else than who made it.
    sa.Column("second_person", sa.Boolean, nullable=False, server_default=sa.text("false")),
    moment("created_at", null=False),
    sa.CheckConstraint("digest_hour between 0 and 23", name="digest_hour"),
)

person = sa.Table(
    "person",
    metadata,
    ref("workspace_id", "workspace"),
    text("slack_user"),
    text("role"),
    moment("since", null=False),
    sa.PrimaryKeyConstraint("workspace_id", "slack_user"),
    one_of("role", "manager", "operator", "viewer"),
)

claim_code = sa.Table(
    "claim_code",
    metadata,
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    moment("created_at", null=False),
    moment("used_at"),
    ref("workspace_id", "workspace", null=True),
)

connect_link = sa.Table(
    "connect_link",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    ref("workspace_id", "workspace"),
    text("slack_user"),
    text("platform"),
    ref("store_id", "store", null=True),
    moment("created_at", null=False),
    moment("expires_at", null=False),
    moment("used_at"),
    whole("tries", 0),  # forms sent with values that did not work
    # While its person is on the platform's own page: by what they are known again, and what
    # they typed before, sealed.
    sa.Column("state_hash", sa.LargeBinary, nullable=True, unique=True),
    sa.Column("sealed", sa.LargeBinary, nullable=True),
)

# Calls that were made of what a platform allows in a period, by whoever shares it.
budget = sa.Table(
    "budget",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    moment("ends_at", null=False),
    whole("used"),
    sa.Index("ix_budget_ends_at", "ends_at"),
)

# What a connector has to remember about single listings of its store.
mark = sa.Table(
    "mark",
    metadata,
    ref("store_id", "store"),
    text("kind"),
    text("key"),
    moment("at", null=False),
    sa.PrimaryKeyConstraint("store_id", "kind", "key"),
)

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    ref("workspace_id", "workspace"),
    text("slack_user"),
    ref("store_id", "store"),
    text("flow"),
    text("step"),
    json("answers"),
    whole("revision", 0),
    moment("updated_at", null=False),
    moment("closed_at"),
    sa.Index(
        "uq_draft_open",
        "workspace_id",
        "slack_user",
        "store_id",
        "flow",
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    ),
)

audit = sa.Table(
    "audit",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    text("actor"),
    text("act"),
    text("subject", ""),
    json("detail"),
    text("link", null=True),
    moment("at", null=False),
    sa.Index(None, "workspace_id", "at"),
)

# Signed requests of the last minutes, so that a copy of one does nothing anywhere.
seen_request = sa.Table(
    "seen_request",
    metadata,
    sa.Column("signature_hash", sa.LargeBinary, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)
