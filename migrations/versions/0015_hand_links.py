"""Products that people chose for listings by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("chosen_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_listing_chosen_id", "listing", "product", ["chosen_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_listing_chosen_id", "listing", ["chosen_id"])


def downgrade() -> None:
    op.drop_index("ix_listing_chosen_id", "listing")
    op.drop_constraint("fk_listing_chosen_id", "listing")
    op.drop_column("listing", "chosen_id")
