"""Alerts: one message for a failure, its repeats in the thread, its end told in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.slack.views.incident_words import _TELLERS
from sync import plan
from sync.incidents import IncidentKind, report, resolve
from tests.slack.office import Office, shown

ALERTS = "C0ALERTS001"


async def choose_channel(office: Office, channel: str = ALERTS) -> None:
    await office.slash(office.manager, "alerts")
    await office.manager.choose("value", channel, block_id="channel")
    await office.submit(office.manager)


async def fail(
    office: Office, kind: IncidentKind = IncidentKind.NEEDS_RECONNECT, **facts: Any
) -> None:
    async with office.world.database.transaction() as session:
        await report(
            session,
            office.world.queue,
            workspace_id=office.world.workspace_id,
            store_id=(await office.rows("select id from store limit 1"))[0].id,
            kind=kind,
            facts=facts,
            now=office.world.clock.now(),
        )


async def recover(office: Office, kind: IncidentKind = IncidentKind.NEEDS_RECONNECT) -> None:
    async with office.world.database.transaction() as session:
        await resolve(
            session,
            office.world.queue,
            workspace_id=office.world.workspace_id,
            store_id=(await office.rows("select id from store limit 1"))[0].id,
            kinds=[kind],
            now=office.world.clock.now(),
        )


def alerts(office: Office) -> list[dict[str, Any]]:
    """The messages in the alert channel but for the test message."""
    every = office.manager.messages("stock-alerts")
    return [m for m in every if "will tell failures here" not in m["text"]]


@pytest.fixture
async def watched(office: Office) -> Office:
    """The office with alpha connected and alerts in #stock-alerts."""
    await office.world.connect("alpha")
    await choose_channel(office)
    return office


async def test_choosing_the_channel_posts_one_test_message(office: Office) -> None:
    await choose_channel(office)
    assert "Alerts go there from now on" in shown(office.manager.modal)
    assert "chosen by <@U0MANAGER01>" in office.manager.messages("stock-alerts")[-1]["text"]
    rows = await office.rows("select alert_channel from workspace")
    assert rows[0].alert_channel == ALERTS
    assert "<#C0ALERTS001>" in await office.home(office.manager)
    acts = await office.rows("select act, subject from audit where act = 'alerts.channel'")
    assert [tuple(row) for row in acts] == [("alerts.channel", ALERTS)]


async def test_a_channel_without_us_says_how_to_invite_us(office: Office) -> None:
    await choose_channel(office, "C0OFFICE001")
    assert "/invite @" in shown(office.manager.modal)
    assert "is not in that channel" in shown(office.manager.modal)
    assert (await office.rows("select alert_channel from workspace"))[0].alert_channel is None
    await office.manager.invite("back-office")
    await office.submit(office.manager)
    assert "Alerts go there from now on" in shown(office.manager.modal)


async def test_from_failure_to_recovery_in_one_message(watched: Office) -> None:
    office = watched
    await fail(office, problem="Shopify refused", said="<!channel> Invalid token")
    assert await office.deliver() == 1
    [alert] = alerts(office)
    assert alert["text"].startswith("Stockroom can no longer sign in to Alpha")
    assert "&lt;!channel&gt; Invalid token" in shown(alert)
    assert "<!channel>" not in shown(alert)
    assert "*Next:* A manager presses Reconnect" in shown(alert)

    office.world.clock.time += timedelta(minutes=12)
    await fail(office)
    await office.deliver()
    [alert] = alerts(office)
    assert "repeated 1 times" in shown(alert)
    assert [m["text"] for m in office.manager.thread(alert["ts"])][1].startswith(
        "It happened once more"
    )

    await office.click(office.manager, "acknowledge", on="message")
    assert "<@U0MANAGER01> looks after it" in shown(alerts(office)[0])
    await office.click(office.manager, "snooze", on="message")
    assert "quiet until" in shown(alerts(office)[0])
    links = await office.rows("select link from audit where act = 'incident.acknowledge'")
    assert links[0].link.startswith("https://harbour-goods.slack.com/archives/C0ALERTS001/p")

    await recover(office)
    await office.deliver()
    [alert] = alerts(office)
    assert "Recovered after 12 min" in alert["text"]
    assert "actions" not in [block["type"] for block in alert["blocks"]]
    assert await office.deliver() == 0


async def test_viewers_look_but_do_not_touch(watched: Office) -> None:
    await fail(watched)
    await watched.deliver()
    await watched.click(watched.viewer, "acknowledge", on="message")
    assert "operators and managers" in watched.viewer.ephemerals()[-1]["text"]
    await watched.click(watched.operator, "reconnect", on="message")
    assert "managers" in watched.operator.ephemerals()[-1]["text"]
    await watched.click(watched.manager, "reconnect", on="message")
    assert "/connect/" in str(watched.manager.ephemerals()[-1])
    rows = await watched.rows("select acknowledged_by from incident")
    assert rows[0].acknowledged_by is None


