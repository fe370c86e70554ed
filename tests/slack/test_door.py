"""The door: who is let in, over HTTP and over Socket Mode, and what happens behind it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from sandbox.shopify import Shop
from storage.database import Database
from sync import people
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, claim_code, open_office, second_process, shown

CLAIM = {
    "command": "/stock",
    "team_id": "T0STOCKROOM",
    "user_id": "U0MANAGER01",
}


async def post(
    office: Office,
    body: str,
    *,
    timestamp: str | None = None,
    signature: str | None = None,
    secret: str | None = None,
    url: str | None = None,
) -> int:
    at = str(int(office.world.clock.now().timestamp())) if timestamp is None else timestamp
    signer = SignatureVerifier(secret or office.slack.app.signing_secret)
    headers = {
        "x-slack-request-timestamp": at,
        "x-slack-signature": signature or signer.generate_signature(timestamp=at, body=body) or "",
        "content-type": "application/x-www-form-urlencoded",
    }
    async with aiohttp.ClientSession() as session:
        address = f"{url or office.url}/slack/events"
        async with session.post(address, data=body, headers=headers) as answer:
            return answer.status


async def claims(office: Office) -> int:
    await office.settle()
    return len(await office.rows("select 1 from audit where act = 'people.claim'"))


@pytest.fixture
async def claim(office: Office) -> str:
    """A signed command's body that would do something."""
    await office.rows("delete from person")
    code = await claim_code(office.world)
    return urlencode({**CLAIM, "text": f"claim {code}"})


async def test_what_is_not_signed_rightly_and_now_is_refused_and_does_nothing(
    office: Office, claim: str
) -> None:
    now = int(office.world.clock.now().timestamp())
    assert await post(office, claim, secret="wrong") == 401
    assert await post(office, claim, signature="v0=é") == 401
    for timestamp in (str(now - 301), str(now + 301), "", "soon", f"{now}.5", "9" * 5000, "-1"):
        assert await post(office, claim, timestamp=timestamp) == 401, timestamp
    assert await claims(office) == 0
    assert await post(office, claim, timestamp=str(now - 299)) == 200
    assert await claims(office) == 1


async def test_a_replay_is_refused_and_does_nothing(office: Office, claim: str) -> None:
    assert await post(office, claim) == 200
    assert await claims(office) == 1
    await office.rows("delete from audit")
    await office.rows("update claim_code set used_at = null")
    assert await post(office, claim) == 401
    assert await claims(office) == 0


async def test_a_replay_is_refused_by_every_process(office: Office, claim: str) -> None:
    async with second_process(office) as url:
        assert await post(office, claim) == 200
        assert await claims(office) == 1
        await office.rows("delete from audit")
        await office.rows("update claim_code set used_at = null")
        for _ in range(2):
            assert await post(office, claim, url=url) == 401
        assert await claims(office) == 0
        again = claim.replace("claim+", "claim++")
        assert await post(office, again, url=url) == 200
    assert await claims(office) == 1


async def test_of_one_request_sent_to_two_processes_at_once_one_counts(
    office: Office, claim: str
) -> None:
    async with second_process(office) as url:
        answers = await asyncio.gather(
            *(post(office, claim, url=one) for one in (office.url, url) * 3)
        )
    assert sorted(answers) == [200, 401, 401, 401, 401, 401]
    assert await claims(office) == 1


