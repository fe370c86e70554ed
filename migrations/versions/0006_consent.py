"""Connecting by a platform's own page: what a link remembers while its person is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connect_link", sa.Column("state_hash", sa.LargeBinary(), nullable=True))
    op.add_column("connect_link", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("uq_connect_link_state_hash", "connect_link", ["state_hash"])


def downgrade() -> None:
    op.drop_constraint("uq_connect_link_state_hash", "connect_link", type_="unique")
    op.drop_column("connect_link", "sealed")
    op.drop_column("connect_link", "state_hash")
