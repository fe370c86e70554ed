"""A seller whose stock Amazon keeps, in part or in whole."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, US
from storage import fba, locations
from storage.database import Database
from storage.fba import MarketplaceRow
from sync import lifecycle, plan, show, turning_on_fba
from sync.choices import Choices, LocationChoice
from sync.open_orders import read_open_orders
from sync.tracking import read_marketplaces
from tests.engine.world import SimulatedClock
from tests.platforms.sides import AMAZON
from tests.platforms.world import Market

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIST = "summaries"  # what the world calls a question for FBA stock


class Seller(Market):
    """One account: MUG is sent by the merchant, CANDLE by Amazon, BOTH by both."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        super().__init__(database, (AMAZON, "here"), clock=clock)
        shop: Any = self.shops["here"]
        self.shop = shop
        shop.add_listing("MUG", 10)
        shop.add_listing("CANDLE", channels=(AMAZONS,))
        shop.add_listing("BOTH", 7, channels=(OURS, AMAZONS))
        for sku, us, ca in (("CANDLE", 25, 4), ("BOTH", 12, 0)):
            shop.add_fba(sku, us, US)
            shop.add_fba(sku, ca, CA)
        self.store = 0

    async def open(self) -> None:
        await self.begin()
        self.store = await self.connect("here")
        await read_marketplaces(self.deps(), self.store)

    async def follow(self, *where: str) -> None:
        """Turn sync on for FBA alone."""
        async with self.database.transaction() as session:
            await turning_on_fba.start(
                session,
                self.deps(),
                workspace_id=self.workspace_id,
                store_id=self.store,
                marketplaces=where,
                actor="U1",
                channel=None,
            )
        await self.work()

    async def both(self, *where: str) -> None:
        """Turn sync on for what the merchant sends, copied, and follow FBA as well."""
        deps = self.deps()
        async with self.database.transaction() as session:
            (place,) = await locations.of_store(session, self.store)
        choices = Choices("copy", (LocationChoice(place.id, "new", None),))
        orders = await read_open_orders(deps, self.store)
        async with self.database.transaction() as session:
            made = await plan.make_plan(session, deps, self.store, choices, orders)
        async with self.database.transaction() as session:
            done = await plan.confirm_plan(
                session,
                deps,
                plan_id=made.id,
                actor="U1",
                channel=None,
                workspace_id=self.workspace_id,
                marketplaces=where,
            )
        assert isinstance(done, plan.Confirmed)
        await self.until_on(self.store)

    async def places(self) -> dict[str, MarketplaceRow]:
        async with self.database.transaction() as session:
            return {one.country: one for one in await fba.of_store(session, self.store)}

    async def held(self, country: str) -> dict[str, int]:
        """What our warehouse of a marketplace holds, by SKU."""
        house = (await self.places())[country].warehouse_id
        async with self.database.transaction() as session:
            found = await session.execute(
                text("""
                    select p.sku, s.available from stock s join product p on p.id = s.product_id
                    where s.warehouse_id = :house and s.counted_at is not null"""),
                {"house": house},
            )
            return {row.sku: row.available for row in found}

    async def product(self, sku: str) -> show.ProductView:
        async with self.database.transaction() as session:
            found = await show.find_product(session, self.workspace_id, sku)
        assert found is not None
        return found

    async def off(self) -> None:
        async with self.database.transaction() as session:
            await lifecycle.turn_off(
                session,
                self.deps(),
                workspace_id=self.workspace_id,
                store_id=self.store,
                actor="U1",
            )

    async def days(self, number: float) -> None:
        await self.run(DAY * number, step=timedelta(minutes=10))

    def lists(self) -> int:
        return Counter(self.wire.calls)[LIST]
