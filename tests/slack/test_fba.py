"""Following FBA, typed and clicked in Slack: who ships, where, and how old each number is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox.amazon import Fault
from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, US
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.platforms.sides import AMAZON
from tests.platforms.world import Market
from tests.slack.merchant import choose_alerts
from tests.slack.office import Office, block_of, modal, open_office, shown, title
from tests.slack.test_lifecycle import press
from tests.slack.test_lists import sent_file

PARTICIPATIONS = "marketplaceParticipations"


@pytest.fixture
async def office(database: Database, clock: SimulatedClock) -> AsyncIterator[Office]:
    """An account whose MUG the merchant sends, CANDLE Amazon, and BOTH both; connected."""
    async with open_office(database, (AMAZON, "here"), clock=clock, made=Market) as office:
        shop: Any = office.world.shops["here"]
        shop.add_listing("MUG", 10)
        shop.add_listing("CANDLE", channels=(AMAZONS,))
        shop.add_listing("BOTH", 7, channels=(OURS, AMAZONS))
        shop.add_fba("CANDLE", 25, US)
        shop.add_fba("BOTH", 12, US)
        shop.sites[CA].has_fba = False
        await office.world.connect("here")
        yield office


async def answer(office: Office, key: str, value: str | list[str]) -> str:
    """Answer the one question of a step and go on; what is shown then."""
    await office.manager.choose("answer", value, block_id=block_of(office.manager, key))
    return await on(office)


async def on(office: Office) -> str:
    await office.submit(office.manager)
    return shown(modal(office.manager))


async def begin(office: Office, way: str) -> str:
    await office.slash(office.manager, "turn-on")
    assert title(office.manager) == "Before step 1"
    assert "Amazon ships" in shown(modal(office.manager))
    return await answer(office, "fulfilment", way)


async def to_marketplaces(office: Office) -> str:
    told = await on(office)
    assert "In which marketplaces does Here use FBA?" in told
    return told


async def finish(office: Office) -> None:
    told = await on(office)
    assert "Sync is being turned on" in told
    await office.world.work()


async def follow_alone(office: Office, *where: str) -> None:
    await begin(office, "platform")
    await to_marketplaces(office)
    await answer(office, "marketplaces", list(where))
    await finish(office)


def position(office: Office) -> str:
    return title(office.manager)


async def test_fba_alone_from_the_first_question_to_the_copied_numbers(office: Office) -> None:
    told = await begin(office, "platform")
    assert position(office) == "Step 1 of 3"
    assert "never writes a number to it" in told
    assert "once every 24 hours" in told
    told = await to_marketplaces(office)
    assert position(office) == "Step 2 of 3"
    assert "US: Amazon.com" in told
    await office.submit(office.manager)
    assert "complete this required field" in str(office.manager.errors)  # Slack's own words
    told = await answer(office, "marketplaces", [US, CA])
    assert position(office) == "Step 3 of 3"
    assert "copies the FBA stock of Here in CA and US" in told
    assert "Here FBA US" in told
    await finish(office)
    await office.deliver()
    said = "\n".join(shown(message) for message in office.manager.messages("app"))
    assert "to follow its FBA stock: the stock of 2 SKUs in US was copied" in said
    assert "FBA CA: Amazon keeps nothing of yours there" in said
    status = await office.slash(office.viewer, "status")
    assert "*Sync On*" in status
    assert "FBA US: 2 SKUs copied <!date" in status
    assert "FBA CA: Amazon keeps nothing of yours there" in status
    assert "Last order read" not in status
    assert "agree" not in status
    assert "FBA US: 2 SKUs copied <!date" in await office.home(office.viewer)
    assert not await office.rows("select from incident")


async def test_turning_it_off_says_what_ends_for_a_store_that_is_only_followed(
    office: Office,
) -> None:
    await choose_alerts(office)
    await follow_alone(office, US)
    await office.manager.close()
    await office.slash(office.manager, "turn-off")
    asked = shown(modal(office.manager))
    assert "The FBA stock of Here is no longer copied" in asked
    assert "orders" not in asked
    await press(office)
    assert "Sync is off for Here: its FBA stock is no longer copied" in shown(modal(office.manager))
    await office.deliver()
    told = shown(office.manager.messages("stock-alerts")[-1])
    assert "turned off sync for Here: its FBA stock is no longer copied" in told
    assert "Here FBA US: *25 available*" in await office.slash(office.viewer, "show CANDLE")


async def test_its_age_is_shown_wherever_its_numbers_are(office: Office) -> None:
    await follow_alone(office, US)
    age = f"<!date^{int(office.world.clock.now().timestamp())}^"
    show = await office.slash(office.viewer, "show CANDLE")
    assert "Here FBA US: *25 available*" in show
    assert f"Here FBA US: the platform keeps and counts this stock; copied {age}" in show
    why = await office.slash(office.viewer, "why CANDLE")
    assert f"The platform keeps and counts this stock; copied {age}" in why
    assert "+25 kept by Here itself, as it said then by Stockroom" in why
    assert "The platform ships all that this store sells" in why
    history = await office.slash(office.viewer, "history CANDLE")
    assert "kept by Here itself" in history
    houses = await office.slash(office.viewer, "warehouses")
    assert "*Here FBA US*: 37 units available of 2 products; the platform keeps" in houses
    assert age in houses
    await office.slash(office.operator, "export")
    head, *rows = sent_file(office, office.operator)
    assert head[-1] == "Copied from FBA"
    assert {row[0]: row[5] for row in rows} == {"CANDLE": "25", "BOTH": "12"}
    assert {row[-1] for row in rows} == {f"{office.world.clock.now():%Y-%m-%d %H:%M}"}


async def test_both_is_one_way_through_seven_steps_that_can_be_left_between(
    office: Office,
) -> None:
    """FBM first, then FBA; a closed window goes on where it was, and sync is on after both."""
    await begin(office, "both")
    assert position(office) == "Step 1 of 7"
    await on(office)
    await answer(office, "mode", "copy")
    assert position(office) == "Step 3 of 7"
    await on(office)
    await office.manager.until(lambda p: p.modal and "The plan" in shown(p.modal))
    assert position(office) == "Step 4 of 7"
    told = await on(office)
    assert position(office) == "Step 5 of 7"
    assert "two numbers, kept apart" in told
    await office.manager.close()
    assert "Resume" in await office.home(office.manager)
    assert not await office.rows("select from turn_on")
    await office.slash(office.manager, "turn-on")
    assert position(office) == "Step 5 of 7"
    await to_marketplaces(office)
    told = await answer(office, "marketplaces", [US])
    assert position(office) == "Step 7 of 7"
    assert "the plan you have seen is carried out" in told
    await finish(office)
    await office.world.rest()
    summary = (await office.slash(office.viewer, "status")).replace("\n", " ")
    assert "*2 of 2 agree*" in summary
    assert "FBA US: 2 SKUs copied" in summary
    show = await office.slash(office.viewer, "show BOTH")
    levels = await office.rows("""
        select w.kind, s.available from stock s join warehouse w on w.id = s.warehouse_id
        join product p on p.id = s.product_id where p.sku = 'BOTH'""")
    assert {row.kind: row.available for row in levels} == {"own": 7, "fba": 12}
    assert "Here FBA US: the platform keeps and counts this stock" in show
    await office.slash(office.manager, "turn-off")
    asked = shown(modal(office.manager))
    assert "the orders of Here are no longer read" in asked
    assert "Its FBA stock is no longer copied either" in asked
    await press(office)
    done = shown(modal(office.manager))
    assert "Sync is off for Here: its orders are no longer read" in done
    assert "Its FBA stock is no longer copied either" in done


async def test_going_back_to_who_ships_changes_the_way_and_loses_nothing(office: Office) -> None:
    await begin(office, "both")
    await office.click(office.manager, "wizard_back")
    assert position(office) == "Before step 1"
    told = await answer(office, "fulfilment", "merchant")
    assert position(office) == "Step 1 of 4"
    assert "Shipped by the platform itself, left alone" in told
    await office.click(office.manager, "wizard_back")
    await answer(office, "fulfilment", "platform")
    assert position(office) == "Step 1 of 3"


async def test_amazon_that_does_not_answer_where_the_account_sells_is_waited_for(
    office: Office,
) -> None:
    await begin(office, "platform")
    wire = office.world.wire
    wire.faults[PARTICIPATIONS] = ["lost"] * 9
    office.world.clock.time += timedelta(minutes=5)
    told = await on(office)
    assert "The marketplaces it sells in could not be read." in told
    wire.faults.clear()
    told = await on(office)
    assert "In which marketplaces does Here use FBA?" in told


async def test_a_plan_that_changed_meanwhile_is_shown_again_before_anything_starts(
    office: Office,
) -> None:
    """R10: what is confirmed at the end of both ways is the plan that was read."""
    await begin(office, "both")
    await on(office)
    await answer(office, "mode", "copy")
    await on(office)
    await office.manager.until(lambda p: p.modal and "The plan" in shown(p.modal))
    await on(office)
    await to_marketplaces(office)
    await answer(office, "marketplaces", [US])
    await office.rows(
        "update listing set unlinked = 'ignored', product_id = null where sku = 'MUG'"
    )
    told = await on(office)
    assert "This is the plan as it stands now" in told
    assert not await office.rows("select from turn_on")
    await on(office)
    await to_marketplaces(office)
    await on(office)
    await finish(office)


async def test_r8_the_read_only_warehouse_is_in_no_menu_and_pausing_is_not_offered(
    office: Office,
) -> None:
    await follow_alone(office, US)
    assert "no warehouse" in (await office.slash(office.operator, "adjust CANDLE")).lower()
    await office.slash(office.manager, "pause Here")
    assert "Nothing is written to Here" in shown(modal(office.manager))
    await office.manager.close()
    home = await office.home(office.manager)
    assert "Pause sync" not in home
    assert "Change warehouses" not in home
    assert "FBA marketplaces" in home


async def test_where_fba_is_followed_can_be_changed_while_sync_is_on(office: Office) -> None:
    await follow_alone(office, US)
    await office.slash(office.manager, "settings Here")
    await office.click(office.manager, "follow_fba")
    assert position(office) == "Step 1 of 3"
    await to_marketplaces(office)
    await answer(office, "marketplaces", [CA])
    told = await on(office)
    assert "follows the FBA stock of Here in CA" in told
    await office.world.work()
    status = await office.slash(office.viewer, "status")
    assert "FBA US: 2 SKUs copied" in status
    assert "(no longer followed)" in status
    assert "changed where FBA stock is followed" in await office.slash(office.manager, "audit")
    await office.manager.close()


async def test_an_operator_copies_at_once_and_only_managers_choose(office: Office) -> None:
    await follow_alone(office, US)
    shop: Any = office.world.shops["here"]
    shop.at_amazon[US]["CANDLE"].fulfillable = 3
    office.world.clock.time += timedelta(minutes=1)
    await office.slash(office.operator, "sync now")
    await office.world.work()
    assert "*3 available*" in await office.slash(office.viewer, "show CANDLE")
    told = await office.slash(office.operator, "turn-on Here")
    assert "manager" in told


async def test_a_missing_role_is_one_alert_in_words_that_say_what_to_do(office: Office) -> None:
    await follow_alone(office, US)
    shop: Any = office.world.shops["here"]
    office.world.wire.before_call["summaries"] = [
        lambda: shop.faults.switch_on(Fault("no_role", count=1, only="read"))
    ]
    await office.world.run(timedelta(hours=24, minutes=2), step=timedelta(minutes=1))
    told = await office.home(office.manager)
    assert "The FBA stock of Here cannot be copied" in told
    assert "Healthy" in told
    await office.world.run(timedelta(minutes=20), step=timedelta(minutes=1))
    assert "cannot be copied" not in await office.home(office.manager)
