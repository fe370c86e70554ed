"""`/stock low SKU`: an alert when a product falls to its level, and when it is well above again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.slack import low_words as words
from sync.low_stock import is_low
from tests.slack.office import Office, modal, shown

MINUTES = timedelta(minutes=2)


@pytest.fixture
async def on(office: Office) -> Office:
    """Alpha (MUG 10, CUP 5) is on, and alerts have a channel."""
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    await office.manager.invite("stock-alerts")
    channel = office.slack.directory.find_channel("stock-alerts")
    assert channel is not None
    await office.rows("update workspace set alert_channel = :channel", channel=channel.id)
    return office


async def save(office: Office, sku: str, level: str) -> str:
    await office.slash(office.operator, f"low {sku}")
    await office.operator.type("value", level, block_id="number")
    await office.submit(office.operator)
    said = shown(modal(office.operator))
    if not office.operator.errors:
        await office.operator.close()
    return said


async def sell(office: Office, units: int) -> None:
    office.world.shops["alpha"].sell("MUG", units)
    await office.world.run(MINUTES)


def alerts(office: Office) -> list[dict[str, Any]]:
    """Messages in the alert channel that are about MUG; repeats stand in their threads."""
    return [m for m in office.manager.messages("stock-alerts") if "MUG" in m["text"]]


async def told(office: Office) -> list[tuple[str, int, bool]]:
    """Incidents of low stock: the fact as it was told, repeats, whether it is open."""
    rows = await office.rows("""
        select facts ->> 'available' as available, repeats, closed_at is null as open
        from incident where kind = 'low_stock' order by id""")
    return [tuple(row) for row in rows]


async def test_one_alert_from_the_crossing_to_well_above(on: Office) -> None:
    assert "5 units of MUG or fewer" in await save(on, "MUG", "5")
    assert await told(on) == []
    await sell(on, 5)
    await on.deliver()
    (message,) = alerts(on)
    assert "is low: 5 available, in all warehouses together" in shown(message)
    await sell(on, 1)
    assert await told(on) == [("5", 0, True)]  # still low: nothing new
    await on.world.adjust("MUG", 2)
    await on.world.rest()  # a raise waits for the store's orders
    assert await told(on) == [("5", 0, True)]  # 6 are above the level, not well above
    await sell(on, 6)
    assert await told(on) == [("0", 1, True)]  # sold out is worth a word
    await on.world.adjust("MUG", 7)
    await on.world.rest()
    assert await told(on) == [("0", 1, False)]
    await on.deliver()
    (message,) = alerts(on)
    assert "Recovered after" in shown(message)
    await sell(on, 2)
    assert await told(on) == [("0", 1, False), ("5", 0, True)]


async def test_a_level_is_told_at_once_shown_changed_and_taken_away(on: Office) -> None:
    await save(on, "MUG", "12")
    assert await told(on) == [("10", 0, True)]
    assert "falls to 12" in await on.slash(on.viewer, "show MUG")
    await on.slash(on.operator, "low MUG")
    assert modal(on.operator)["blocks"][2]["element"]["initial_value"] == "12"
    await on.operator.close()
    assert "No alert" in await save(on, "MUG", "")
    assert await told(on) == [("10", 0, False)]
    assert "falls to" not in await on.slash(on.viewer, "show MUG")
    noted = await on.rows("select subject, detail from audit where act = 'stock.low_level'")
    assert [(row.subject, row.detail["level"]) for row in noted] == [
        ("MUG", [None, 12]),
        ("MUG", [12, None]),
    ]


async def test_what_is_no_level_is_told_under_the_field(on: Office) -> None:
    assert "operators and managers" in await on.slash(on.viewer, "low MUG")
    assert words.HOW in await on.slash(on.operator, "low")
    await on.slash(on.operator, "low MUG")
    for typed, said in (
        ("-1", words.BAD_LEVEL),
        ("few", words.BAD_LEVEL),
        ("1000000000", words.TOO_LARGE),
    ):
        await on.operator.type("value", typed, block_id="number")
        await on.submit(on.operator)
        assert on.operator.errors == {"number": said}
    await on.operator.type("value", "3", block_id="number")
    await on.submit(on.operator)
    assert "3 units of MUG" in shown(modal(on.operator))


@pytest.mark.parametrize(
    ("available", "level", "fresh", "stays"),
    [
        (5, 5, True, True),
        (6, 5, False, True),
        (7, 5, False, False),
        (0, 0, True, True),
        (1, 0, False, True),
        (-3, 0, True, True),
        (60, 50, False, True),
        (61, 50, False, False),
        (None, 5, False, False),
        (3, None, False, False),
    ],
)
def test_low_begins_at_the_level_and_ends_well_above(
    available: int | None, level: int | None, fresh: bool, stays: bool
) -> None:
    assert is_low(available, level, told=False) is fresh
    assert is_low(available, level, told=True) is stays
