"""A week in which everything fails once: each failure is told once, and nothing floods."""

from __future__ import annotations

from sandbox.shopify import Fault, Shop
from tests.engine.conftest import TIMES
from tests.slack.office import Office
from tests.slack.test_digest import choose, pass_time, said

DAY = 24.0


async def recovered(office: Office) -> list[str]:
    return [message for message in said(office) if "ecovered after" in message]


async def test_a_bad_week_tells_each_failure_once_and_each_recovery(
    office: Office, shops: list[Shop]
) -> None:
    world, (alpha, beta) = office.world, shops
    times = {**TIMES, "audit_every_hours": 1}
    await world.turn_on(await world.connect("alpha", **times), "copy")
    house = await world.warehouse()
    beta_id = await world.connect("beta", **times)
    await world.turn_on(beta_id, "keep", warehouse_id=house)
    await office.deliver()
    await choose(office)
    days: list[int] = []

    async def day_is_over(hours: float) -> None:
        before = len(said(office))
        await pass_time(office, hours, minutes=10)
        days.append(len(said(office)) - before)

    # Monday: alpha does not answer for three hours.
    alpha.faults.switch_on(Fault(kind="error_before"))
    await day_is_over(1.5)
    alpha.faults.clear()
    await day_is_over(2)
    # Tuesday: its token is dead until somebody puts it back.
    token = alpha.token
    alpha.rotate_token("shpat_other")
    await day_is_over(2)
    alpha.rotate_token(token)
    await day_is_over(2)
    # Wednesday: a storm of 429.
    alpha.faults.switch_on(Fault(kind="too_many_requests"))
    await day_is_over(1.5)
    alpha.faults.clear()
    await day_is_over(1.5)
    # Thursday: somebody edits the store by hand, and the last unit is sold twice.
    beta.set_by_hand("CUP", 9)
    await day_is_over(2)
    alpha.sell("MUG", 10)
    beta.sell("MUG", 1)
    await day_is_over(1.5)
    # Friday: an item that the store refuses.
    await world.adjust("MUG", 5)
    alpha.variant("CUP").item.mutable = False
    await world.adjust("CUP", -1)
    await day_is_over(1.5)
    alpha.variant("CUP").item.mutable = True
    await day_is_over(1.5)
    told = {row.kind for row in await office.rows("select distinct kind from incident")}
    assert told >= {
        "store_down",
        "needs_reconnect",
        "throttled",
        "drift",
        "oversold",
        "item_refused",
    }
    every = await office.rows("select kind, count(*) as n from incident group by kind")
    assert {row.kind: row.n for row in every if row.n > 1} == {}, "each is told once"
    assert max(days) < 20
    messages = said(office)
    digests = [message for message in messages if "the last 24 hours" in message]
    assert len(messages) - len(digests) == len(every)
    left = await office.rows("select kind from incident where closed_at is null")
    assert [row.kind for row in left] == ["drift"], "the one that waits for a person"
    assert len(await recovered(office)) == len(every) - 1


async def test_a_store_that_comes_and_goes_all_day_is_one_message(
    office: Office, shops: list[Shop]
) -> None:
    world, alpha = office.world, shops[0]
    await world.turn_on(await world.connect("alpha", **TIMES), "copy")
    await office.deliver()
    await choose(office, "never")
    for _ in range(8):
        alpha.faults.switch_on(Fault(kind="error_before"))
        await pass_time(office, 0.5, minutes=5)
        alpha.faults.clear()
        await pass_time(office, 0.5, minutes=5)
    [row] = await office.rows("select kind, repeats, closed_at, message_ts from incident")
    assert (row.kind, row.repeats >= 8, row.closed_at is not None) == ("store_down", True, True)
    [message] = said(office)
    assert "ecovered after" in message
    replies = office.manager.thread(row.message_ts)[1:]
    assert 3 <= len(replies) <= 7, "told the 1st, 2nd, 4th, 8th ... time, in the thread"
    # A day later it is another trouble, with a message of its own.
    await pass_time(office, 24, minutes=120)
    alpha.faults.switch_on(Fault(kind="error_before"))
    await pass_time(office, 0.5, minutes=5)
    assert len(said(office)) == 2
