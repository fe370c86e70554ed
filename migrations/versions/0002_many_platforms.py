"""What stores that compare nothing, and lower their number late, ask of the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("store", sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=True))
    op.create_index(op.f("ix_attempt_store_id_created_at"), "attempt", ["store_id", "created_at"])
    op.add_column("attempt", sa.Column("read_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "order_line",
        sa.Column("deducted", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    # So far every store lowered its number by all that a line took.
    op.execute("update order_line set deducted = taken")
    op.add_column(
        "target",
        sa.Column(
            "windows",
            postgresql.TSTZMULTIRANGE(),
            server_default=sa.text("'{}'::tstzmultirange"),
            nullable=False,
        ),
    )
    op.add_column("target", sa.Column("pending", sa.Integer(), nullable=True))
    op.create_index(
        "ix_target_windows",
        "target",
        ["store_id"],
        unique=False,
        postgresql_where=sa.text("not isempty(windows)"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_target_windows",
        table_name="target",
        postgresql_where=sa.text("not isempty(windows)"),
    )
    op.drop_column("target", "pending")
    op.drop_column("target", "windows")
    op.drop_column("order_line", "deducted")
    op.drop_column("attempt", "read_from")
    op.drop_index(op.f("ix_attempt_store_id_created_at"), table_name="attempt")
    op.drop_column("store", "scopes")
