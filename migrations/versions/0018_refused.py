"""An index of what stores refused, so that looking whether it is over reads nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_target_refused",
        "target",
        ["store_id"],
        postgresql_where=sa.text("rejected is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_target_refused", "target")
