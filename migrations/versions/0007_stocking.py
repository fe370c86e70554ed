"""Items that are to be stocked at a location, and lines of a plan about those that are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = ("up", "down", "to_zero", "from_zero", "same", "uncounted", "left_alone")


def upgrade() -> None:
    op.add_column(
        "target",
        sa.Column("stocking", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "ix_target_stocking", "target", ["store_id"], postgresql_where=sa.text("stocking")
    )
    _allow(*BEFORE, "not_stocked")


def downgrade() -> None:
    op.execute("delete from plan_line where kind = 'not_stocked'")
    _allow(*BEFORE)
    op.execute("delete from target where stocking")
    op.drop_index("ix_target_stocking", table_name="target")
    op.drop_column("target", "stocking")


def _allow(*kinds: str) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_plan_line_kind"), "plan_line", type_="check")
    op.create_check_constraint(op.f("ck_plan_line_kind"), "plan_line", f"kind in ({allowed})")
