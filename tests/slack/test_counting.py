"""`/stock count`: a list, its plan, its booking, and every way of getting it wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flows import count_words as words
from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, modal, open_office, shown


@pytest.fixture
async def on(office: Office) -> Office:
    """The office with alpha on: MUG 10, CUP 5."""
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    return office


async def fill(office: Office, lines: str, *, kind: str = "count", why: str = "stocktake") -> None:
    person = office.operator
    await person.choose("value", kind, block_id="kind")
    await person.type("value", lines, block_id="lines")
    await person.type("value", why, block_id="reason")
    await office.submit(person)


async def plan(office: Office, lines: str, **how: str) -> str:
    """Open the window, fill it in, and return the plan."""
    await office.slash(office.operator, "count")
    await fill(office, lines, **how)
    assert not office.operator.errors, office.operator.errors
    return shown(modal(office.operator))


async def book(office: Office) -> str:
    await office.submit(office.operator)
    return shown(modal(office.operator))


async def test_r1_a_count_is_looked_at_then_booked_in_one_act(on: Office) -> None:
    on.world.shops["alpha"].sell("MUG", 2)
    await on.world.rest()
    told = await plan(on, "SKU;Count\nmug;7\nCUP;5\nPOT;3\nmug;7")
    assert "*2 SKUs counted in Alpha main*" in told
    assert "Go down: *1*" in told
    assert "Stay as they are: *1*" in told
    assert "1 line left out" in told
    assert "Line 4: “POT”" in told
    assert "1 line said a SKU again: taken once" in told
    assert "MUG: 10 → 7 (-3), 2 sold, 5 available" in told
    assert "Alpha: 1 listing will show another number" in told
    assert "MUG at Alpha, Alpha main: 8 → 5" in told
    assert await on.world.level("MUG") == (10, 2, 8)  # only looked at so far
    assert "2 SKUs counted in Alpha main" in await book(on)
    assert await on.world.level("MUG") == (7, 2, 5)
    await on.world.rest()
    assert on.world.shown("alpha", "MUG") == 5
    assert await on.world.imbalances() == []
    (noted,) = await on.rows("select actor, subject, detail from audit where act = 'stock.count'")
    assert (noted.actor, noted.subject) == (on.operator.id, "Alpha main")
    assert {"why": "stocktake", "down": 1, "same": 1, "left_out": 1}.items() <= noted.detail.items()
    kinds = await on.rows(
        "select distinct change_set_id, cause from movement where cause = 'count'"
    )
    assert len(kinds) == 1


@pytest.mark.parametrize(
    ("lines", "kind", "said"),
    [
        ("MUG,8\nCUP,five", "count", "Line 2: “five” is no whole number"),
        ("MUG,-1", "count", "Line 1: -1 is below zero, which no count is"),
        ("MUG,-1", "receive", "Take units away with /stock adjust"),
        ("MUG,1\nMUG,2", "count", "Line 2: counts a SKU that line 1 counts differently"),
        ("POT,1\nPAN,2", "count", "Line 2: no product has the SKU “PAN”"),
        ("MUG,999999995", "receive", "1000000005 is more than a store can show"),
        ("SKU,Count,Warehouse\nMUG,1,Cellar", "count", "it is about the warehouse “Cellar”"),
        ("\n".join(f"S{n},x" for n in range(9)), "count", "And 4 more lines to correct."),
    ],
)
async def test_what_is_wrong_is_told_under_the_field_and_can_be_corrected(
    on: Office, lines: str, kind: str, said: str
) -> None:
    await on.slash(on.operator, "count")
    await fill(on, lines, kind=kind)
    assert said in on.operator.errors["lines"]
    state = modal(on.operator)["state"]["values"]
    assert state["lines"]["value"]["value"] == lines
    await fill(on, "MUG,8")
    assert "MUG: 10 → 8 (-2)" in shown(modal(on.operator))
    assert await on.rows("select 1 from movement where cause in ('count', 'received')") == []


async def test_a_delivery_adds_up_and_back_keeps_what_was_typed(on: Office) -> None:
    await on.rows("update stock set counted_at = null where on_hand = 5")
    typed = "MUG,3\nCUP,0\nmug,4"
    told = await plan(on, typed, kind="receive", why="note 4711")
    assert "MUG: 10 → 17 (+7)" in told
    assert "first time" not in told  # none arrived: that counts nothing
    assert "1 line said a SKU again: added up" in told
    await on.click(on.operator, "count_back")
    state = modal(on.operator)["state"]["values"]
    assert state["lines"]["value"]["value"] == typed
    assert state["reason"]["value"]["value"] == "note 4711"
    assert state["kind"]["value"]["selected_option"]["value"] == "receive"
    await on.submit(on.operator)
    assert "SKUs received in Alpha main" in await book(on)
    assert await on.world.level("MUG") == (17, 0, 17)
    causes = await on.rows("select cause, on_hand_delta from movement where cause <> 'copy'")
    assert [tuple(row) for row in causes] == [("received", 7)]
    (noted,) = await on.rows(
        "select detail ->> 'why' as why from audit where act = 'stock.receive'"
    )
    assert noted.why == "note 4711"


async def test_a_sale_meanwhile_stays_sold_and_a_parcel_that_left_is_asked_about(
    on: Office,
) -> None:
    await plan(on, "MUG,9\nCUP,6")
    on.world.shops["alpha"].sell("MUG", 2)
    await on.world.rest()
    await book(on)
    assert await on.world.level("MUG") == (9, 2, 7)  # counted with the sold ones among them
    await on.operator.close()

    await plan(on, "MUG,8\nCUP,6")
    await on.rows("""
        insert into movement (workspace_id, product_id, warehouse_id, on_hand_delta,
            committed_delta, cause, cause_key, at)
        select workspace_id, product_id, warehouse_id, -2, -2, 'order', 'sent', now()
        from stock where committed = 2""")
    await on.rows("update stock set on_hand = on_hand - 2, committed = 0 where committed = 2")
    told = await book(on)
    assert words.CHANGED in told
    assert "MUG: 7 → 8 (+1)" in told
    assert await on.world.level("MUG") == (7, 0, 7)
    await on.click(on.operator, "count_back")
    await fill(on, "MUG,6\nCUP,6")
    assert "2 SKUs counted" in await book(on)
    assert await on.world.level("MUG") == (6, 0, 6)
    assert await on.world.imbalances() == []


async def test_confirming_twice_books_once(on: Office) -> None:
    await plan(on, "MUG,3", kind="receive")
    held = dict(modal(on.operator))
    await book(on)
    view = on.slack.views.find(held["id"], None)
    view.body.update({k: held[k] for k in ("submit", "blocks", "callback_id", "private_metadata")})
    assert words.BOOKED_ALREADY in await book(on)
    assert await on.world.level("MUG") == (13, 0, 13)
    assert len(await on.rows("select 1 from audit where act = 'stock.receive'")) == 1


async def test_products_that_nobody_counted_are_counted_for_the_first_time(
    office: Office,
) -> None:
    """Opening numbers: alpha opens the warehouse, beta joins it, TIN is counted by nobody."""
    office.world.shops["beta"].add_listing("TIN", 4)
    alpha = await office.world.connect("alpha")
    await office.world.turn_on(alpha, "copy")
    beta = await office.world.connect("beta")
    house = await office.world.warehouse()
    await office.world.turn_on(beta, "keep", warehouse_id=house, open_units="in_numbers")
    told = await plan(office, "TIN,0\nMUG,10")
    assert "Counted for the first time: *1*" in told
    assert "TIN: not counted yet → 0" in told
    assert "TIN at Beta, Beta main: 4 → 0" in told
    assert words.TO_ZERO in told
    await book(office)
    await office.world.rest()
    assert office.world.shown("beta", "TIN") == 0
    assert await office.world.level("TIN") == (0, 0, 0)


@pytest.fixture
async def many(database: Database, clock: SimulatedClock) -> Any:
    """A shop with 60 listings of 5 pieces, in sync."""
    shop = Shop("many", now=clock.now)
    shop.add_location("Main")
    for number in range(60):
        shop.add_listing(f"S{number:02}", 5)
    async with open_office(database, shop, clock=clock) as office:
        store = await office.world.connect("many")
        await office.world.turn_on(store, "copy")
        yield office


async def test_r14_a_count_that_empties_much_of_a_store_says_so_and_is_kept_back(
    many: Office,
) -> None:
    told = await plan(many, "\n".join(f"S{n:02},0" for n in range(60)))
    assert words.held(["Many"]) in told
    assert "Many: 60 listings will show another number, 60 of them to zero" in told
    assert "and 45 more" in told
    await many.click(many.operator, "count_file")
    (message,) = [m for m in many.operator.messages("app") if m.get("files")]
    content = many.slack.uploads.get(message["files"][0]["id"]).content or b""
    assert len(content.decode().splitlines()) == 61
    assert b"60,S59,S59,5,0,-5,0" in content
    await book(many)
    await many.world.rest(timedelta(minutes=3))
    assert {many.world.shown("many", f"S{n:02}") for n in range(60)} == {5}
    assert [kind for kind, _, open_ in await many.world.incidents() if open_] == ["breaker"]
    assert await many.world.level("S07") == (0, 0, 0)


async def test_only_operators_and_only_their_own_list(on: Office) -> None:
    assert "operators and managers" in await on.slash(on.viewer, "count")
    await plan(on, "MUG,3")
    await on.rows("update stock_sheet set slack_user = 'U0SOMEBODY1'")
    assert words.NO_SHEET in await book(on)
    assert await on.world.level("MUG") == (10, 0, 10)
    await on.operator.close()
    await plan(on, "MUG,3")
    await on.rows("delete from person")
    assert "operators and managers" in await book(on)
    assert await on.world.level("MUG") == (10, 0, 10)
