"""The engine's world with shops of any platform behind one line."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.defaults import address
from connectors.protocol import Connector
from connectors.services import Services
from storage.database import Database
from tests.engine.world import SimulatedClock, Wire, World
from tests.platforms.sides import SIDES, Hosts, Side, label


class Market(World):
    """One workspace and its shops on several platforms; shops are known by name."""

    def __init__(self, database: Database, *shops: tuple[Side, str], clock: SimulatedClock) -> None:
        super().__init__(database, clock=clock)
        self.sides = {name: side for side, name in shops}
        self.shops = {name: side.make(name, clock) for side, name in shops}
        apps = {
            side.host: side.serve(
                [self.shops[name] for one, name in shops if one is side], sleep=clock.sleep
            )
            for side in self.sides.values()
        }
        self.wire = Wire(Hosts(apps), clock, label)
        self.base_urls = {side.key: side.address for side in self.sides.values()}

    def _try(
        self,
        platform: str,
        values: Mapping[str, str],
        base_url: str | None,
        settings: Mapping[str, Any],
        services: Services,
    ) -> AbstractAsyncContextManager[Connector]:
        side = next(side for side in SIDES if side.key == platform)
        return side.open(
            values,
            settings,
            address(platform, base_url, values),
            self.wire,
            services,
            clock=self.clock.now,
            sleep=self.clock.sleep,
        )

    async def connect(self, shop: str, **settings: Any) -> int:
        side = self.sides[shop]
        return await self.connect_with(
            side.credentials(self.shops[shop]),
            platform=side.key,
            base_url=side.address,
            **side.settings,
            **settings,
        )
