"""Runs the migrations on the connection that storage/schema.py hands over.

For writing a new one: `alembic -x url=postgresql://... revision --autogenerate -m "..."`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from alembic.runtime.environment import NameFilterParentNames, NameFilterType

from storage.database import parse_url
from storage.tables import metadata


def ours(name: str | None, kind: NameFilterType, _: NameFilterParentNames) -> bool:
    """Leave out the queue's tables: they are its package's, not our model's."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=ours,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, sa.Connection):
    run(given)
else:
    with sa.create_engine(
        parse_url(context.get_x_argument(as_dictionary=True)["url"])
    ).begin() as own:
        run(own)
