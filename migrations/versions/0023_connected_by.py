"""Who connected a store, and is shown when its products have been read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("store", sa.Column("connected_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("store", "connected_by")
