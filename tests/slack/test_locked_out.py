"""The app is removed from the workspace, or its token revoked: stock goes on, messages wait."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from sandbox.shopify import Shop
from tests.slack.office import Office, shown
from tests.slack.test_alerts import ALERTS


@pytest.mark.parametrize("fault", ["token_revoked", "app_removed"])
async def test_messages_wait_and_slack_is_asked_once_in_ten_minutes(
    office: Office, shops: list[Shop], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = office.world
    for name in ("alpha", "beta"):
        store = await world.connect(name)
        await world.turn_on(store, "copy" if name == "alpha" else "keep", warehouse_id=None)
    await office.slash(office.manager, "alerts")
    await office.manager.choose("value", ALERTS, block_id="channel")
    await office.submit(office.manager)
    await office.deliver()
    before = len(office.manager.messages("stock-alerts"))

    setattr(office.slack.faults, fault, True)
    shops[0].rotate_token("shpat_other")
    shops[1].rotate_token("shpat_other")
    await world.rest()
    with caplog.at_level(logging.ERROR):
        for _ in range(6):
            world.clock.time += timedelta(minutes=1)
            assert await office.deliver() == 0
    [line] = [one for one in caplog.records if "Slack knows our token no more" in one.message]
    said = vars(line)["problem"]
    assert said == ("account_inactive" if fault == "app_removed" else "token_revoked")
    waiting = await office.rows("select problem from outbox where sent_at is null")
    assert len(waiting) >= 2, "two stores have something to tell"
    assert {row.problem for row in waiting} == {said}

    office.slack.faults.clear()
    world.clock.time += timedelta(minutes=10)
    await office.deliver()
    told = [shown(m) for m in office.manager.messages("stock-alerts")[before:]]
    assert sum("Alpha" in text for text in told) == 1
    assert sum("Beta" in text for text in told) == 1
    assert await office.rows("select 1 from outbox where sent_at is null") == []
