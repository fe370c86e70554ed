"""Undoing a first push from `/stock undo`: the plan, what is said on the way, and its ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.slack import undo_words as words
from tests.slack.office import Office, see, shown
from tests.slack.test_alerts import alerts, choose_channel
from tests.slack.test_lifecycle import QUICK, press, statuses
from tests.slack.test_undo import look


@pytest.fixture
async def pushed(office: Office) -> Office:
    """Alpha copied (MUG 10, CUP 5) and sent to beta, which showed MUG 3 and CUP 5."""
    world = office.world
    world.shops["beta"].add_listing("POT", 4)
    world.shops["alpha"].add_listing("POT", 4)
    await choose_channel(office)
    await world.turn_on(await world.connect("alpha", **QUICK), "copy")
    beta = await world.connect("beta", **QUICK)
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await world.rest(timedelta(minutes=4))
    await office.deliver()
    return office


async def the_push(office: Office) -> str:
    said = await office.slash(office.manager, "undo")
    assert words.KINDS["first_push"] in said
    [row] = await office.rows(
        "select distinct pushed_by_id as id from target where pushed_by_id > 0"
    )
    return str(row.id)


async def undo(office: Office) -> None:
    await look(office, await the_push(office))
    await office.submit(office.manager)
    await see(office, words.DONE)
    await office.deliver()


async def told(office: Office, text: str) -> str:
    """The message that says so; it is one, edited in place."""
    await office.deliver()
    found = [shown(one) for one in alerts(office) if text in shown(one)]
    assert len(found) == 1
    return found[0]


async def test_its_plan_first_then_each_number_and_the_end_in_one_message(pushed: Office) -> None:
    world = pushed.world
    world.shops["beta"].sell("MUG", 1)
    await world.rest(timedelta(minutes=3))
    plan = await look(pushed, await the_push(pushed))
    assert "MUG in Beta, Beta main: 9 → 2 (3 before, 1 sold there since)" in plan
    assert words.same(2) in plan
    assert "CUP" not in plan
    assert words.returns_first("Beta") in plan
    assert world.shown("beta", "MUG") == 9, "nothing before the button"
    await pushed.submit(pushed.manager)
    await see(pushed, words.DONE)
    assert words.returns("Beta", 2, 3) in await told(pushed, "earlier numbers back in Beta")
    assert "Turning off" in await pushed.home(pushed.manager)
    why = await pushed.slash(pushed.manager, "why MUG")
    assert "Turning sync on is being undone here: it goes back to 2" in why
    await world.rest(timedelta(minutes=4))
    assert words.returned("Beta", 3, 3) in await told(pushed, "Sync is off for Beta")
    assert await statuses(pushed) == {"Alpha": "on", "Beta": "off"}
    assert world.shown("beta", "MUG") == 2
    assert "undone by" in await pushed.slash(pushed.manager, "undo")


async def test_what_the_store_does_not_take_is_named_and_sync_is_off_all_the_same(
    pushed: Office,
) -> None:
    world = pushed.world
    await undo(pushed)
    world.wire.faults["SetQuantities"] = ["lost"] * 500
    await world.rest(timedelta(minutes=40))
    message = await told(pushed, "Sync is off for Beta")
    assert words.returned("Beta", 2, 3) in message
    assert words.not_back(["MUG"], 1) in message
    assert await statuses(pushed) == {"Alpha": "on", "Beta": "off"}
    assert world.shown("beta", "MUG") == 10


async def test_what_is_not_sold_for_now_stays_at_zero(pushed: Office) -> None:
    await pushed.rows("update product set stopped_at = now() where sku = 'MUG' returning 1")
    await pushed.world.adjust("MUG", 1)
    await pushed.world.rest(timedelta(minutes=3))
    assert pushed.world.shown("beta", "MUG") == 0
    plan = await look(pushed, await the_push(pushed))
    assert words.stays("Beta, Beta main", "MUG", "stopped") in plan
    await pushed.submit(pushed.manager)
    await see(pushed, words.DONE)
    await pushed.world.rest(timedelta(minutes=4))
    assert await statuses(pushed) == {"Alpha": "on", "Beta": "off"}
    assert pushed.world.shown("beta", "MUG") == 0


async def test_what_came_later_stays_as_it_is(pushed: Office) -> None:
    """A listing that was read, or made, only after sync was on."""
    await pushed.rows(
        "update target t set earlier = null, pushed_by_id = null from listing l, store s where "
        "l.id = t.listing_id and s.id = t.store_id and l.sku = 'MUG' and s.name = 'Beta' returning 1"
    )
    plan = await look(pushed, await the_push(pushed))
    assert words.stays("Beta, Beta main", "MUG", "unknown") in plan
    assert words.same(2) in plan


async def test_paused_it_is_said_what_to_do(pushed: Office) -> None:
    act = await the_push(pushed)
    await pushed.slash(pushed.manager, "pause beta")
    await press(pushed)
    await pushed.manager.close()
    await look(pushed, act)
    assert any(words.PROBLEMS["paused"] in shown(m) for m in pushed.manager.ephemerals())


async def test_turning_off_meanwhile_leaves_the_rest_as_it_is(pushed: Office) -> None:
    await undo(pushed)
    await pushed.manager.close()
    await pushed.slash(pushed.manager, "turn-off beta")
    await press(pushed)
    message = await told(pushed, "earlier numbers were being put back")
    assert words.stopped(pushed.manager.id, "Beta") in message
    await pushed.world.rest(timedelta(minutes=10))
    assert await statuses(pushed) == {"Alpha": "on", "Beta": "off"}
    assert pushed.world.shown("beta", "MUG") == 10
    rows = await pushed.rows("select from target where returns_to is not null")
    assert rows == []
