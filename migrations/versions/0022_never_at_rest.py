"""What never rests: readings taken all the same, and stores that ask us to wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("probe_unsure", "unsure"):
        op.add_column(
            "target", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
    op.add_column(
        "target", sa.Column("discarded", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    _index("shown is null or stale_at is not null or unsure")
    op.add_column(
        "store", sa.Column("throttled", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )


def downgrade() -> None:
    op.drop_column("store", "throttled")
    _index("probe_hi is null and (shown is null or stale_at is not null)")
    for name in ("discarded", "unsure", "probe_unsure"):
        op.drop_column("target", name)


def _index(wanted: str) -> None:
    op.drop_index("ix_target_unknown", "target")
    op.create_index(
        "ix_target_unknown",
        "target",
        ["store_id"],
        postgresql_where=sa.text(wanted),
    )
