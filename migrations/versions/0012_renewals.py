"""Listings that are sold out or expired, and what connectors remember about listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BEFORE = "state in ('active', 'inactive', 'archived')"
_NOW = "state in ('active', 'inactive', 'sold_out', 'expired', 'archived')"


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name="fk_mark_store_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "kind", "key", name="pk_mark"),
    )
    op.drop_constraint("ck_listing_state", "listing")
    op.create_check_constraint("state", "listing", _NOW)
    op.add_column(
        "listing",
        sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )
    op.execute("update listing set offered = false where state <> 'active'")


def downgrade() -> None:
    op.drop_column("listing", "offered")
    op.execute("update listing set state = 'inactive' where state in ('sold_out', 'expired')")
    op.drop_constraint("ck_listing_state", "listing")
    op.create_check_constraint("state", "listing", _BEFORE)
    op.drop_table("mark")