async def test_a_channel_that_is_gone_does_not_swallow_alerts(watched: Office) -> None:
    await watched.manager.remove("stock-alerts")
    await fail(watched)
    await watched.deliver()
    await watched.deliver()
    said = "\n".join(shown(m) for m in watched.manager.messages("app"))
    assert "can no longer sign in to Alpha" in said
    assert "Alerts cannot be posted in their channel" in said
    await watched.manager.invite("stock-alerts")
    await fail(watched, IncidentKind.STORE_DOWN)
    await watched.deliver()
    await watched.deliver()
    assert "Alpha does not answer" in alerts(watched)[-1]["text"]
    assert "Recovered after" in "\n".join(shown(m) for m in watched.manager.messages("app"))


async def test_without_a_channel_every_managers_copy_shows_what_holds_now(watched: Office) -> None:
    await watched.rows("update person set role = 'manager' where slack_user = 'U0OPERATOR1'")
    await watched.manager.remove("stock-alerts")
    both = (watched.manager, watched.operator)

    def copies() -> list[str]:
        """The alert as each of the two sees it; one each, however often it was edited."""
        found = [
            [shown(m) for m in person.messages("app") if "sign in to Alpha" in m["text"]]
            for person in both
        ]
        assert [len(each) for each in found] == [1, 1]
        return [each[0] for each in found]

    await fail(watched)
    await watched.deliver()
    assert all("can no longer sign in to Alpha" in copy for copy in copies())
    await fail(watched)
    await watched.deliver()
    for person in both:
        [alert] = [m for m in person.messages("app") if "sign in to Alpha" in m["text"]]
        assert len(person.thread(alert["ts"], "app")) == 2
    await watched.click(watched.operator, "acknowledge", on="message", ts=alert["ts"])
    assert all("<@U0OPERATOR1>" in copy for copy in copies())
    await recover(watched)
    await watched.deliver()
    for person in both:
        assert "Recovered after" in "\n".join(shown(m) for m in person.messages("app"))


async def test_slack_asking_for_patience_loses_nothing(watched: Office) -> None:
    watched.slack.faults.rate_limit("chat.postMessage", retry_after=7)
    await fail(watched)
    assert await watched.deliver() == 0
    assert alerts(watched) == []
    assert 7.0 in watched.pauses
    assert await watched.deliver() == 0
    watched.slack.faults.clear()
    watched.world.clock.time += timedelta(seconds=8)
    assert await watched.deliver() == 1
    assert len(alerts(watched)) == 1


async def test_slack_down_is_waited_out(watched: Office) -> None:
    watched.slack.faults.refuse("chat.postMessage", "internal_error")
    await fail(watched)
    assert await watched.deliver() == 0
    watched.slack.faults.clear()
    assert await watched.deliver() == 0
    watched.world.clock.time += timedelta(seconds=11)
    assert await watched.deliver() == 1


async def test_a_message_that_was_deleted_is_posted_again(watched: Office) -> None:
    await fail(watched)
    await watched.deliver()
    [alert] = alerts(watched)
    await watched.client.chat_delete(channel=ALERTS, ts=alert["ts"])
    await recover(watched)
    await watched.deliver()
    assert "Recovered after" in alerts(watched)[-1]["text"]


async def test_one_message_a_second_in_one_channel(watched: Office) -> None:
    for number in range(3):
        async with watched.world.database.transaction() as session:
            await report(
                session,
                watched.world.queue,
                workspace_id=watched.world.workspace_id,
                store_id=None,
                kind=IncidentKind.OVERSOLD,
                subject=str(number),
                facts={"sku": f"S{number}", "title": "<b>", "warehouse": "W", "missing": 1},
                now=watched.world.clock.now(),
            )
    assert await watched.deliver() == 3
    assert len([pause for pause in watched.pauses if 0.5 < pause <= 1.0]) == 2


async def test_drift_is_decided_by_buttons_once(watched: Office) -> None:
    store = (await watched.rows("select id from store"))[0].id
    await watched.world.turn_on(store, "copy")
    watched.world.shops["alpha"].set_by_hand("MUG", 4)
    await watched.world.run(timedelta(hours=26), step=timedelta(minutes=40))
    await watched.deliver()
    alert = next(m for m in alerts(watched) if "nor its orders explain" in m["text"])
    assert "the store shows 4, Stockroom has 10" in shown(alert)
    await watched.click(watched.operator, "adopt", on="message", ts=alert["ts"])
    await watched.deliver()
    assert await watched.world.level("MUG") == (4, 0, 4)
    acts = await watched.rows("select act from audit where act like 'drift%'")
    assert [row.act for row in acts] == ["drift.adopt"]


