"""What a platform keeps in its own warehouses: where, copied when, into warehouses of ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_CAUSES = "'copy', 'order', 'change', 'count', 'received', 'transfer', 'adopt', 'undo'"
_PHASES = "'orders', 'reading', 'done', 'stopped'"


def upgrade() -> None:
    op.add_column("store", sa.Column("fba_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "store", sa.Column("fulfilment", sa.Text(), server_default="merchant", nullable=False)
    )
    op.create_check_constraint(
        "fulfilment", "store", "fulfilment in ('merchant', 'platform', 'both')"
    )
    op.add_column("warehouse", sa.Column("kind", sa.Text(), server_default="own", nullable=False))
    op.create_check_constraint("kind", "warehouse", "kind in ('own', 'fba')")
    op.create_table(
        "marketplace",
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tracked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=True),
        sa.Column("has_fba", sa.Boolean(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skus", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "left_out",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name="fk_marketplace_store_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
            name="fk_marketplace_warehouse_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "remote_id", name="pk_marketplace"),
        sa.UniqueConstraint("warehouse_id", name="uq_marketplace_warehouse_id"),
    )
    op.alter_column("turn_on", "plan_id", nullable=True)
    _check("movement", "cause", f"cause in ({_CAUSES}, 'fba')")
    _check("turn_on", "phase", f"phase in ({_PHASES}, 'fba')")


def downgrade() -> None:
    # What was copied stays in the ledger, as a copy.
    op.execute("update movement set cause = 'copy' where cause = 'fba'")
    op.execute("delete from turn_on where plan_id is null")
    _check("movement", "cause", f"cause in ({_CAUSES})")
    _check("turn_on", "phase", f"phase in ({_PHASES})")
    op.alter_column("turn_on", "plan_id", nullable=False)
    op.drop_table("marketplace")
    op.drop_constraint("ck_warehouse_kind", "warehouse")
    op.drop_column("warehouse", "kind")
    op.drop_constraint("ck_store_fulfilment", "store")
    op.drop_column("store", "fulfilment")
    op.drop_column("store", "fba_due_at")


def _check(table: str, column: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, rule)
