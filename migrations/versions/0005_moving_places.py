"""Places that are linked or moved while sync is on: what their numbers start from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("location", sa.Column("early_orders_counted", sa.Boolean(), nullable=True))
    op.add_column(
        "target",
        sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "ix_target_waits", "target", ["store_id"], postgresql_where=sa.text("waits")
    )


def downgrade() -> None:
    op.drop_index("ix_target_waits", table_name="target")
    op.drop_column("target", "waits")
    op.drop_column("location", "early_orders_counted")
