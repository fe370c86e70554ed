"""Once a day the orders of the last days are read again, for those that were listable late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("store", sa.Column("looked_back_at", sa.DateTime(timezone=True)))
    op.add_column("store", sa.Column("orders_from", sa.DateTime(timezone=True)))
    op.add_column("target", sa.Column("held_from", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("target", "held_from")
    op.drop_column("store", "orders_from")
    op.drop_column("store", "looked_back_at")
