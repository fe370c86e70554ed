"""Pausing, resuming, turning off and disconnecting, clicked through by a manager."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sandbox.slack.errors import CannotDo
from storage import people as stored
from sync import plan
from tests.slack.office import Office, modal, shown, title
from tests.slack.test_alerts import ALERTS, choose_channel
from tests.slack.test_door import forge

QUICK = {"order_lag_seconds": 30, "reading_age_seconds": 1}


@pytest.fixture
async def synced(office: Office) -> Office:
    """The office with alpha and beta in sync, on one warehouse: MUG 10, CUP 5."""
    alpha = await office.world.connect("alpha", **QUICK)
    beta = await office.world.connect("beta", **QUICK)
    await office.world.turn_on(alpha, "copy")
    await office.world.turn_on(beta, "keep", warehouse_id=await office.world.warehouse())
    await rest(office)
    return office


@pytest.fixture
async def on(office: Office) -> Office:
    """The office with alpha and beta, whose sync is said to be on."""
    for name in ("alpha", "beta"):
        await office.world.connect(name)
    await office.rows("update store set sync_status = 'on', on_since = connected_at")
    return office


async def rest(office: Office) -> None:
    """Let numbers travel."""
    await office.world.rest(timedelta(minutes=3))


async def statuses(office: Office) -> dict[str, str]:
    rows = await office.rows("select name, sync_status from store order by name")
    return {row.name: row.sync_status for row in rows}


async def store_id(office: Office, name: str) -> int:
    return int((await office.rows("select id from store where name = :name", name=name))[0].id)


async def press(office: Office, start: str = "", **how: Any) -> None:
    """Press the button of the open window whose value starts so."""
    values = [
        element["value"]
        for block in modal(office.manager)["blocks"]
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("action_id") == "store_act"
    ]
    value = next(value for value in values if value.endswith(start))
    await office.click(office.manager, "store_act", value=value, **how)


async def acts(office: Office) -> list[tuple[str, str, str]]:
    rows = await office.rows(
        "select actor, act, subject from audit where act ~ '^store.(pause|resume|turn_off|dis)'"
        " order by id"
    )
    return [(row.actor, row.act, row.subject) for row in rows]


async def test_pausing_and_resuming_one_store(synced: Office) -> None:
    await synced.slash(synced.manager, "pause alp")
    assert title(synced.manager) == "Pause sync"
    assert "orders of Alpha are still read" in shown(synced.manager.modal)
    await press(synced)
    assert "Sync is paused for Alpha" in shown(synced.manager.modal)
    await synced.manager.close()
    assert "*Alpha*  ·  Shopify  ·  *Paused*" in await synced.home(synced.viewer)
    assert "Resume sync" not in await synced.home(synced.viewer)
    assert "Paused" in await synced.slash(synced.viewer, "status alpha")
    synced.world.shops["alpha"].sell("MUG", 2)
    await synced.world.adjust("CUP", -3)
    await rest(synced)
    assert synced.world.shown("beta", "MUG") == 8
    assert synced.world.shown("alpha", "CUP") == 5
    assert "Resume sync" in await synced.home(synced.manager)
    await synced.click(synced.manager, "resume_sync", on="home")
    assert "are read back first" in shown(synced.manager.modal)
    await press(synced)
    assert "Sync is on for Alpha" in shown(synced.manager.modal)
    await synced.manager.close()
    assert "Resume sync" not in shown(synced.manager.home)
    await rest(synced)
    assert synced.world.shown("alpha", "CUP") == 2
    assert await acts(synced) == [
        (synced.manager.id, "store.pause", "Alpha"),
        (synced.manager.id, "store.resume", "Alpha"),
    ]


async def test_saying_no_to_the_dialog_or_closing_changes_nothing(on: Office) -> None:
    for typed in ("pause alpha", "turn-off alpha", "disconnect alpha"):
        await on.slash(on.manager, typed)
        await press(on, confirm=False)
        await on.manager.close()
    assert set((await statuses(on)).values()) == {"on"}
    assert await acts(on) == []


async def test_everything_is_paused_and_resumed_together(on: Office) -> None:
    await choose_channel(on)
    await on.manager.close()
    await on.slash(on.manager, "pause all")
    assert "Alpha and Beta" in shown(on.manager.modal)
    await press(on)
    assert "Sync is paused for Alpha and Beta" in shown(on.manager.modal)
    await on.manager.close()
    assert set((await statuses(on)).values()) == {"paused"}
    await on.slash(on.manager, "pause all")
    assert "on for none of these stores" in shown(on.manager.modal)
    await on.manager.close()
    await on.slash(on.manager, "resume ALL")
    await press(on)
    assert set((await statuses(on)).values()) == {"on"}
    await on.deliver()
    told = [m["text"] for m in on.manager.messages("stock-alerts")]
    assert sum("paused sync for Alpha and Beta" in text for text in told) == 1
    assert sum("resumed sync for Alpha and Beta" in text for text in told) == 1


async def test_several_stores_are_chosen_from(on: Office) -> None:
    await on.slash(on.manager, "pause")
    assert "Which store?" in shown(on.manager.modal)
    await on.manager.submit()
    assert on.manager.errors
    beta = await store_id(on, "Beta")
    await on.manager.choose("value", str(beta), block_id="store")
    await on.submit(on.manager)
    assert "orders of Beta are still read" in shown(on.manager.modal)
    await press(on)
    assert await statuses(on) == {"Alpha": "on", "Beta": "paused"}
    await on.manager.close()
    await on.slash(on.manager, "pause")
    assert "orders of Alpha are still read" in shown(on.manager.modal)


async def test_a_store_that_changed_while_it_was_chosen_is_told(on: Office) -> None:
    await on.slash(on.manager, "pause")
    await on.manager.choose("value", str(await store_id(on, "Alpha")), block_id="store")
    await on.rows("update store set sync_status = 'off' where name = 'Alpha'")
    await on.submit(on.manager)
    assert "Sync is off for Alpha, so there is nothing to pause" in shown(on.manager.modal)
    await on.manager.close()
    await on.slash(on.manager, "pause alpha")
    assert "nothing to pause" in shown(on.manager.modal)
    await on.manager.close()
    await on.slash(on.manager, "pause beta")
    await press(on)
    assert (await statuses(on))["Beta"] == "paused"


async def test_turning_off_ends_reading_and_writing(synced: Office) -> None:
    await synced.home(synced.manager)
    value = f"turn_off:{await store_id(synced, 'Alpha')}"
    await choose_in_menu(synced, value)
    assert "stays as it is on both sides" in shown(synced.manager.modal)
    await press(synced)
    assert "Sync is off for Alpha" in shown(synced.manager.modal)
    await synced.manager.close()
    assert "Turn on sync" in shown(synced.manager.home)
    synced.world.shops["alpha"].sell("MUG", 2)
    await synced.world.adjust("CUP", -3)
    await rest(synced)
    assert await synced.world.level("MUG") == (10, 0, 10)
    assert synced.world.shown("alpha", "CUP") == 5


async def choose_in_menu(office: Office, value: str) -> None:
    """Pick an entry of a store's menu on the Home tab."""
    assert office.manager.home is not None
    for block in office.manager.home["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == "store_menu" and value in str(element):
                await office.manager.choose(
                    "store_menu", value, block_id=block["block_id"], on="home"
                )
                await office.settle()
                return
    raise CannotDo(f"no menu offers {value}")


async def test_the_menu_offers_what_fits(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.home(office.manager)
    with pytest.raises(CannotDo):
        await choose_in_menu(office, f"pause:{store}")
    with pytest.raises(CannotDo):
        await choose_in_menu(office, f"turn_off:{store}")
    await office.world.turn_on(store, "copy")
    await office.home(office.manager)
    await choose_in_menu(office, f"pause:{store}")
    await press(office)
    await office.manager.close()
    with pytest.raises(CannotDo):
        await choose_in_menu(office, f"pause:{store}")
    await choose_in_menu(office, f"turn_off:{store}")
    assert "Turn off sync" in title(office.manager)


@pytest.mark.parametrize(
    ("lines", "level", "other"), [("release", (10, 0, 10), 10), ("keep", (10, 3, 7), 7)]
)
async def test_disconnecting_asks_about_units_still_to_be_sent(
    synced: Office, lines: str, level: tuple[int, int, int], other: int
) -> None:
    synced.world.shops["alpha"].sell("MUG", 3)
    await rest(synced)
    await synced.slash(synced.manager, "disconnect alpha")
    assert "1 order of this store with 3 units still waits to be sent" in shown(
        synced.manager.modal
    )
    await press(synced, f":{lines}")
    assert "Alpha is disconnected" in shown(synced.manager.modal)
    await synced.manager.close()
    assert "*Alpha*" not in shown(synced.manager.home)
    await rest(synced)
    assert await synced.world.level("MUG") == level
    assert synced.world.shown("beta", "MUG") == other
    assert len(await synced.rows("select 1 from credential")) == 1
    assert "No connected store" in await synced.slash(synced.manager, "disconnect alpha")
    assert await acts(synced) == [(synced.manager.id, "store.disconnect", "Alpha")]


async def test_disconnecting_ends_everybodys_set_up(office: Office) -> None:
    await office.world.connect("alpha")
    await office.slash(office.manager, "turn-on")
    await office.manager.close()
    await office.slash(office.manager, "disconnect")
    await press(office)
    assert await office.rows("select 1 from draft where closed_at is null") == []
    assert "No store is connected" in await office.slash(office.manager, "disconnect")


async def test_a_double_click_does_nothing_twice_and_shows_the_same(on: Office) -> None:
    for typed, status in (("pause", "paused"), ("resume", "on"), ("turn-off", "off")):
        await on.slash(on.manager, f"{typed} alpha")
        held = dict(modal(on.manager))
        await press(on)
        once = shown(on.manager.modal)
        assert (await statuses(on))["Alpha"] == status
        on.slack.views.find(held["id"], None).body.update({"blocks": held["blocks"]})
        await press(on)
        assert shown(on.manager.modal) == once
        await on.manager.close()
    assert len(await acts(on)) == 3
    assert len(await on.rows("select 1 from outbox where kind = 'store_changed'")) == 3


async def test_two_managers_at_once_do_it_once(on: Office) -> None:
    async with on.world.database.transaction() as session:
        await stored.set_role(
            session, on.world.workspace_id, on.operator.id, "manager", on.world.clock.now()
        )
    for person in (on.manager, on.operator):
        await on.slash(person, "disconnect alpha")
    await asyncio.gather(*(p.click("store_act") for p in (on.manager, on.operator)))
    await on.settle()
    for person in (on.manager, on.operator):
        assert "Alpha is disconnected" in shown(person.modal)
    assert len(await acts(on)) == 1


async def test_giving_up_turning_on_is_told_in_its_message(office: Office) -> None:
    store = await office.world.connect("alpha")
    await choose_channel(office)
    await office.manager.close()
    made = await office.world.choose(store, "copy")
    async with office.world.database.transaction() as session:
        await plan.confirm_plan(
            session,
            office.world.deps(),
            plan_id=made.id,
            actor=office.manager.id,
            channel=ALERTS,
            workspace_id=office.world.workspace_id,
        )
    await office.slash(office.manager, "pause alpha")
    assert "just being turned on" in shown(office.manager.modal)
    await office.manager.close()
    await office.slash(office.manager, "turn-off")
    assert "is given up" in shown(office.manager.modal)
    await press(office)
    assert "Sync is off for Alpha" in shown(office.manager.modal)
    for _ in range(3):
        await office.world.rest()
        await office.deliver()
    said = [m["text"] for m in office.manager.messages("stock-alerts")]
    assert [text for text in said if "gave up turning on sync for Alpha" in text] == said[-1:]
    assert (await statuses(office))["Alpha"] == "off"
    assert office.world.wire.writes == []


async def test_without_a_channel_the_one_who_did_it_is_told(on: Office) -> None:
    await on.slash(on.manager, "turn-off alpha")
    await press(on)
    await on.deliver()
    assert "turned off sync for Alpha" in on.manager.messages("app")[-1]["text"]


async def test_roles_and_workspaces_are_checked_at_every_press(on: Office) -> None:
    for typed in ("pause", "resume", "turn-off", "disconnect"):
        assert "managers" in await on.slash(on.operator, f"{typed} alpha")
    await on.slash(on.manager, "pause alpha")
    await on.rows("update person set role = 'operator'")
    await press(on)
    assert "for managers" in shown(on.manager.modal)
    assert set((await statuses(on)).values()) == {"on"}
    await on.rows("update person set role = 'manager' where slack_user = 'U0MANAGER01'")
    await on.manager.close(everything=True)
    await on.slash(on.manager, "pause alpha")
    await press(on)
    assert (await statuses(on))["Alpha"] == "paused"


async def test_r13_another_workspaces_store_cannot_be_touched(on: Office) -> None:
    async with on.world.database.transaction() as session:
        other = await stored.ensure_workspace(session, "T9", "Other", on.world.clock.now())
    alpha = await store_id(on, "Alpha")
    await on.rows(
        "update store set workspace_id = :other, name = 'Secret Zebra' where id = :id",
        other=other.id,
        id=alpha,
    )
    assert "No connected store" in await on.slash(on.manager, "pause secret")
    await on.slash(on.manager, "pause all")
    assert "Zebra" not in shown(on.manager.modal)
    await press(on)
    for value in (f"pause:{alpha}", f"disconnect:{alpha}"):
        await on.manager.close(everything=True)
        await forge(on, "store_menu", value)
        assert "no longer connected" in shown(on.manager.modal)
    for value in (f"turn_off:{alpha}:keep", f"disconnect:{alpha}:release", "turn_off:all:keep"):
        await forge(on, "store_act", value)
    assert await statuses(on) == {"Beta": "paused", "Secret Zebra": "on"}
    assert len(await on.rows("select 1 from credential")) == 2
    assert "Zebra" not in str([(r.sent, r.answer) for r in on.slack.inspector.records])


async def test_names_of_stores_stay_text(on: Office) -> None:
    await on.rows("update store set name = '<!channel> ' || name")
    await on.slash(on.manager, "pause all")
    await press(on)
    await on.deliver()
    assert "&lt;!channel&gt; Alpha" in on.manager.messages("app")[-1]["text"]
    records = str([r.sent for r in on.slack.inspector.records if r.name != "/stock"])
    assert "&lt;!channel&gt; Beta" in records
    assert "<!channel> Beta is" not in records


async def test_more_stores_than_a_menu_holds_are_searched(office: Office) -> None:
    await office.rows(
        """
        insert into store (workspace_id, platform, account_id, name, connected_at, sync_status)
        select :workspace, 'shopify', n::text, 'Shop ' || to_char(n, 'FM000'), now(), 'on'
        from generate_series(1, 120) n""",
        workspace=office.world.workspace_id,
    )
    await office.slash(office.manager, "pause shop")
    found = await office.manager.suggest("store_search", "117", block_id="store")
    assert [option["text"]["text"] for option in found] == ["Shop 117"]
    await office.manager.choose("store_search", found[0]["value"], block_id="store")
    await office.submit(office.manager)
    await press(office)
    paused = await office.rows("select name from store where sync_status = 'paused'")
    assert [row.name for row in paused] == ["Shop 117"]
