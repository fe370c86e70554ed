"""The Web API as slack_sdk meets it: refusals, limits, paging, files."""

import copy
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.fixtures import serving
from tests.slack_sandbox.tiny_app import MANIFEST, button, modal, text_input

Desk = tuple[Workspace, AsyncWebClient]
GENERAL, ALERTS = "C0GENERAL01", "C0ALERTS001"
MANAGER = "U0MANAGER01"


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    """The workspace's time."""
    return Clock()


@pytest.fixture
async def desk(clock: Clock) -> AsyncIterator[Desk]:
    """A workspace and the app's client."""
    async with serving(MANIFEST, now=clock) as workspace:
        yield workspace, client_of(workspace)


def client_of(workspace: Workspace, **options: Any) -> AsyncWebClient:
    """Return a client with the bot's token."""
    return AsyncWebClient(
        token=workspace.app.bot_token, base_url=f"{workspace.base_url}/api/", **options
    )


async def refusal(call: Any) -> dict[str, Any]:
    """Return the body of the error that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: dict[str, Any] = caught.value.response.data
    return body


async def test_who_may_call_what(desk: Desk) -> None:
    workspace, client = desk
    assert (await client.auth_test())["user_id"] == workspace.app.bot_user_id
    nobody = AsyncWebClient(base_url=f"{workspace.base_url}/api/")
    assert (await refusal(nobody.auth_test()))["error"] == "not_authed"
    stranger = AsyncWebClient(token="xoxb-wrong", base_url=f"{workspace.base_url}/api/")
    assert (await refusal(stranger.auth_test()))["error"] == "invalid_auth"
    wrong_kind = AsyncWebClient(
        token=workspace.app.app_token, base_url=f"{workspace.base_url}/api/"
    )
    assert (await refusal(wrong_kind.auth_test()))["error"] == "not_allowed_token_type"
    body = await refusal(client.team_info())
    assert (body["error"], body["needed"]) == ("missing_scope", "team:read")
    assert "chat:write" in body["provided"]
    assert (await refusal(client.api_call("chat.shout")))["error"] == "unknown_method"
    assert len(workspace.inspector.refusals()) == 5


async def test_a_refused_view_shows_slacks_words(desk: Desk) -> None:
    workspace, client = desk
    trigger = workspace.triggers.issue(MANAGER)
    bad = modal(
        "form", *[{"type": "divider"}] * 101, title={"type": "plain_text", "text": "x" * 25}
    )
    body = await refusal(client.views_open(trigger_id=trigger, view=bad))
    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]",
    ]
    good = modal("form", text_input("name"))
    assert (await client.views_open(trigger_id=trigger, view=good))["ok"], "not spent by a refusal"


async def test_triggers_live_three_seconds_and_once(desk: Desk, clock: Clock) -> None:
    workspace, client = desk
    view = modal("form", text_input("name"))
    used = workspace.triggers.issue(MANAGER)
    await client.views_open(trigger_id=used, view=view)
    again = await refusal(client.views_open(trigger_id=used, view=view))
    assert again["error"] == "exchanged_trigger_id"
    old = workspace.triggers.issue(MANAGER)
    clock.time += 3.5
    late = await refusal(client.views_open(trigger_id=old, view=view))
    assert late["error"] == "expired_trigger_id"
    unknown = await refusal(client.views_open(trigger_id="1.2.abc", view=view))
    assert unknown["error"] == "invalid_trigger_id"
    fresh = workspace.triggers.issue(MANAGER)
    assert (await client.views_open(trigger_id=fresh, view=view))["ok"]


async def test_view_stack_hash_and_names(desk: Desk) -> None:
    workspace, client = desk
    view = modal("form", text_input("name"), external_id="first")
    opened = (await client.views_open(trigger_id=workspace.triggers.issue(MANAGER), view=view)).data
    assert isinstance(opened, dict)
    first = opened["view"]
    assert first["state"] == {"values": {}}
    assert first["blocks"][0]["optional"] is False

    outside = workspace.triggers.issue(MANAGER)
    plain_view = modal("form", text_input("name"))
    body = await refusal(client.views_push(trigger_id=outside, view=plain_view))
    assert body["error"] == "not_found"
    for depth in (2, 3):
        inside = workspace.triggers.issue(MANAGER, first["id"])
        pushed = await client.views_push(trigger_id=inside, view=plain_view)
        assert pushed["view"]["root_view_id"] == first["id"], depth
    inside = workspace.triggers.issue(MANAGER, first["id"])
    body = await refusal(client.views_push(trigger_id=inside, view=plain_view))
    assert body["error"] == "push_limit_reached"

    updated = await client.views_update(external_id="first", view=view, hash=first["hash"])
    assert updated["view"]["id"] == first["id"]
    stale = await refusal(client.views_update(view_id=first["id"], view=view, hash=first["hash"]))
    assert stale["error"] == "hash_conflict"
    twice = workspace.triggers.issue("U0OPERATOR1")
    body = await refusal(client.views_open(trigger_id=twice, view=view))
    assert body["error"] == "duplicate_external_id"
    person = workspace.person("manager")
    await person.close(everything=True)
    gone = await refusal(client.views_update(view_id=first["id"], view=view))
    assert gone["error"] == "not_found"


async def test_a_view_above_250_kb(desk: Desk) -> None:
    workspace, client = desk
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    view = modal("form", *[copy.deepcopy(section) for _ in range(90)])
    body = await refusal(client.views_open(trigger_id=workspace.triggers.issue(MANAGER), view=view))
    assert body["error"] == "view_too_large"


async def test_publishing_home(desk: Desk) -> None:
    _, client = desk
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("a")]}]}
    first = await client.views_publish(user_id=MANAGER, view=home)
    second = await client.views_publish(user_id=MANAGER, view=home, hash=first["view"]["hash"])
    assert second["view"]["id"] == first["view"]["id"]
    body = await refusal(
        client.views_publish(user_id=MANAGER, view=home, hash=first["view"]["hash"])
    )
    assert body["error"] == "hash_conflict"
    body = await refusal(client.views_publish(user_id="U0NOBODY", view=home))
    assert body["response_metadata"]["messages"] == [
        "[ERROR] invalid `user_id` [json-pointer:/user_id]"
    ]
    body = await refusal(client.views_publish(user_id=MANAGER, view=modal("form")))
    assert body["error"] == "invalid_arguments"


async def test_posting(desk: Desk) -> None:
    workspace, client = desk
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]
    posted = await client.chat_postMessage(channel="#stock-alerts", text="hi", blocks=blocks)
    assert posted["message"]["blocks"][0]["block_id"]
    assert posted["message"]["bot_id"] == workspace.app.bot_id
    for channel, error in (
        ("#general", "not_in_channel"),
        ("C0OFFICE001", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
    ):
        body = await refusal(client.chat_postMessage(channel=channel, text="hi"))
        assert body["error"] == error, channel
    direct = await client.chat_postMessage(channel=MANAGER, text="psst")
    assert direct["channel"].startswith("D")
    assert workspace.person("manager").messages("app")[-1]["text"] == "psst"
    body = await refusal(client.api_call("chat.postMessage", json={"channel": ALERTS}))
    assert body["error"] == "no_text"
    body = await refusal(client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks * 51))
    assert body["error"] == "invalid_blocks"
    assert body["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]
    words = [f"[ERROR] {line}" for line in body["errors"]]
    assert body["response_metadata"]["messages"] == words
    body = await refusal(client.chat_postMessage(channel=ALERTS, text="x", blocks="[not json"))
    assert body["error"] == "invalid_blocks_format"
    full = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_640}}] * 5
    assert (await client.chat_postMessage(channel=ALERTS, text="x", blocks=full))["ok"]
    body = await refusal(client.chat_postMessage(channel=ALERTS, text="x", blocks=full + blocks))
    assert body["error"] == "msg_blocks_too_long"
    longest = await client.chat_postMessage(channel=ALERTS, text="x" * 40_001)
    assert len(longest["message"]["text"]) == 40_000


async def test_threads_edits_and_deletion(desk: Desk) -> None:
    workspace, client = desk
    parent = await client.chat_postMessage(channel=ALERTS, text="Failing")
    ts = parent["ts"]
    reply = await client.chat_postMessage(channel=ALERTS, text="again", thread_ts=ts)
    viewer = workspace.person("viewer")
    assert [m["text"] for m in viewer.messages("stock-alerts")] == ["Failing"]
    assert [m["text"] for m in viewer.thread(ts)] == ["Failing", "again"]
    await viewer.say("why?", "stock-alerts", thread_ts=reply["ts"])
    assert [m["text"] for m in viewer.thread(ts)] == ["Failing", "again", "why?"]
    edited = await client.chat_update(channel=ALERTS, ts=ts, text="Recovered")
    assert edited["message"]["edited"]["user"] == workspace.app.bot_user_id
    assert viewer.thread(ts)[0]["text"] == "Recovered"
    link = await client.chat_getPermalink(channel=ALERTS, message_ts=reply["ts"])
    assert link["permalink"].endswith(f"?thread_ts={ts}&cid={ALERTS}")
    body = await refusal(client.chat_update(channel=ALERTS, ts=ts, text="x" * 4_001))
    assert body["error"] == "msg_too_long"
    body = await refusal(client.chat_update(channel=ALERTS, ts="1.2", text="x"))
    assert body["error"] == "message_not_found"
    said = await viewer.say("mine", "stock-alerts")
    body = await refusal(client.chat_update(channel=ALERTS, ts=said, text="x"))
    assert body["error"] == "cant_update_message"
    await client.chat_delete(channel=ALERTS, ts=reply["ts"])
    assert [m["text"] for m in viewer.thread(ts)] == ["Recovered", "why?"]
    body = await refusal(client.chat_postMessage(channel=ALERTS, text="x", thread_ts="1.2"))
    assert body["error"] == "cannot_reply_to_message"


async def test_ephemeral_messages(desk: Desk) -> None:
    workspace, client = desk
    sent = await client.chat_postEphemeral(channel=ALERTS, user=MANAGER, text="only you")
    assert workspace.person("manager").ephemerals()[-1]["ts"] == sent["message_ts"]
    assert workspace.person("viewer").ephemerals() == []
    assert workspace.person("viewer").messages("stock-alerts") == []
    body = await refusal(client.chat_postEphemeral(channel=ALERTS, user="U0GUEST0001", text="x"))
    assert body["error"] == "user_not_in_channel"
    body = await refusal(client.chat_update(channel=ALERTS, ts=sent["message_ts"], text="x"))
    assert body["error"] == "message_not_found"


async def test_rate_limits_are_honoured(desk: Desk) -> None:
    workspace, client = desk
    workspace.faults.rate_limit("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ALERTS, text="hi")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert workspace.inspector.refusals() == [], "the app did nothing wrong"

    patient = client_of(workspace, retry_handlers=[AsyncRateLimitErrorRetryHandler()])
    workspace.faults.rate_limit("chat.postMessage", retry_after=0)
    assert (await patient.chat_postMessage(channel=ALERTS, text="hi"))["ok"]
    assert len(workspace.inspector.calls("chat.postMessage")) == 3


async def test_pacing(clock: Clock) -> None:
    async with serving(MANIFEST, now=clock, pacing=True) as workspace:
        client = client_of(workspace)
        for number in range(4):
            await client.chat_postMessage(channel=ALERTS, text=str(number))
        body = await refusal(client.chat_postMessage(channel=ALERTS, text="too fast"))
        assert body["error"] == "ratelimited"
        clock.time += 1
        assert (await client.chat_postMessage(channel=ALERTS, text="in time"))["ok"]


async def test_other_troubles_and_their_end(desk: Desk) -> None:
    workspace, client = desk
    workspace.faults.server_error("users.info", status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user=MANAGER)
    assert caught.value.response.status_code == 503
    workspace.faults.token_revoked = True
    assert (await refusal(client.users_info(user=MANAGER)))["error"] == "token_revoked"
    workspace.faults.clear()
    workspace.faults.app_removed = True
    assert (await refusal(client.users_info(user=MANAGER)))["error"] == "account_inactive"
    workspace.faults.clear()
    workspace.faults.refuse("users.info", "user_not_visible")
    assert (await refusal(client.users_info(user=MANAGER)))["error"] == "user_not_visible"
    assert (await client.users_info(user=MANAGER))["ok"]


async def test_people(desk: Desk) -> None:
    _, client = desk
    viewer = (await client.users_info(user="U0VIEWER001"))["user"]
    assert (viewer["tz"], viewer["tz_offset"]) == ("Asia/Tokyo", 32_400)
    assert (await client.users_info(user="U0GUEST0001"))["user"]["is_restricted"] is True
    foreign = (await client.users_info(user="U0FOREIGN01"))["user"]
    assert foreign["team_id"] != viewer["team_id"]
    assert foreign["is_stranger"] is True
    body = await refusal(client.users_info(user="U0NOBODY"))
    assert body["error"] == "user_not_found"


async def test_paging(desk: Desk) -> None:
    _, client = desk
    names: list[str] = []
    cursor = ""
    while True:
        page = await client.users_list(limit=2, cursor=cursor)
        assert len(page["members"]) <= 2
        names += [member["name"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert len(names) == len(set(names)) == 6
    body = await refusal(client.users_list(cursor="nonsense"))
    assert body["error"] == "invalid_cursor"


async def test_channels_and_history(desk: Desk, clock: Clock) -> None:
    _, client = desk
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [c["name"] for c in listed["channels"]] == ["general", "stock-alerts"]
    assert [c["is_member"] for c in listed["channels"]] == [False, True]
    body = await refusal(client.conversations_info(channel="C0OFFICE001"))
    assert body["error"] == "channel_not_found"
    for text in ("one", "two", "three"):
        clock.time += 1
        await client.chat_postMessage(channel=ALERTS, text=text)
    history = await client.conversations_history(channel=ALERTS, limit=2)
    assert [m["text"] for m in history["messages"]] == ["three", "two"]
    assert history["has_more"] is True
    older = await client.conversations_history(channel=ALERTS, latest=history["messages"][-1]["ts"])
    assert [m["text"] for m in older["messages"]] == ["one"]
    body = await refusal(client.conversations_history(channel=GENERAL))
    assert body["error"] == "not_in_channel"


async def test_files(desk: Desk) -> None:
    workspace, client = desk
    await client.files_upload_v2(
        channel=ALERTS, content="sku,quantity\nA,1\n", filename="plan.csv", initial_comment="Plan"
    )
    message = workspace.person("viewer").messages("stock-alerts")[-1]
    assert message["text"] == "Plan"
    (file,) = message["files"]
    assert (file["name"], file["size"]) == ("plan.csv", 17)
    async with httpx.AsyncClient() as browser:
        refused = await browser.get(file["url_private"])
        assert refused.status_code == 403
        token = {"Authorization": f"Bearer {workspace.app.bot_token}"}
        assert (await browser.get(file["url_private"], headers=token)).text.startswith("sku,")
    body = await refusal(client.files_completeUploadExternal(files=[{"id": "F0NOTHING00"}]))
    assert body["error"] == "file_not_found"
    to_a_person = client.files_upload_v2(channel=MANAGER, content="x", filename="x.csv")
    assert (await refusal(to_a_person))["error"] == "channel_not_found"


async def test_pictures_are_shown_once_they_are_uploaded(desk: Desk) -> None:
    workspace, client = desk

    def showing(file: str) -> list[dict[str, Any]]:
        return [{"type": "image", "alt_text": "A level", "slack_file": {"id": file}}]

    unknown = client.chat_postMessage(channel=ALERTS, text="x", blocks=showing("F0NOTHING00"))
    assert (await refusal(unknown))["error"] == "invalid_blocks"
    announced = await client.files_getUploadURLExternal(filename="level.png", length=3)
    begun = client.chat_postMessage(channel=ALERTS, text="x", blocks=showing(announced["file_id"]))
    assert (await refusal(begun))["error"] == "invalid_blocks"
    sent = await client.files_upload_v2(content=b"png", filename="level.png")
    file = sent["files"][0]["id"]
    workspace.uploads.unready = 1
    early = client.chat_postMessage(channel=ALERTS, text="x", blocks=showing(file))
    assert (await refusal(early))["error"] == "invalid_blocks"
    await client.chat_postMessage(channel=ALERTS, text="x", blocks=showing(file))
    [shown] = workspace.person("viewer").messages("stock-alerts")[-1]["blocks"]
    assert shown["slack_file"] == {"id": file}
    assert "files" not in workspace.person("viewer").messages("stock-alerts")[-1]


async def test_response_urls(desk: Desk, clock: Clock) -> None:
    workspace, client = desk
    await client.chat_postMessage(channel=ALERTS, text="before")
    viewer = workspace.person("viewer")
    ts = viewer.messages("stock-alerts")[-1]["ts"]
    url = workspace.response_url(ALERTS, viewer.id, ts)
    async with httpx.AsyncClient() as app:
        answer = await app.post(url, json={"text": "after", "replace_original": True})
        assert (answer.status_code, answer.text) == (200, "ok")
        assert viewer.messages("stock-alerts")[-1]["text"] == "after"
        bad = await app.post(url, json={"blocks": [{"type": "nope"}]})
        assert (bad.status_code, bad.text) == (400, "invalid_blocks")
        shout = {"text": "all", "response_type": "in_channel", "thread_ts": ts}
        await app.post(url, json=shout)
        assert [m["text"] for m in viewer.thread(ts)] == ["after", "all"]
        await app.post(url, json={"delete_original": True})
        assert viewer.messages("stock-alerts") == []
        await app.post(url, json={"text": "fifth"})
        assert viewer.ephemerals()[-1]["text"] == "fifth"
        sixth = await app.post(url, json={"text": "sixth"})
        assert (sixth.status_code, sixth.text) == (404, "used_url")
        old = workspace.response_url(ALERTS, viewer.id)
        clock.time += 30 * 60 + 1
        late = await app.post(old, json={"text": "late"})
        assert (late.status_code, late.text) == (404, "expired_url")
    assert [record.error for record in workspace.inspector.refusals()] == ["invalid_blocks"]


async def test_arguments_come_in_every_form(desk: Desk) -> None:
    workspace, client = desk
    url = f"{workspace.base_url}/api/chat.postMessage"
    token = workspace.app.bot_token
    blocks = '[{"type": "divider"}]'
    async with httpx.AsyncClient() as app:
        form = {"token": token, "channel": ALERTS, "text": "form", "blocks": blocks}
        assert (await app.post(url, data=form)).json()["message"]["blocks"][0]["type"] == "divider"
        query = await app.get(url, params={"token": token, "channel": ALERTS, "text": "query"})
        assert query.json()["ok"] is True
        mixed = await app.post(
            url,
            params={"channel": ALERTS},
            json={"text": "mixed", "colour": "red"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert mixed.json()["ok"] is True
        assert (
            await app.post(url, content=b"{", headers={"content-type": "application/json"})
        ).json()["error"] == "invalid_json"
    warnings = workspace.inspector.calls("chat.postMessage")[-1].warnings
    assert warnings == ("unknown argument: colour",)
    assert (await client.blocks_validate(blocks=[{"type": "divider"}]))["ok"]
    body = await refusal(client.blocks_validate(view={"type": "modal"}))
    assert body["error"] == "invalid_view"
    assert {"code": "failed_constraint", "message": "missing required field: title"}.items() <= (
        body["errors"][0].items()
    )
