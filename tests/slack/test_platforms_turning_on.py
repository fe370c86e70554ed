"""A store of each platform that shows one number, turned on in Slack: from its steps to a sale."""

from __future__ import annotations

from datetime import timedelta

from connectors.catalog import PLATFORMS
from tests.platforms.sides import Side
from tests.slack.merchant import (
    a_while,
    ask_for_page,
    begin,
    choose_alerts,
    connect,
    every,
    filled_in,
    joined,
    pick,
    plan_rows,
    told,
    turned_on,
    values_of,
)
from tests.slack.office import Office, block_of, connect_url, fetch, see


@every
async def test_copy_into_a_new_warehouse_and_a_sale_that_travels(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    url = await ask_for_page(made, side.key)
    assert (await fetch(url, filled_in(side, made)))[0] == 200
    name = (await made.rows("select name from store"))[0].name
    assert "Reading products" in await made.slash(made.manager, "status")
    await world.work()
    status = await made.slash(made.manager, "status")
    assert f"*{name}*  ·  {side.key}".casefold() in status.casefold()
    assert "2 listings, 2 linked, 0 not linked" in status
    here = (await world.summary(1)).id

    read = await begin(made, name, "copy")
    await made.submit(made.manager)
    read += await see(made, "The plan")
    assert "There are no open orders now" in read
    assert "location" not in read.casefold()
    rows = await plan_rows(made)
    assert {row["SKU"]: (row["Shows now"], row["Will show"]) for row in rows} == {
        "MUG": ("10", "10"),
        "CUP": ("5", "5"),
    }
    await turned_on(made, here)
    assert "write" not in world.wire.calls

    there = await world.connect("there")
    await world.turn_on(there, "keep", warehouse_id=await world.warehouse())
    await world.rest(a_while(side))
    assert world.shown("there", "MUG") == 10
    world.shops["here"].sell("MUG", 2)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (8, 8)
    world.shops["there"].sell("MUG", 3)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (5, 5)
    assert f"{name}: shows 5 of 5 wanted" in await made.slash(made.viewer, "show MUG")
    assert "2 agree" in await made.slash(made.viewer, f"status {name}")


@every
async def test_copy_into_a_second_warehouse_shows_the_sum(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    await joined(made)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    read = await begin(made, name, "copy")
    await pick(made, "Main warehouse", f"New warehouse: {name}")
    await made.submit(made.manager)
    read += await see(made, "Which warehouse receives the store's stock?")
    [new] = values_of(made, block_of(made.manager, "receives"), f"New warehouse: {name}")
    await made.manager.choose("answer", new, block_id=block_of(made.manager, "receives"))
    await made.submit(made.manager)
    read += await see(made, "The plan")
    assert f"shows the sum of Main warehouse and {name}" in read
    assert "MUG: shows 10, will show 13 (10 + 3)" in read
    rows = {row["SKU"]: row for row in await plan_rows(made)}
    assert (rows["MUG"]["Shows now"], rows["MUG"]["Will show"]) == ("10", "13")
    await turned_on(made, here)
    # A number goes up only when no sale can be on its way any more.
    await world.rest(PLATFORMS[side.key].traits.order_lag + a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (13, 3)
    assert f"{name}: shows 13 of 13 wanted" in await made.slash(made.viewer, "show MUG")
    world.shops["there"].sell("MUG", 1)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (12, 2)


@every
async def test_dont_copy_names_the_warehouses_and_their_sum(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    there = await joined(made)
    await made.rows(
        "insert into warehouse (workspace_id, name, name_key, created_at) "
        "select workspace_id, 'Attic', 'attic', created_at from warehouse limit 1"
    )
    attic = (await made.rows("select id from warehouse where name = 'Attic'"))[0].id
    product = (await made.rows("select id from product where sku = 'MUG'"))[0].id
    await world.change(product, attic, 4)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    read = await begin(made, name, "keep")
    await pick(made, "Main warehouse", "Attic")
    await made.submit(made.manager)
    read = await see(made, "Which warehouse are orders taken from?")
    for words in ("Main warehouse", "8 units", "Attic", "4 units", "Together", "12 units"):
        assert words in read
    await made.submit(made.manager)
    read = await see(made, "The plan")
    assert "shows the sum of Main warehouse and Attic" in read
    await turned_on(made, here)
    await world.rest(timedelta(minutes=6))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (7, 3)
    assert (await world.summary(there)).agree == 2
    world.shops["here"].sell("MUG", 2)
    await world.rest(timedelta(minutes=4))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (5, 1)


@every
async def test_access_that_dies_on_the_way_is_one_alert_until_reconnected(
    made: Office, side: Side
) -> None:
    world = made.world
    await choose_alerts(made)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    await begin(made, name, "copy")
    await made.submit(made.manager)
    await see(made, "The plan")
    await made.submit(made.manager)
    await see(made, "Sync is being turned on")
    await made.manager.close()
    old = filled_in(side, made)
    side.lock(world.shops["here"])  # and it stays so: only new ones open the store again
    await world.rest(timedelta(minutes=6))
    await made.deliver()
    alerts = [text for text in told(made) if "can no longer sign in" in text]
    assert [f"sign in to {name}" in text for text in alerts] == [True]
    assert "Reconnect" in alerts[0]
    assert (await world.summary(here)).sync_status == "off"
    assert "Needs reconnect" in await made.slash(made.viewer, "status")

    ts = next(m["ts"] for m in made.manager.messages("stock-alerts") if "sign in to" in m["text"])
    await made.click(made.manager, "reconnect", on="message", ts=ts)
    url = await connect_url(made, made.manager.ephemerals()[-1])
    status, page, _ = await fetch(url, old)
    assert (status, page.count('class="error"')) == (422, 1)
    assert (await fetch(url, filled_in(side, made)))[0] == 200
    await world.until_on(here)
    await world.rest(timedelta(minutes=4))
    await made.deliver()
    alerts = [text for text in told(made) if "can no longer sign in" in text]
    assert [text.startswith("Recovered after") for text in alerts] == [True]
    assert len([text for text in told(made) if "Sync is on for" in text]) == 1
    assert await world.level("MUG") == (10, 0, 10)
    world.shops["here"].sell("MUG")
    await world.rest(timedelta(minutes=4))
    assert await world.level("MUG") == (10, 1, 9)
