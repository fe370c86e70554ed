"""Writes that a store accepts first and applies later: what is known of them until they end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("pending_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looming", sa.Integer(), nullable=True),
        sa.Column("accepted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_before", sa.Integer(), nullable=True),
    ):
        op.add_column("target", column)
    # So far a number was waited for as long as it could land.
    op.execute("update target set pending_until = unsettled_until where pending is not null")
    op.add_column("attempt_item", sa.Column("handle", sa.Text(), nullable=True))
    for name in ("accepted_at", "poll_at"):
        op.add_column("attempt_item", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    # Without a handle nobody can ask: such a write has been read back long ago.
    op.execute("update attempt_item set outcome = 'unknown' where outcome = 'accepted'")
    op.create_index(
        "ix_attempt_item_open",
        "attempt_item",
        ["poll_at"],
        postgresql_where=sa.text("outcome = 'accepted'"),
    )


def downgrade() -> None:
    op.drop_index("ix_attempt_item_open", table_name="attempt_item")
    for name in ("poll_at", "accepted_at", "handle"):
        op.drop_column("attempt_item", name)
    for name in ("shown_before", "accepted_until", "looming", "pending_until"):
        op.drop_column("target", name)
