"""`/stock undo`: its own plan first, once, and refused where later events made it unsafe."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.slack import undo_words as words
from sync.adjust import counted
from tests.slack.office import Office, modal, see, shown


@pytest.fixture
async def on(office: Office) -> Office:
    """Alpha (MUG 10, CUP 5) copied, beta beside it with the same warehouse."""
    world = office.world
    await world.turn_on(await world.connect("alpha"), "copy")
    house = await world.warehouse()
    await world.turn_on(await world.connect("beta"), "keep", warehouse_id=house)
    await world.rest()
    return office


async def newest(office: Office) -> str:
    """The id of the newest act, as its button carries it."""
    await office.slash(office.manager, "undo")
    rows = await office.rows("select max(id) as id from change_set where kind <> 'undo'")
    return str(rows[0].id)


async def look(office: Office, act: str) -> str:
    await office.click(office.manager, "undo_look", value=act, on="message")
    await office.settle()
    return shown(modal(office.manager)) if office.manager.modal else ""


async def count_mugs(office: Office, number: int) -> None:
    world = office.world
    [product] = await office.rows("select id from product where sku = 'MUG'")
    async with world.database.transaction() as session:
        await counted(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            product_id=product.id,
            warehouse_id=await world.warehouse(),
            on_hand=number,
            actor="U1",
            note="by hand",
            key=f"count-{number}",
        )


async def test_r1_a_change_is_taken_back_once_after_its_plan(on: Office) -> None:
    assert "managers" in await on.slash(on.operator, "undo")
    await on.world.adjust("MUG", 7)
    await on.world.rest()
    assert on.world.shown("beta", "MUG") == 17
    act = await newest(on)
    plan = await look(on, act)
    assert words.line("Beta main", "MUG", 17, 10) in plan
    assert words.shift("Alpha, Alpha main", "MUG", 17, 10) in plan
    assert (await on.world.level("MUG"))[0] == 17, "nothing before the button"
    await on.submit(on.manager)
    await see(on, words.DONE)
    await on.world.rest()
    assert await on.world.level("MUG") == (10, 0, 10)
    assert {on.world.shown(name, "MUG") for name in ("alpha", "beta")} == {10}
    assert await on.world.imbalances() == []
    await on.manager.close()
    said = await on.slash(on.manager, "undo")
    assert "undone by" in said
    assert "undone" in await on.slash(on.manager, "why MUG")
    acts = await on.rows("select actor from audit where act = 'stock.undo'")
    assert [row.actor for row in acts] == [on.manager.id]


async def test_two_windows_take_it_back_once(on: Office) -> None:
    await on.world.adjust("MUG", 7)
    await on.rows(
        "update person set role = 'manager' where slack_user = :id returning 1", id=on.operator.id
    )
    act = await newest(on)
    await on.slash(on.operator, "undo")
    await look(on, act)
    await on.click(on.operator, "undo_look", value=act, on="message")
    for person in (on.manager, on.operator):
        await on.submit(person)
        await on.settle()
    assert words.PROBLEMS["undone"] in shown(modal(on.operator))
    assert (await on.world.level("MUG"))[0] == 10


async def test_what_was_sold_or_counted_since_is_left_as_it_is(on: Office) -> None:
    world = on.world
    await world.adjust("MUG", 5)
    await world.rest()
    world.shops["alpha"].sell("MUG", 12)
    await world.rest()
    act = await newest(on)
    await look(on, act)
    assert any(words.PROBLEMS["nothing"] in shown(m) for m in on.manager.ephemerals())
    # Sent, and counted anew: the count says what there is, whatever was changed before it.
    world.shops["alpha"].fulfil(world.shops["alpha"].orders[-1])
    await world.rest()
    await count_mugs(on, 20)
    before = len(on.manager.ephemerals())
    await look(on, act)
    assert words.PROBLEMS["nothing"] in shown(on.manager.ephemerals()[before])
    assert (await world.level("MUG"))[0] == 20


async def test_what_happens_between_plan_and_button_is_shown_first(on: Office) -> None:
    await on.world.adjust("MUG", 5)
    act = await newest(on)
    await look(on, act)
    await count_mugs(on, 40)
    await on.submit(on.manager)
    await see(on, words.PROBLEMS["nothing"])
    assert (await on.world.level("MUG"))[0] == 40


async def test_r8_undoing_a_copy_turns_the_store_off_and_empties_nothing(on: Office) -> None:
    world = on.world
    world.shops["beta"].sell("CUP", 1)
    await world.rest()
    await on.slash(on.manager, "undo")
    [copy] = await on.rows(
        "select c.id from change_set c join movement m on m.change_set_id = c.id "
        "where m.cause = 'copy' and c.kind = 'turn_on' limit 1"
    )
    plan = await look(on, str(copy.id))
    assert words.turns_off("Alpha") in plan
    assert words.left("CUP", "committed") in plan
    assert words.line("Beta main", "MUG", 10, 0) in plan
    assert words.UNCOUNTED in plan
    world.wire.writes.clear()
    await on.submit(on.manager)
    await see(on, words.DONE)
    await world.rest(timedelta(minutes=20))
    stores = await on.rows("select name, sync_status from store order by name")
    assert [(row.name, row.sync_status) for row in stores] == [("Alpha", "off"), ("Beta", "on")]
    assert world.wire.writes == [], "what nobody counts is never written"
    assert {world.shown(name, "MUG") for name in ("alpha", "beta")} == {10}
    assert "not counted yet" in await on.slash(on.manager, "show MUG")
    assert await world.imbalances() == []


async def test_acts_are_paged_and_r13_another_workspaces_are_not_there(on: Office) -> None:
    for number in range(1, 15):
        await on.world.adjust("MUG", number)
    said = await on.slash(on.manager, "undo")
    assert "16 changes of stock" in said
    assert said.count(words.LOOK) == 10
    await on.click(on.manager, "undo_older", on="message")
    assert shown(on.manager.ephemerals()[-1]).count(words.LOOK) == 6
    act = await newest(on)
    await on.rows(
        "with other as (insert into workspace (team_id, created_at) values ('T0OTHER', now()) "
        "returning id) update change_set set workspace_id = other.id from other returning 1"
    )
    await look(on, act)
    assert any(words.PROBLEMS["gone"] in shown(m) for m in on.manager.ephemerals())
    assert words.NOTHING in await on.slash(on.manager, "undo")
