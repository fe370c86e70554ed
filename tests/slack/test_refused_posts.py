"""Messages that Slack does not take: a channel that is closed to us, or what we say itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.models.blocks import SectionBlock

from bot.slack.poster import PLAIN, Message, Poster
from sync.incidents import IncidentKind
from tests.slack.office import Office, shown
from tests.slack.test_alerts import ALERTS, alerts, choose_channel, fail


@pytest.fixture
async def watched(office: Office) -> Office:
    """The office with alpha connected and alerts in #stock-alerts."""
    await office.world.connect("alpha")
    await choose_channel(office)
    await office.manager.close()
    return office


def told_directly(office: Office) -> str:
    return "\n".join(shown(message) for message in office.manager.messages("app"))


@pytest.mark.parametrize(
    "code",
    [
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "ekm_access_denied",
        "posting_to_channel_denied",
    ],
)
async def test_r7_a_channel_that_we_may_not_post_in_is_told_to_the_managers(
    watched: Office, code: str
) -> None:
    watched.slack.faults.refuse("chat.postMessage", code)
    await fail(watched)
    await watched.deliver()
    await watched.deliver()
    assert "can no longer sign in to Alpha" in told_directly(watched)
    assert f"Alerts cannot be posted in their channel {ALERTS} ({code})" in told_directly(watched)
    assert await watched.rows("select 1 from outbox where sent_at is null") == []
    await fail(watched, IncidentKind.STORE_DOWN)
    await watched.deliver()
    assert "Alpha does not answer" in alerts(watched)[-1]["text"]
    open_now = await watched.rows("select kind from incident where closed_at is null")
    assert "alert_path" not in [row.kind for row in open_now]


async def test_an_alert_whose_channel_was_closed_goes_on_in_direct_messages(
    watched: Office,
) -> None:
    await fail(watched)
    await watched.deliver()
    for method in ("chat.update", "chat.postMessage"):
        watched.slack.faults.refuse(method, "restricted_action_read_only_channel")
    await fail(watched)
    await watched.deliver()
    assert "repeated 1 times" in told_directly(watched)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
async def test_r7_what_slack_does_not_take_is_said_in_plain_text(
    watched: Office, code: str
) -> None:
    watched.slack.faults.refuse("chat.postMessage", code)
    await fail(watched)
    assert await watched.deliver() == 1
    [alert] = alerts(watched)
    assert alert["text"].startswith("Stockroom can no longer sign in to Alpha")
    assert not alert.get("blocks")
    watched.slack.faults.refuse("chat.update", "invalid_blocks")
    watched.world.clock.time += timedelta(minutes=1)
    await fail(watched)
    assert await watched.deliver() == 1
    [alert] = alerts(watched)
    assert not alert.get("blocks")


async def test_blocks_that_are_none_of_slacks_are_said_in_plain_text(watched: Office) -> None:
    poster = Poster(watched.client, watched.pause)
    blocks = [SectionBlock(text="x" * 3_001)]
    where, ts = await poster.post(ALERTS, Message("y" * 5_000, list(blocks), ALERTS))
    assert len(alerts(watched)[-1]["text"]) == PLAIN
    assert await poster.edit(Message("It is over", list(blocks), where, ts))
    assert alerts(watched)[-1]["text"] == "It is over"
