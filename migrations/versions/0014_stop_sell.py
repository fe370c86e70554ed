"""Products that are not to be sold anywhere for now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("product", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("product", sa.Column("stopped_by", sa.Text(), nullable=True))
    op.create_index(
        "ix_product_stopped",
        "product",
        ["workspace_id"],
        postgresql_where=sa.text("stopped_at is not null"),
    )
    op.add_column(
        "target",
        sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )


def downgrade() -> None:
    op.drop_column("target", "stopped")
    op.drop_index("ix_product_stopped", table_name="product")
    op.drop_column("product", "stopped_by")
    op.drop_column("product", "stopped_at")
