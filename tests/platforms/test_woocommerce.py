"""What is particular about WooCommerce, through the whole engine: plugins that make other numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.database import Database
from tests.platforms.sides import WOOCOMMERCE
from tests.platforms.test_behaviour import numbers, synced


async def test_r6_a_number_that_the_store_rounds_is_refused_and_goes_no_further(
    database: Database,
) -> None:
    """It was taken for a sale that nobody had read, and written lower, again and again."""
    market = await synced(database, WOOCOMMERCE)
    shop: Any = market.shops["here"]
    shop.pack = 2
    await market.adjust("MUG", -3)
    await market.rest(timedelta(minutes=42))
    assert numbers(market) == (8, 7)
    assert [kind for kind, _, still in await market.incidents() if still] == ["item_refused"]
    shop.pack = 1
    await market.rest(timedelta(hours=2))
    assert numbers(market) == (7, 7)