async def test_requests_too_old_to_be_replayed_are_forgotten(office: Office) -> None:
    for minutes in (0, 4, 11):
        office.world.clock.time = SimulatedClock().now() + timedelta(minutes=minutes)
        await office.slash(office.viewer, f"status {minutes}")
    rows = await office.rows("select at from seen_request order by at")
    ages = [(office.world.clock.now() - row.at) // timedelta(minutes=1) for row in rows]
    assert max(ages) == 7
    assert 0 in ages


async def test_a_request_that_cannot_be_told_from_a_replay_does_nothing(
    office: Office, claim: str
) -> None:
    await office.rows("alter table seen_request rename to seen_away")
    assert await post(office, claim) == 200
    assert await claims(office) == 0
    await office.rows("alter table seen_away rename to seen_request")
    assert await post(office, claim) == 200
    assert await claims(office) == 1


async def test_another_team_is_refused(office: Office, claim: str) -> None:
    foreign = claim.replace("T0STOCKROOM", "T0NEIGHBOUR")
    assert await post(office, foreign) == 200
    assert await claims(office) == 0


async def test_both_ways_of_delivery_have_one_code_path(
    database: Database, shops: list[Shop], clock: SimulatedClock
) -> None:
    async with open_office(database, *shops, clock=clock, socket_mode=True) as office:
        await office.world.connect("alpha")
        await office.manager.slash("/stock turn-on")
        await office.manager.until(lambda p: p.modal)
        for _ in range(3):
            await office.submit(office.manager)
        await office.manager.until(lambda p: "The plan" in shown(p.modal))
        await office.submit(office.manager)
        await office.manager.until(lambda p: "Sync is being turned on" in shown(p.modal))
        status = await post(office, urlencode({**CLAIM, "text": "help"}), signature="v0=0")
        assert status == 404


async def test_acks_leave_before_the_store_is_asked(office: Office) -> None:
    await office.world.connect("alpha")
    await office.slash(office.manager, "turn-on")
    calls = len(office.world.wire.calls)
    for _ in range(2):
        await office.submit(office.manager)
    assert len(office.world.wire.calls) == calls
    slow = [r for r in office.slack.inspector.records if r.kind == "delivery" and r.ms > 1000]
    assert slow == []


async def test_a_failure_nobody_foresaw_is_told_with_a_reference(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.world.connect("alpha")
    await office.slash(office.manager, "turn-on")
    await office.rows("alter table draft rename to draft_away")
    with caplog.at_level(logging.ERROR):
        await office.submit(office.manager)
        said = shown(office.manager.modal)
        assert "Something broke on our side" in said
        answer = await office.slash(office.manager, "turn-on alpha")
        assert "Something broke on our side" in answer
    for text in (said, answer):
        reference = text.split("this reference: ")[1].rstrip(".").split("\n")[0].rstrip(".")
        assert any(getattr(record, "reference", "") == reference for record in caplog.records)
        assert "Traceback" not in text
        assert "draft" not in text


async def test_a_failure_behind_a_button_is_told_too(office: Office) -> None:
    await office.world.connect("alpha")
    await office.home(office.manager)
    await office.rows("alter table draft rename to draft_away")
    await office.click(office.manager, "turn_on", on="home")
    assert "Something broke on our side" in shown(office.manager.modal)


async def test_slack_not_saying_who_it_is_refuses(office: Office) -> None:
    office.slack.faults.server_error("users.info", times=5)
    assert "did not say in time who you are" in await office.slash(office.viewer, "status")
    office.slack.faults.clear()
    assert "No store" in await office.slash(office.viewer, "status")


async def test_two_workspaces_in_one_database_never_meet(
    office: Office, database: Database
) -> None:
    world = office.world
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    rows = await office.rows("select id from product where sku = 'MUG'")
    async with database.transaction() as session:
        other = await people.ensure_workspace(session, "T9", "Other", world.clock.now())
    mine, world.workspace_id = world.workspace_id, other.id
    beta = await world.connect("beta")
    world.workspace_id = mine
    await office.rows("update store set name = 'Secret' where id = :id", id=beta)
    assert "Secret" not in await office.home(office.manager)
    assert "Secret" not in await office.slash(office.manager, "status")
    assert "No connected store" in await office.slash(office.manager, "turn-on Secret")
    theirs = await office.rows(
        "select id from product where sku = 'CUP' and workspace_id = :id", id=other.id
    )
    await office.home(office.manager)
    await office.slash(office.operator, "adjust MUG")
    view = office.slack.views.find(str((office.operator.modal or {})["id"]), None)
    view.body["private_metadata"] = json.dumps({"product": theirs[0].id})
    await office.operator.type("value", "5", block_id="number")
    await office.operator.type("value", "mine", block_id="reason")
    await office.submit(office.operator)
    assert office.operator.errors == {"warehouse": "This product no longer exists."}
    await office.operator.close()
    await forge(office, "turn_on", str(beta))
    assert "no longer connected" in shown(office.manager.modal)
    assert rows[0].id != theirs[0].id
    await forge(office, "reconnect", str(beta))
    assert await office.rows("select 1 from connect_link") == []


async def forge(office: Office, act: str, value: str) -> None:
    """Send a press that no view of ours offers: a payload is no proof."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T0STOCKROOM", "domain": "harbour-goods"},
        "user": {"id": "U0MANAGER01", "team_id": "T0STOCKROOM"},
        "trigger_id": office.slack.triggers.issue("U0MANAGER01"),
        "actions": [{"type": "button", "action_id": act, "block_id": "b", "value": value}],
        "container": {"type": "view", "view_id": "V1"},
        "view": {"type": "home", "id": "V1"},
    }
    assert await post(office, urlencode({"payload": json.dumps(payload)})) == 200
    await office.settle()


def test_the_time_is_the_products_own() -> None:
    assert SimulatedClock().now().timestamp() != pytest.approx(time.time(), abs=1)
