"""Acts that were undone, each once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("change_set", sa.Column("undoes_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_change_set_undoes_id",
        "change_set",
        "change_set",
        ["undoes_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_unique_constraint("uq_change_set_undoes_id", "change_set", ["undoes_id"])
    op.create_index("ix_change_set_workspace_id_id", "change_set", ["workspace_id", "id"])
    op.create_index(
        "ix_movement_acts",
        "movement",
        ["change_set_id"],
        postgresql_where=sa.text("change_set_id is not null and cause <> 'order'"),
    )


def downgrade() -> None:
    op.drop_index("ix_movement_acts", "movement")
    op.drop_index("ix_change_set_workspace_id_id", "change_set")
    op.drop_constraint("uq_change_set_undoes_id", "change_set")
    op.drop_constraint("fk_change_set_undoes_id", "change_set")
    op.drop_column("change_set", "undoes_id")
