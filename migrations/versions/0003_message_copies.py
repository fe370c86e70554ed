"""Where a message to several managers stands with each of them, so that each copy is edited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_copy",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("turn_on_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(incident_id is null) <> (turn_on_id is null)",
            name=op.f("ck_message_copy_about"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_message_copy_incident_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["turn_on_id"],
            ["turn_on.id"],
            name=op.f("fk_message_copy_turn_on_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_message_copy")),
    )
    op.create_index(op.f("ix_message_copy_incident_id"), "message_copy", ["incident_id"])
    op.create_index(op.f("ix_message_copy_turn_on_id"), "message_copy", ["turn_on_id"])


def downgrade() -> None:
    op.drop_table("message_copy")
