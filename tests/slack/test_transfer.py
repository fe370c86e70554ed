"""`/stock transfer SKU`: units between two warehouses, and what stops them."""

from __future__ import annotations

import pytest

from bot.slack import transfer_words as words
from tests.slack.office import Office, modal, shown


@pytest.fixture
async def on(office: Office) -> Office:
    """Alpha sells from Alpha main (MUG 10, CUP 5), beta from Beta main (MUG 3, CUP 5)."""
    for name in ("alpha", "beta"):
        store = await office.world.connect(name)
        await office.world.turn_on(store, "copy")
    return office


async def house(office: Office, name: str) -> str:
    (row,) = await office.rows("select id from warehouse where name = :name", name=name)
    return str(row.id)


async def fill(
    office: Office, units: str, *, source: str = "Alpha main", goal: str = "Beta main"
) -> None:
    person = office.operator
    await person.choose("value", await house(office, source), block_id="source")
    await person.choose("value", await house(office, goal), block_id="goal")
    await person.type("value", units, block_id="number")
    await person.type("value", "refill", block_id="reason")
    await office.submit(person)


async def levels(office: Office) -> list[tuple[str, int]]:
    rows = await office.rows("""
        select w.name, s.on_hand from stock s join warehouse w on w.id = s.warehouse_id
        join product p on p.id = s.product_id where p.sku = 'MUG' order by w.name""")
    return [tuple(row) for row in rows]


async def test_r1_units_leave_and_arrive_in_one_act(on: Office) -> None:
    await on.slash(on.operator, "transfer mug")
    await fill(on, "4")
    told = shown(modal(on.operator))
    assert "Alpha main: on hand 10 → 6, 6 available" in told
    assert "Beta main: on hand 3 → 7, 7 available" in told
    assert "Alpha, Alpha main: 10 → 6" in told
    assert "Beta, Beta main: 3 → 7" in told
    assert await levels(on) == [("Alpha main", 10), ("Beta main", 3)]
    await on.click(on.operator, "transfer_back")
    await on.operator.type("value", "3", block_id="number")
    await on.submit(on.operator)
    held = dict(modal(on.operator))
    await on.submit(on.operator)
    assert "Beta main: on hand 3 → 6" in shown(modal(on.operator))

    view = on.slack.views.find(held["id"], None)
    view.body.update({k: held[k] for k in ("submit", "blocks", "callback_id", "private_metadata")})
    await on.submit(on.operator)  # the same click once more
    assert words.MOVED_BEFORE in shown(modal(on.operator))
    assert await levels(on) == [("Alpha main", 7), ("Beta main", 6)]
    await on.world.rest()
    assert (on.world.shown("alpha", "MUG"), on.world.shown("beta", "MUG")) == (7, 6)
    assert await on.world.imbalances() == []
    moved = await on.rows("""
        select on_hand_delta, count(*) over (partition by change_set_id) as together
        from movement where cause = 'transfer' order by on_hand_delta""")
    assert [tuple(row) for row in moved] == [(-3, 2), (3, 2)]
    (noted,) = await on.rows(
        "select actor, subject, detail from audit where act = 'stock.transfer'"
    )
    assert (noted.actor, noted.subject) == (on.operator.id, "MUG")
    assert (noted.detail["units"], noted.detail["why"]) == (3, "refill")


async def test_only_what_is_available_may_leave(on: Office) -> None:
    on.world.shops["alpha"].sell("MUG", 3)
    await on.world.rest()
    await on.slash(on.operator, "transfer MUG")
    for units, goal, field, said in (
        ("8", "Beta main", "number", words.too_much(7)),
        ("0", "Beta main", "number", words.BAD_NUMBER),
        ("1.5", "Beta main", "number", words.BAD_NUMBER),
        ("1000000000", "Beta main", "number", words.TOO_LARGE),
        ("1", "Alpha main", "goal", words.SAME),
    ):
        await fill(on, units, goal=goal)
        assert on.operator.errors == {field: said}
    await fill(on, "7")
    assert "Alpha main: on hand 10 → 3, 0 available" in shown(modal(on.operator))
    on.world.shops["alpha"].sell("MUG", 1)  # while the plan is looked at
    await on.world.rest()
    await on.submit(on.operator)
    assert words.too_much(6) in shown(modal(on.operator))
    assert await levels(on) == [("Alpha main", 10), ("Beta main", 3)]
    await fill(on, "6")
    await on.submit(on.operator)
    assert await levels(on) == [("Alpha main", 4), ("Beta main", 9)]


async def test_what_is_not_there_is_said(on: Office) -> None:
    assert "operators and managers" in await on.slash(on.viewer, "transfer MUG")
    assert words.HOW in await on.slash(on.operator, "transfer")
    await on.rows("""
        insert into product (workspace_id, sku, sku_key, created_at)
        select id, 'TIN', 'tin', now() from workspace""")
    await on.slash(on.operator, "transfer TIN")
    await fill(on, "1")
    assert on.operator.errors == {"source": words.UNCOUNTED}
    await on.operator.close()
    await on.rows("delete from warehouse where name = 'Beta main'")
    assert words.ONE_WAREHOUSE in await on.slash(on.operator, "transfer MUG")
