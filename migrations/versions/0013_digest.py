"""When a workspace is told of its day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("digest_hour", sa.Integer(), nullable=True))
    op.add_column(
        "workspace", sa.Column("digest_zone", sa.Text(), nullable=False, server_default="UTC")
    )
    op.add_column("workspace", sa.Column("digest_on", sa.Date(), nullable=True))
    op.create_check_constraint("digest_hour", "workspace", "digest_hour between 0 and 23")


def downgrade() -> None:
    op.drop_constraint("ck_workspace_digest_hour", "workspace")
    for name in ("digest_on", "digest_zone", "digest_hour"):
        op.drop_column("workspace", name)