async def test_turning_on_is_told_in_one_message(watched: Office) -> None:
    store = (await watched.rows("select id from store"))[0].id
    made = await watched.world.choose(store, "copy")
    async with watched.world.database.transaction() as session:
        await plan.confirm_plan(
            session,
            watched.world.deps(),
            plan_id=made.id,
            actor=watched.manager.id,
            channel=ALERTS,
            workspace_id=watched.world.workspace_id,
        )
    await watched.world.run(timedelta(seconds=30))
    await watched.deliver()
    assert "Turning on sync for Alpha" in alerts(watched)[0]["text"]
    await watched.world.until_on(store)
    await watched.deliver()
    [message] = alerts(watched)
    assert "Sync is on for Alpha" in message["text"]
    assert "change stock only in Stockroom" in shown(message)


def test_every_kind_has_words_of_its_own() -> None:
    assert set(_TELLERS) == set(IncidentKind)


@pytest.mark.parametrize("kind", list(IncidentKind))
async def test_every_kind_has_words_and_a_valid_message(
    watched: Office, kind: IncidentKind
) -> None:
    await fail(
        watched,
        kind,
        problem="Why",
        said="The store's words",
        items=[{"sku": "S", "title": "T", "ours": 1, "theirs": 2, "reason": "R"}],
        count=3,
    )
    await watched.deliver()
    told = alerts(watched) or watched.manager.messages("app")
    assert "*Next:*" in shown(told[-1])


async def test_new_listings_are_decided_in_one_go(watched: Office) -> None:
    store = (await watched.rows("select id from store"))[0].id
    await watched.world.turn_on(store, "copy")
    watched.world.shops["alpha"].add_listing("VASE", 30)
    await watched.world.run(timedelta(minutes=20), step=timedelta(seconds=30))
    await watched.deliver()
    alert = next(m for m in alerts(watched) if "1 new listing" in m["text"])
    assert watched.world.shown("alpha", "VASE") == 30
    await watched.click(watched.viewer, "new_theirs", on="message", ts=alert["ts"])
    assert "operators and managers" in watched.viewer.ephemerals()[-1]["text"]
    await watched.click(watched.operator, "new_theirs", on="message", ts=alert["ts"])
    await watched.world.rest()
    await watched.deliver()
    assert watched.world.shown("alpha", "VASE") == 30
    assert "*30 available*" in await watched.slash(watched.viewer, "show VASE")
    assert "Recovered" in next(m for m in alerts(watched) if m["ts"] == alert["ts"])["text"]
    acts = await watched.rows("select act from audit where act like 'new_listings%'")
    assert [row.act for row in acts] == ["new_listings.theirs"]


async def test_a_breaker_waits_for_a_manager(watched: Office) -> None:
    shop = watched.world.shops["alpha"]
    for number in range(30):
        shop.add_listing(f"S{number:02}", 5)
    await watched.world.run(timedelta(minutes=20), step=timedelta(minutes=1))
    store = (await watched.rows("select id from store"))[0].id
    await watched.world.turn_on(store, "copy")
    for number in range(30):
        await watched.world.adjust(f"S{number:02}", -5)
    await watched.world.rest()
    await watched.deliver()
    held = [m for m in alerts(watched) if "kept back" in m["text"]]
    assert held
    for alert in held:
        await watched.click(watched.operator, "release", on="message", ts=alert["ts"])
        assert "managers" in watched.operator.ephemerals()[-1]["text"]
        await watched.click(watched.manager, "release", on="message", ts=alert["ts"])
    await watched.world.rest()
    assert {shop.available(f"S{number:02}") for number in range(30)} == {0}


async def test_a_message_whose_sending_was_not_noted_is_not_posted_twice(watched: Office) -> None:
    await fail(watched)
    await watched.deliver()
    await watched.rows("update outbox set sent_at = null")
    assert await watched.deliver() == 1
    assert len(alerts(watched)) == 1


async def test_what_is_over_before_it_was_told_is_told_as_over(watched: Office) -> None:
    await fail(watched)
    watched.world.clock.time += timedelta(seconds=40)
    await recover(watched)
    await watched.deliver()
    [alert] = alerts(watched)
    assert alert["text"].startswith("Recovered after 40 s")


async def test_without_channel_or_manager_an_alert_waits(watched: Office) -> None:
    await watched.rows("update workspace set alert_channel = null")
    await watched.rows("delete from person")
    await fail(watched)
    assert await watched.deliver() == 0
    await watched.rows(
        "insert into person select id, 'U0MANAGER01', 'manager', now() from workspace"
    )
    watched.world.clock.time += timedelta(minutes=10)
    assert await watched.deliver() == 1
    assert "can no longer sign in" in watched.manager.messages("app")[-1]["text"]
