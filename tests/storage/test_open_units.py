"""What stores still have to send: only what the ledger holds as committed, by store."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from storage import open_units, people, stores
from storage.database import Database
from storage.open_units import OpenUnits

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_committed_units_are_counted_by_store(database: Database) -> None:
    async with database.transaction() as session:
        workspace = (await people.ensure_workspace(session, "T1", "One", NOW)).id
        made = [
            await stores.add(
                session,
                workspace_id=workspace,
                platform="shopify",
                account_id=name,
                name=name,
                currency="EUR",
                base_url=None,
                settings={},
                actor="U1",
                now=NOW,
            )
            for name in ("alpha", "beta")
        ]
        for order, lines in {"o1": (2, 3), "o2": (1, 0), "o3": (0,)}.items():
            await session.execute(
                text("""
                    with placed as (
                        insert into customer_order (workspace_id, store_id, remote_id, name, state,
                                                    placed_at, stamp, seen_at)
                        values (:workspace, :store, :order, :order, 'open', :now, :now, :now)
                        returning id)
                    insert into order_line (workspace_id, store_id, order_id, remote_id, sku,
                                            ordered, taken, committed, booked_committed)
                    select :workspace, :store, placed.id, n::text, 'S', 9, 9, 9, units
                    from placed, unnest(cast(:units as integer[])) with ordinality as l(units, n)"""),
                {
                    "workspace": workspace,
                    "store": made[0],
                    "order": order,
                    "units": list(lines),
                    "now": NOW,
                },
            )
        assert await open_units.of_stores(session, made) == {made[0]: OpenUnits(2, 6)}
        assert await open_units.of_stores(session, made[1:]) == {}
