"""The daily digest, and streams that fall silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.slack import digest_words as words
from sandbox.shopify import Shop
from storage.database import Database
from sync.due import wake_due
from sync.heartbeat import watch_streams
from sync.watch import watch
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, modal, open_office, shown
from tests.slack.test_alerts import ALERTS

HOUR = timedelta(hours=1)


async def choose(office: Office, hour: str | None = None) -> None:
    await office.slash(office.manager, "alerts")
    await office.manager.choose("value", ALERTS, block_id="channel")
    if hour is not None:
        await office.manager.choose("value", hour, block_id="hour")
    await office.submit(office.manager)
    await office.manager.close()


def said(office: Office) -> list[str]:
    """What was posted into the channel since the test message."""
    every = office.manager.messages("stock-alerts")
    return [shown(m) for m in every if "will tell failures here" not in m["text"]]


async def pass_time(office: Office, hours: float, *, minutes: int = 30) -> None:
    """Let time pass with everything running."""
    until = office.world.clock.now() + timedelta(hours=hours)
    while office.world.clock.now() < until:
        await office.world.run(timedelta(minutes=minutes), step=timedelta(minutes=minutes))
        await watch(office.world.deps())
        await watch(office.world.deps("another"))  # a second clock tells nothing twice
        await office.deliver()


async def test_a_digest_a_day_at_the_hour_and_in_the_zone_of_who_chose_it(
    office: Office, shops: list[Shop]
) -> None:
    world = office.world
    world.clock.time = datetime(2026, 11, 23, 12, tzinfo=UTC)
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    await office.deliver()
    await choose(office)
    await office.rows("update person set role = 'manager' where slack_user = 'U0OPERATOR1'")
    # The operator lives in New York, five hours behind.
    await office.slash(office.operator, "alerts")
    await office.operator.choose("value", "9", block_id="hour")
    await office.submit(office.operator)
    shops[0].sell("MUG", 2)
    shops[0].sell("CUP", 1)
    await pass_time(office, 1.5)
    assert said(office) == [], "in New York it is half past eight"
    await pass_time(office, 1)
    [first] = said(office)
    assert "2 orders, 3 units sold; 2 of 2 numbers agree" in first
    assert "*Alpha*: 2 orders, 3 units sold" in first
    assert words.ALL_WELL in first
    await pass_time(office, 22)
    assert len(said(office)) == 1
    await pass_time(office, 2)
    assert len(said(office)) == 2
    assert "No orders; 2 of 2 numbers agree" in said(office)[1]


async def test_no_digest_where_none_is_wanted_and_none_for_a_time_that_is_past(
    office: Office,
) -> None:
    await choose(office, "never")
    await pass_time(office, 26, minutes=120)
    assert said(office) == []
    now = office.world.clock.now()
    await choose(office, str((now - HOUR).hour))
    await pass_time(office, 2)
    assert said(office) == []
    await office.slash(office.manager, "alerts")
    assert words.hour((now - HOUR).hour) in str(modal(office.manager))


async def test_the_digest_names_what_waits_for_people_and_escapes_names(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("odd", now=clock.now)
    shop.add_location("Main")
    shop.add_listing("MUG", 5)
    async with open_office(database, shop, clock=clock) as office:
        store = await office.world.connect("odd")
        await office.world.turn_on(store, "copy")
        await office.deliver()
        await office.rows("update store set name = '<!channel> & co'")
        await choose(office, str((clock.now() + 2 * HOUR).hour))  # she is an hour ahead
        await office.rows(
            "insert into incident (workspace_id, store_id, kind, subject, facts, opened_at, last_at)"
            " select workspace_id, id, 'low_stock', 'MUG', '{}', now(), now() from store"
        )
        await pass_time(office, 1.5)
        [message] = said(office)
        assert "1 alert open: see the Home tab  ·  1 product low on stock" in message
        assert "*&lt;!channel&gt; &amp; co*" in message


async def test_r7_a_stream_that_falls_silent_is_told_once_and_its_return_too(
    office: Office,
) -> None:
    world = office.world
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    await office.deliver()
    await choose(office, "never")
    await world.run(timedelta(minutes=20), step=timedelta(minutes=1))
    assert await watch_streams(world.deps()) == 0
    world.clock.time += timedelta(minutes=16)  # nothing works meanwhile
    assert await watch_streams(world.deps()) == 1
    assert await watch_streams(world.deps()) == 0, "one message"
    await office.deliver()
    [alert] = said(office)
    assert "has not read the orders of Alpha since" in alert
    assert "stockroom doctor" in alert
    world.clock.time += timedelta(hours=2)
    assert await watch_streams(world.deps()) == 1, "now the listings, too"
    await wake_due(world.deps())
    await world.work()
    assert await watch_streams(world.deps()) == 2
    await office.deliver()
    assert all("ecovered" in message for message in said(office))
    assert len(said(office)) == 2


async def test_silence_that_has_a_known_cause_is_not_told_twice(
    office: Office, shops: list[Shop]
) -> None:
    world = office.world
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    await office.deliver()
    await choose(office, "never")
    shops[0].rotate_token()
    await world.run(timedelta(hours=2), step=timedelta(minutes=10))
    await watch(world.deps())
    kinds = await office.rows("select kind from incident where closed_at is null")
    assert [row.kind for row in kinds] == ["needs_reconnect"]


async def test_a_normal_week_has_few_messages(office: Office, shops: list[Shop]) -> None:
    """Under 20 automatic messages a day; in fact the digest alone."""
    world = office.world
    await world.turn_on(await world.connect("alpha"), "copy")
    await world.connect("beta")
    await office.deliver()
    await choose(office)
    before = len(said(office))
    for _ in range(7):
        for _ in range(3):
            await world.adjust("MUG", 1)
            await world.run(timedelta(minutes=3))
            shops[0].sell("MUG", 1)
            await pass_time(office, 8, minutes=120)
    told = said(office)[before:]
    assert len(told) == 7, told
    assert all(words.TITLE in message for message in told)
