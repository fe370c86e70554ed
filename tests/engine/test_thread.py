"""The seed's example: two shops, one warehouse; a sale in either shows in both."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.world import World


async def test_copy_then_keep_then_sales_travel(world: World) -> None:
    alpha = await world.connect("alpha")
    beta = await world.connect("beta")
    await world.turn_on(alpha, "copy")
    assert await world.level("MUG") == (10, 0, 10)
    assert world.shown("beta", "MUG") == 3

    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await world.rest()
    assert world.shown("beta", "MUG") == 10

    world.shops["alpha"].sell("MUG", 2)
    await world.run(timedelta(seconds=70))
    assert world.shown("beta", "MUG") == 8
    world.shops["beta"].sell("CUP", 1)
    await world.run(timedelta(seconds=70))
    assert world.shown("alpha", "CUP") == 4
    assert await world.level("MUG") == (10, 2, 8)

    await world.adjust("MUG", 5)
    await world.rest()
    assert (world.shown("alpha", "MUG"), world.shown("beta", "MUG")) == (13, 13)
    assert (await world.summary(alpha)).agree == 2
    assert (await world.summary(beta)).agree == 2
    assert await world.imbalances() == []
    assert await world.incidents() == []
