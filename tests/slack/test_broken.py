"""What breaks is told wherever the person is, and what was done is not called undone."""

from __future__ import annotations

import pytest

from tests.slack.office import Office, shown
from tests.slack.test_alerts import alerts, choose_channel, fail
from tests.slack.test_wizard import to_plan

BROKE = "Something broke on our side"


@pytest.fixture
async def planning(office: Office) -> Office:
    """The office whose manager left while the plan was made, which breaks from now on."""
    await office.world.connect("alpha")
    await to_plan(office)
    await office.manager.close()
    await office.rows(
        "update draft set step = 'planning', answers = answers - 'plan', revision = revision + 1"
    )
    await office.rows("alter table plan rename to plan_away")
    return office


def directly(office: Office) -> list[str]:
    """What the manager was told in the messages with us."""
    return [message["text"] for message in office.manager.messages("app")]


@pytest.mark.parametrize("where", ["home", "command"])
async def test_a_window_whose_work_breaks_says_so(planning: Office, where: str) -> None:
    if where == "home":
        await planning.home(planning.manager)
        await planning.click(planning.manager, "turn_on", on="home")
    else:
        await planning.slash(planning.manager, "turn-on")
    assert BROKE in shown(planning.manager.modal)
    assert directly(planning) == []


async def test_who_cannot_be_told_in_the_window_is_told_directly(planning: Office) -> None:
    planning.slack.faults.refuse("views.update", "internal_error", times=5)
    await planning.slash(planning.manager, "turn-on")
    [told] = directly(planning)
    assert BROKE in told


async def test_a_press_that_comes_too_late_for_a_window_is_answered_directly(
    office: Office,
) -> None:
    await office.world.connect("alpha")
    await office.home(office.manager)
    office.slack.faults.refuse("views.open", "expired_trigger_id", times=2)
    await office.click(office.manager, "turn_on", on="home")
    assert directly(office) == ["That took too long to open. Please try again."]


async def test_what_breaks_once_a_window_is_open_is_told_directly(office: Office) -> None:
    await office.world.connect("alpha")
    await office.home(office.manager)
    await office.rows("alter table draft rename to draft_away")
    office.slack.faults.refuse("views.open", "exchanged_trigger_id")
    await office.click(office.manager, "turn_on", on="home")
    [told] = directly(office)
    assert BROKE in told
    assert "this reference: " in told


@pytest.fixture
async def pausing(office: Office) -> Office:
    """The office whose manager is about to pause a store."""
    await office.world.connect("alpha")
    await office.rows("update store set sync_status = 'on', on_since = connected_at")
    await office.slash(office.manager, "pause")
    return office


async def test_a_home_tab_that_is_not_drawn_after_an_act_is_no_failure(pausing: Office) -> None:
    pausing.slack.faults.refuse("views.publish", "internal_error", times=3)
    await pausing.click(pausing.manager, "store_act")
    assert "Sync is paused for Alpha" in shown(pausing.manager.modal)
    assert directly(pausing) == []


async def test_an_act_that_is_done_but_cannot_be_shown_is_told_as_done(pausing: Office) -> None:
    pausing.slack.faults.refuse("views.update", "internal_error")
    await pausing.click(pausing.manager, "store_act")
    [told] = directly(pausing)
    assert "That was done" in told
    [store] = await pausing.rows("select sync_status from store")
    assert store.sync_status == "paused"


async def test_a_confirmed_plan_is_told_as_begun_though_the_home_tab_is_not_drawn(
    office: Office,
) -> None:
    await office.world.connect("alpha")
    await to_plan(office)
    office.slack.faults.refuse("views.publish", "internal_error", times=3)
    await office.submit(office.manager)
    assert "Sync is being turned on" in shown(office.manager.modal)
    assert len(await office.rows("select 1 from turn_on")) == 1


async def test_an_alert_that_is_not_edited_after_an_act_is_edited_later(office: Office) -> None:
    await office.world.connect("alpha")
    await choose_channel(office)
    await office.manager.close()
    await fail(office)
    await office.deliver()
    office.slack.faults.refuse("chat.update", "internal_error")
    await office.click(office.operator, "acknowledge", on="message")
    assert office.operator.ephemerals() == []
    assert office.operator.id not in shown(alerts(office)[-1])
    await office.deliver()
    assert office.operator.id in shown(alerts(office)[-1])
