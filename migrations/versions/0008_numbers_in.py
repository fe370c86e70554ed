"""Counts and deliveries of many SKUs, transfers, and low-stock levels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD = "cause in ('copy', 'order', 'change', 'count', 'adopt', 'undo')"
NEW = "cause in ('copy', 'order', 'change', 'count', 'received', 'transfer', 'adopt', 'undo')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_movement_cause"), "movement")
    op.create_check_constraint(op.f("ck_movement_cause"), "movement", NEW)
    op.add_column("product", sa.Column("low_level", sa.Integer(), nullable=True))
    op.create_table(
        "stock_sheet",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("pasted", sa.Text(), nullable=False),
        sa.Column(
            "seen",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_set_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('count', 'receive')", name=op.f("ck_stock_sheet_kind")),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_stock_sheet_{table}_id"),
                ondelete="CASCADE",
            )
            for table in ("workspace", "warehouse", "change_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_sheet")),
    )
    op.create_index(op.f("ix_stock_sheet_created_at"), "stock_sheet", ["created_at"])


def downgrade() -> None:
    op.drop_table("stock_sheet")
    op.drop_column("product", "low_level")
    # What was received or moved stays what it is: a change by a person.
    op.execute("update movement set cause = 'change' where cause in ('received', 'transfer')")
    op.drop_constraint(op.f("ck_movement_cause"), "movement")
    op.create_check_constraint(op.f("ck_movement_cause"), "movement", OLD)
