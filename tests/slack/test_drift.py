"""`/stock drift [store]`: differences with what they look like, decided where they are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack import drift_words
from bot.slack.views.drift import drift, read_press
from sandbox.shopify import Shop
from sandbox.slack.blockkit import check_message
from storage import differences
from storage.database import Database
from storage.differences import Difference
from sync.causes import Cause, cause
from sync.drift import Question, questions
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, open_office, shown
from tests.slack.test_alerts import alerts, choose_channel

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def a_day(office: Office) -> None:
    """Let an audit come round and its readings settle."""
    await office.world.run(timedelta(hours=26), step=timedelta(minutes=40))


def listed(office: Office) -> str:
    """What the list shows after its last press."""
    return shown(office.operator.ephemerals()[-1])


async def held(office: Office) -> dict[str, Difference]:
    """The differences by location or, where there is one location only, by SKU."""
    world = office.world
    stores = [row.id for row in await office.rows("select id from store")]
    async with world.database.transaction() as session:
        found = await differences.held(session, world.workspace_id, stores)
        assert await questions(session, world.workspace_id + 1, stores) == []  # R13
    return {f"{item.sku} {item.location}": item for item in found}


async def test_differences_are_listed_ignored_asked_about_again_and_decided(
    office: Office, shops: list[Shop]
) -> None:
    world, shop = office.world, shops[0]
    await choose_channel(office)
    store = await world.connect("alpha")
    assert "all stores is explained" in await office.slash(office.operator, "drift")
    await world.turn_on(store, "copy")
    shop.set_by_hand("MUG", 4)
    shop.set_by_hand("CUP", 6)
    await a_day(office)
    await office.deliver()
    assert "operators and managers" in await office.slash(office.viewer, "drift")
    assert "No connected store is called “gamma”" in await office.slash(
        office.operator, "drift gamma"
    )
    answer = await office.slash(office.operator, "drift  ALPHA")
    assert "2 unexplained differences" in answer
    assert (
        "MUG, Alpha, Alpha main: the store shows 4, Stockroom has 10: looks like a change by hand "
        "in the store, of -6" in answer
    )
    opened = {row.subject: row.id for row in await office.rows("select id, subject from incident")}
    values = {
        read_press(element["value"]).incident: element["value"]
        for block in office.operator.ephemerals()[-1]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert set(values) == set(opened.values())
    targets = {row.sku: row.id for row in await office.rows(
        "select l.sku, t.id from target t join listing l on l.id = t.listing_id")}  # fmt: skip
    mug, cup = (values[opened[str(targets[sku])]] for sku in ("MUG", "CUP"))

    await office.click(office.operator, "drift_put_back", value=cup, on="message")
    assert "1 unexplained difference" in listed(office)
    assert "CUP" not in listed(office)
    await office.click(office.operator, "drift_ignore", value=mug, on="message")
    assert "Left as they are" in listed(office)
    assert "MUG, Alpha, Alpha main: the store shows 4" in listed(office)
    assert len(office.operator.ephemerals()) == 3, "the list is shown anew in its place"
    await a_day(office)
    await office.deliver()
    assert shop.available("CUP") == 5
    assert shop.available("MUG") == 4
    assert await world.level("MUG") == (10, 0, 10)
    closed = [m for m in alerts(office) if "Left as it is by <@U0OPERATOR1>" in shown(m)]
    assert len(closed) == 1
    assert await office.rows("select 1 from incident where closed_at is null") == []

    await world.adjust("MUG", 1)
    await world.rest()
    assert shop.available("MUG") == 5, "what changes goes out on top of what is left as it is"
    assert "the store shows 5, Stockroom has 11" in await office.slash(office.operator, "drift")
    await office.click(office.operator, "drift_ask_again", on="message")
    assert "Left as they are" not in listed(office)
    await office.click(office.operator, "drift_adopt", on="message")
    assert "all stores is explained" in listed(office)
    await world.rest()
    assert await world.level("MUG") == (5, 0, 5)
    assert shop.available("MUG") == 5
    acts = await office.rows("select act from audit where act like 'drift%' order by id")
    assert [row.act for row in acts] == [
        "drift.put_back",
        "drift.ignore",
        "drift.ask_again",
        "drift.adopt",
    ]


async def test_ignoring_under_the_alert_and_being_asked_anew_by_a_newer_number(
    office: Office, shops: list[Shop]
) -> None:
    await choose_channel(office)
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    shops[0].set_by_hand("MUG", 4)
    await a_day(office)
    await office.deliver()
    await office.click(office.viewer, "ignore_once", on="message")
    assert "operators and managers" in office.viewer.ephemerals()[-1]["text"]
    await office.click(office.operator, "ignore_once", on="message")
    await office.deliver()
    [alert] = [m for m in alerts(office) if "nor its orders explain" in m["text"]]
    assert alert["text"].startswith("Left as it is: Alpha shows a number")
    assert "actions" not in [block["type"] for block in alert["blocks"]]
    shops[0].set_by_hand("MUG", 3)
    await a_day(office)
    await office.deliver()
    assert "the store shows 3, Stockroom has 10" in shown(alerts(office)[-1])


async def test_what_a_difference_looks_like_is_read_from_what_happened(
    database: Database, clock: SimulatedClock
) -> None:
    alpha, wide = Shop("alpha", now=clock.now), Shop("wide", now=clock.now)
    alpha.add_location("Alpha main")
    left, right = wide.add_location("Left"), wide.add_location("Right")
    for sku, units in {"MUG": 10, "CUP": 5, "POT": 9}.items():
        alpha.add_listing(sku, units)
    wide.add_listing("MUG", 12)
    wide.stock_at("MUG", right, 12)
    async with open_office(database, alpha, wide, clock=clock) as office:
        world = office.world
        store = await world.connect("alpha")
        await world.turn_on(store, "copy")
        house = await world.warehouse()
        await world.turn_on(await world.connect("wide"), "keep", warehouse_id=house)
        await office.rows("update store set buffer = 2 where id = :id", id=store)
        for sku in ("MUG", "CUP", "POT"):
            await world.adjust(sku, 1)
        await world.rest()
        await world.adjust("POT", 1)
        await world.rest()
        alpha.set_by_hand("CUP", 5)  # 4 is right, and stood at 5 before
        alpha.set_by_hand("POT", 11)  # 9 is right, less the 2 kept back
        for place, by in ((left, -3), (right, 3)):
            wide.set_by_hand("MUG", wide.available("MUG", place) + by, place)
        late = alpha.sell_many([("MUG", 1)], lag=timedelta(hours=25))
        await a_day(office)
        alpha.touch(late)
        await world.rest()
        found = await held(office)
        assert {name: str(cause(item)) for name, item in found.items()} == {
            "CUP Alpha main": "not_applied",
            "POT Alpha main": "buffer",
            "MUG Left": "shared_warehouse",
            "MUG Right": "shared_warehouse",
            "MUG Alpha main": "late_order",
        }
        assert found["MUG Alpha main"].unbooked == 0
        await office.rows("update order_line set unbooked = 'unknown_location'")
        assert (await held(office))["MUG Alpha main"].unbooked == 1
        alpha.set_status("POT", "DRAFT")
        await world.run(timedelta(minutes=20), step=timedelta(minutes=1))
        await office.rows("update listing set sku_key = 'other' where sku = 'CUP'")
        found = await held(office)
        assert [found[f"{sku} Alpha main"].listed for sku in ("POT", "CUP")] == [False, True]
        assert [found[f"{sku} Alpha main"].same_sku for sku in ("POT", "CUP")] == [True, False]


FOUND = Difference(
    id=1, store_id=1, store="Alpha", location="Main", sku="MUG", product_sku="MUG", title="Mug",
    desired=10, shown=13, held=3, stock=10, buffer=0, maximum=None, listed=True, same_sku=True,
    orders_read_at=NOW, read_at=NOW, sent_from=5, sent_to=10, sent_outcome="applied", unbooked=0,
    late=0, moved=False, incident_id=1,
)  # fmt: skip
CASES: list[tuple[Cause, dict[str, Any]]] = [
    (Cause.NOT_APPLIED, {"sent_from": 13, "sent_to": 10, "late": 3}),
    (Cause.BY_HAND, {"sent_from": 13, "sent_to": 10, "sent_outcome": "rejected"}),
    (Cause.LATE_ORDER, {"late": 3, "unbooked": -3}),
    (Cause.UNBOOKED_ORDER, {"held": -2, "unbooked": 2}),
    (Cause.ORDERS_NOT_READ, {"held": -2, "orders_read_at": NOW - timedelta(hours=1)}),
    (Cause.ORDERS_NOT_READ, {"held": -2, "orders_read_at": None}),
    (Cause.BY_HAND, {"orders_read_at": None}),
    (Cause.MAXIMUM, {"maximum": 10, "stock": 14, "buffer": 1}),
    (Cause.BUFFER, {"buffer": 3, "stock": 13}),
    (Cause.NOT_LISTED, {"listed": False, "same_sku": False}),
    (Cause.WRONG_LINK, {"same_sku": False, "product_sku": "CUP", "moved": True}),
    (Cause.SHARED_WAREHOUSE, {"moved": True}),
    (Cause.BY_HAND, {}),
]


@pytest.mark.parametrize(("expected", "differs"), CASES)
def test_the_first_cause_whose_numbers_fit_is_named(
    expected: Cause, differs: dict[str, Any]
) -> None:
    found = replace(FOUND, **differs)
    assert cause(found) == expected
    told = str([block.to_dict() for block in drift([Question(1, (found,))], "")])
    assert drift_words._CAUSES[expected].split("{")[0] in told
    assert "{sent" not in told


def test_no_cause_goes_without_a_case() -> None:
    assert {expected for expected, _ in CASES} == set(Cause)


@pytest.mark.parametrize("name", ["<!channel>", "☕" * 255, '"\\' * 128])
def test_every_page_of_the_list_is_a_valid_message(name: str) -> None:
    found = replace(FOUND, store=name, location=name, sku=name, product_sku=name, same_sku=False)
    asked = [Question(number, (found,) * number) for number in range(1, 31)]
    asked.append(Question(None, (found,)))
    pages: list[str] = []
    for page in range(100):
        blocks = [block.to_dict() for block in drift(asked, name, page)]
        if pages and str(blocks) == pages[-1]:
            break
        assert not check_message({"text": "x", "blocks": blocks})
        assert "*<!channel>*" not in str(blocks)
        pages.append(str(blocks))
    every = "".join(pages)
    assert every.count("'drift_ignore'") == 30
    assert every.count("and 10 smaller ones") == 1
    assert every.count("'drift_ask_again'") == 1
