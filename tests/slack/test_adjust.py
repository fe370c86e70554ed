"""Adjusting stock: by a change or a count, with every way of getting it wrong."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack import words
from bot.slack.inputs import whole_number
from storage import warehouses
from tests.slack.office import Office, modal, shown


@pytest.fixture
async def counted(office: Office) -> Office:
    """The office with alpha on: MUG 10, CUP 5."""
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    return office


async def fill(office: Office, units: str, how: str = "change", why: str = "recount") -> None:
    await office.operator.choose("value", how, block_id="how")
    await office.operator.type("value", units, block_id="number")
    await office.operator.type("value", why, block_id="reason")
    await office.submit(office.operator)


async def test_change_and_count(counted: Office) -> None:
    await counted.slash(counted.operator, "adjust mug")
    await fill(counted, "+5")
    assert "on hand *10 → 15*, available *15*" in shown(counted.operator.modal)
    await counted.operator.close()
    counted.world.shops["alpha"].sell("MUG", 2)
    await counted.world.rest()
    await counted.slash(counted.operator, "adjust MUG")
    await fill(counted, "9", how="count")
    assert "on hand *15 → 9*, available *7*" in shown(counted.operator.modal)
    await counted.world.rest()
    assert counted.world.shown("alpha", "MUG") == 7
    noted = await counted.rows(
        "select actor, detail ->> 'why' as why from audit where act = 'stock.adjust'"
    )
    assert [tuple(row) for row in noted] == [(counted.operator.id, "recount")] * 2


@pytest.mark.parametrize(
    ("units", "how", "said"),
    [
        ("a dozen", "change", words.BAD_NUMBER),
        ("1.5", "change", words.BAD_NUMBER),
        ("1,000", "change", words.BAD_NUMBER),
        ("٣", "change", words.BAD_NUMBER),
        ("1000000000000", "change", words.TOO_LARGE),
        ("999999000", "change", None),
        ("1000000000", "change", words.TOO_LARGE),
        ("0", "change", words.NO_CHANGE),
        ("-1", "count", words.NEGATIVE_COUNT),
        ("0", "count", None),
        ("0", "received", words.NOTHING_RECEIVED),
        ("-4", "received", words.NOTHING_RECEIVED),
        ("7", "received", None),
    ],
)
async def test_numbers_that_are_none_are_told_under_the_field(
    counted: Office, units: str, how: str, said: str | None
) -> None:
    await counted.slash(counted.operator, "adjust MUG")
    await fill(counted, units, how)
    if said is None:
        assert title_of(counted) == words.SAVED
        found = await counted.rows("select cause from movement order by id desc limit 1")
        assert [row.cause for row in found] == [how]
        return
    assert counted.operator.errors == {"number": said}
    values = modal(counted.operator)["state"]["values"]
    assert values["reason"]["value"]["value"] == "recount"
    assert await counted.world.level("MUG") == (10, 0, 10)
    await fill(counted, "2", "change")
    assert await counted.world.level("MUG") == (12, 0, 12)


def title_of(office: Office) -> str:
    return str(modal(office.operator)["title"]["text"])


async def test_saving_twice_counts_once(counted: Office) -> None:
    await counted.slash(counted.operator, "adjust MUG")
    held = dict(modal(counted.operator))
    await fill(counted, "3")
    view = counted.slack.views.find(held["id"], None)
    view.body.update({k: held[k] for k in ("submit", "blocks", "callback_id", "private_metadata")})
    view.values.update(_values(counted))
    await counted.submit(counted.operator)
    assert "on hand *10 → 13*" in shown(counted.operator.modal)
    assert await counted.world.level("MUG") == (13, 0, 13)
    assert len(await counted.rows("select 1 from audit where act = 'stock.adjust'")) == 1


def _values(office: Office) -> dict[str, Any]:
    sent = [r.sent for r in office.slack.inspector.records if r.name == "view_submission"]
    state: dict[str, Any] = sent[-1]["view"]["state"]["values"]
    return state


async def test_without_a_warehouse_there_is_nothing_to_adjust(office: Office) -> None:
    await office.world.connect("alpha")
    assert "no warehouse yet" in await office.slash(office.operator, "adjust MUG")


async def test_more_warehouses_than_a_list_holds_are_searched(counted: Office) -> None:
    async with counted.world.database.transaction() as session:
        for number in range(120):
            await warehouses.add(
                session, counted.world.workspace_id, f"House {number}", counted.world.clock.now()
            )
    await counted.slash(counted.operator, "adjust MUG")
    found = await counted.operator.suggest("warehouse_search", "house 119", block_id="warehouse")
    assert [one["text"]["text"] for one in found] == ["House 119"]
    await counted.operator.choose("warehouse_search", found[0]["value"], block_id="warehouse")
    await fill(counted, "4", "count")
    assert "in House 119: on hand *0 → 4*" in shown(counted.operator.modal)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), (" -3 ", -3), ("+4", 4), ("\N{MINUS SIGN}7", -7), ("1 000", 1000), ("", None)],
)
def test_reading_whole_numbers(typed: str, number: int | None) -> None:
    assert whole_number(typed) == number
