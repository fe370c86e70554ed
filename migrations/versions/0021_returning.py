"""What a store showed before our first push, to which it returns when that is undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The indexes of what is to be written know it, since a product may be stopped.
GOAL = (
    "case when stopped then 0 when returns_to is not null then greatest(returns_to, 0)"
    " else greatest(greatest(desired + braked, 0) + held, 0) end"
)
PHASES = ("orders", "reading", "done", "stopped", "fba")


def upgrade() -> None:
    op.add_column("target", sa.Column("earlier", sa.Integer()))
    op.add_column("target", sa.Column("pushed_by_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_target_pushed_by_id"),
        "target",
        "change_set",
        ["pushed_by_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_target_pushed",
        "target",
        ["pushed_by_id"],
        postgresql_where=sa.text("pushed_by_id is not null"),
    )
    op.add_column("target", sa.Column("returns_to", sa.Integer()))
    op.add_column("target", sa.Column("goal", sa.Integer(), sa.Computed(GOAL, persisted=True)))
    _index("goal")
    _allow(*PHASES, "returning")


def downgrade() -> None:
    op.execute("update turn_on set phase = 'stopped' where phase = 'returning'")
    _allow(*PHASES)
    _index("greatest(desired + held + braked, 0)")
    op.drop_column("target", "goal")
    op.drop_column("target", "returns_to")
    op.drop_index("ix_target_pushed", "target")
    op.drop_column("target", "pushed_by_id")
    op.drop_column("target", "earlier")


def _index(goal: str) -> None:
    differs = f"shown is not null and greatest(shown, 0) <> {goal}"
    less = f"rejected is null and shown is not null and greatest(shown, 0) < {goal}"
    for name, columns, which in (
        ("ix_target_wanting", ["store_id"], f"attempt_id is null and {differs}"),
        ("ix_target_raising", ["store_id", "raised_at"], f"attempt_id is null and {less}"),
    ):
        op.drop_index(name, "target")
        op.create_index(name, "target", columns, postgresql_where=sa.text(which))


def _allow(*phases: str) -> None:
    op.drop_constraint(op.f("ck_turn_on_phase"), "turn_on")
    listed = ", ".join(f"'{phase}'" for phase in phases)
    op.create_check_constraint(op.f("ck_turn_on_phase"), "turn_on", f"phase in ({listed})")
