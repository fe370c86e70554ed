"""`/stock settings`, "Reading and safety": how often a store is read, and what becomes of drift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.slack import digest_words
from bot.slack import routine_words as words
from bot.slack.views import digest
from sync.digest import make
from tests.slack.office import Office, modal, shown, title


@pytest.fixture
async def on(office: Office) -> Office:
    """The office with alpha on: MUG 10, CUP 5."""
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    return office


async def window(office: Office) -> dict[str, Any]:
    await office.slash(office.manager, "settings alpha")
    await office.click(office.manager, "routine")
    await office.manager.until(lambda p: p.modal and words.CARE in shown(p.modal))
    return modal(office.manager)


async def choose(office: Office, **values: str) -> None:
    for block_id, value in values.items():
        await office.manager.choose("value", value, block_id=block_id)
    await office.submit(office.manager)


async def edit_by_hand(office: Office, number: int) -> None:
    """Set MUG in the store, and let the day's comparison and the orders after it find it."""
    office.world.shops["alpha"].set_by_hand("MUG", number)
    await office.world.rest(timedelta(minutes=70))


async def test_the_routine_is_shown_as_it_stands_and_changed(on: Office) -> None:
    asked = shown(await window(on))
    for said in ("every minute", "every 15 minutes", "every 6 hours"):
        assert said in asked
    await choose(on, orders="300", read_back="3600", on_drift="put_back")
    assert title(on.manager) == words.SAVED
    assert words.saved("Alpha", 300, asks=False) in shown(modal(on.manager))
    await on.world.rest(timedelta(minutes=11))
    (store,) = await on.rows("select settings, orders_due_at, orders_read_at from store")
    assert store.orders_due_at - store.orders_read_at == timedelta(minutes=5)
    assert "products_every_seconds" not in store.settings  # it was left as it is
    (noted,) = await on.rows("select actor, detail from audit where act = 'store.routine'")
    assert (noted.actor, noted.detail["after"]["on_drift"]) == (on.manager.id, "put_back")
    await on.manager.close()
    await window(on)
    picked = modal(on.manager)["state"]["values"]
    assert picked["orders"]["value"]["selected_option"]["value"] == "300"
    await choose(on, orders="30")  # what is read more often does not wait for the old distance
    (store,) = await on.rows("select orders_due_at from store")
    assert store.orders_due_at <= on.world.clock.now() + timedelta(seconds=30)


async def test_drift_is_put_back_without_asking_and_counted(on: Office) -> None:
    await window(on)
    await choose(on, read_back="3600", on_drift="put_back")
    await edit_by_hand(on, 14)
    assert on.world.shown("alpha", "MUG") == 10
    assert await on.world.incidents() == []
    assert "put our number back, as the store" in await on.slash(on.manager, "audit")
    # Somebody else goes on writing there: the third time is the last that nobody is asked.
    for number in (15, 16):
        await edit_by_hand(on, number)
        assert on.world.shown("alpha", "MUG") == 10
    async with on.world.database.transaction() as session:
        day = await make(session, on.world.workspace_id, on.world.clock.now() - timedelta(days=1))
    assert digest_words.put_back(3) in str([block.to_dict() for block in digest.message(day)])
    await edit_by_hand(on, 17)
    assert on.world.shown("alpha", "MUG") == 17
    assert [kind for kind, _, still in await on.world.incidents() if still] == ["drift"]


async def test_what_somebody_else_changed_meanwhile_is_shown_first(on: Office) -> None:
    await window(on)
    await on.rows(
        "update store set settings = settings || '{\"orders_every_seconds\": 120}' returning id"
    )
    await choose(on, orders="600")
    assert words.CHANGED in shown(modal(on.manager))
    assert "every 2 minutes" in shown(modal(on.manager))
    await choose(on, orders="600")
    assert title(on.manager) == words.SAVED
    (store,) = await on.rows("select settings from store")
    assert store.settings["orders_every_seconds"] == 600


async def test_a_store_that_is_gone_meanwhile_has_no_window(on: Office) -> None:
    await window(on)
    await on.rows("update store set disconnected_at = now() returning id")
    await choose(on, orders="600")
    assert words.GONE in shown(modal(on.manager))
