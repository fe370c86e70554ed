"""What people do in a figure: change many counts at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text

from storage import ledger as movements
from storage.database import Database
from storage.ledger import Movement
from storage.queue import Queue
from sync import ledger


async def change_counts(
    database: Database, queue: Queue, count: int, units: Callable[[int], int], now: datetime
) -> None:
    """Change the counts of the first so many products, each by `units` of its place, as one act."""
    async with database.transaction() as session:
        found = await session.execute(
            text("select id from product order by id limit :count"), {"count": count}
        )
        products = list(found.scalars())
        warehouse = int((await session.execute(text("select min(id) from warehouse"))).scalar_one())
        change_set = await movements.add_change_set(
            session,
            workspace_id=1,
            store_id=None,
            kind="change",
            actor="U0BENCH",
            note="A count sheet",
            now=now,
        )
        await ledger.post(
            session,
            queue,
            workspace_id=1,
            movements=[
                Movement(
                    product_id=product,
                    warehouse_id=warehouse,
                    on_hand_delta=units(place),
                    committed_delta=0,
                    cause="change",
                    cause_key=f"bench:{change_set}:{product}",
                    change_set_id=change_set,
                )
                for place, product in enumerate(products)
            ],
            change_set_id=change_set,
            now=now,
        )
