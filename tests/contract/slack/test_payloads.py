"""Everything the workspace delivers, laid beside the samples that Slack's SDKs publish.

Every key we send stands in some sample of its kind, with a type some sample has; every key that
all samples have, we send.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from sandbox.slack.delivery import Envelope, Outcome
from sandbox.slack.manifest import Manifest
from sandbox.slack.people import Person
from sandbox.slack.tickets import Trigger
from sandbox.slack.workspace import Workspace
from tests.contract.slack.official import read_spec, slack_specs

_MANIFEST: Final[dict[str, Any]] = {
    "display_information": {"name": "Probe"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "probe"},
        "slash_commands": [{"command": "/probe", "description": "Probe"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "member_joined_channel",
                "message.channels",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}

# Keys of installations over a whole organisation, of remote functions, of unfurls and of older
# payloads: no part of this stand-in.
_NOT_OURS: Final = frozenset(
    {
        "enterprise_id",
        "enterprise_name",
        "function_data",
        "interactivity",
        "bot_access_token",
        "app_unfurl",
        "authed_users",
        "authed_teams",
        "context_team_id",
        "context_enterprise_id",
        "is_app_unfurl",
        "app_unfurl_url",
        "attachment_id",
        "submit_disabled",
    }
)
# Keys we send that no sample of this kind shows, and why.
_BESIDE: Final = {
    "message.app_id": "in the answers of chat.postMessage",
    "message.bot_profile": "in the answers of chat.postMessage",
    "message.blocks": "in a sample of another kind",
    "message.team": "in a sample of another kind",
    "message.thread_ts": "documented for threads",
    "message.reply_count": "documented for threads",
    "message.latest_reply": "documented for threads",
    "is_enterprise_install": "in all samples of today's interactions",
    "enterprise": "null where no organisation is; in a socket sample",
    "state": "documented for messages with inputs",
    "view.state.values": "the samples hold no inputs",
    "view.submit.emoji": "on every plain_text that Slack hands back",
    "view.close.emoji": "on every plain_text that Slack hands back",
    "actions[].value": "in the samples of buttons on messages",
}


class Recorder:
    """A way to the app that only remembers."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Acknowledge at once."""
        self.sent.append(envelope)
        if envelope.payload.get("type") == "block_suggestion":
            return Outcome(answer={"options": []})
        return Outcome()

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        """Return what was sent of one kind."""
        return [e.payload for e in self.sent if kind in (e.payload.get("type"), e.kind)]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the event wrappers of one event."""
        return [p for p in self.payloads("event_callback") if p["event"]["type"] == kind]


@pytest.fixture
async def recorder() -> Recorder:
    """One of each thing a person can do, delivered to nobody."""
    workspace = Workspace(Manifest.parse(_MANIFEST))
    recorder = Recorder()
    workspace.deliver_through(recorder)
    manager = workspace.person("manager")
    await manager.slash("/probe hello")
    await manager.open_home()
    workspace.views.publish(manager.id, {"type": "home", "blocks": _buttons()})
    await manager.click("press", on="home")
    await manager.open_home()
    await _in_messages(workspace, manager)
    await _in_modal(workspace, manager)
    await manager.invite("general")
    await manager.say("<@U0STOCKROOM> hello", "general")
    await workspace.changes.until(lambda: recorder.events("member_joined_channel"), 1)
    await workspace.stop()
    return recorder


async def _in_messages(workspace: Workspace, manager: Person) -> None:
    token = workspace.app.bot_token
    message = {"channel": "#stock-alerts", "text": "Look", "blocks": _buttons()}
    await workspace.web_api.call("chat.postMessage", message, token)
    await manager.click("press", on="message")
    await workspace.web_api.call("chat.postEphemeral", {**message, "user": manager.id}, token)
    await manager.click("press", on="message")


async def _in_modal(workspace: Workspace, manager: Person) -> None:
    view = {
        "type": "modal",
        "title": _plain("Probe"),
        "submit": _plain("Go"),
        "close": _plain("Back"),
        "notify_on_close": True,
        "blocks": [
            *_buttons(),
            _input("find", {"type": "external_select", "min_query_length": 0}),
            _input("say", {"type": "plain_text_input"}),
            _input("where", {"type": "channels_select", "response_url_enabled": True}),
            _input("when", {"type": "timepicker", "timezone": "Europe/Berlin"}),
        ],
    }
    workspace.views.open(Trigger(manager.id, 0.0, None), view)
    await manager.click("press")
    await manager.suggest("find", "abc")
    await manager.type("say", "hello")
    await manager.choose("where", "#general")
    await manager.choose("when", "12:30")
    await manager.submit()
    workspace.views.open(Trigger(manager.id, 0.0, None), view)
    await manager.close()


def test_slash_command(recorder: Recorder) -> None:
    _compare(
        recorder.payloads("slash_commands"),
        [
            _sample("bolt_slash_command_slash_command_body"),
            _sample("java_SlashCommandPayloadTest_orgLevelApp"),
            _sample("socket_envelope_0_slash_commands_")["payload"],
        ],
    )


def test_block_actions(recorder: Recorder) -> None:
    sent = recorder.payloads("block_actions")
    samples = [
        _sample("bolt_block_actions_body"),
        _sample("java_BlockActionPayloadTest_json"),
        _sample("java_BlockActionPayloadTest_jsonInThread"),
        _sample("java_BlockActionPayloadTest_jsonInteractionsFromRemoteFunction"),
        _sample("java_BlockActionPayloadTest_jsonWithConfirm"),
        _sample("java_BlockActionPayloadTest_jsonWithState"),
        _sample("socket_envelope_4_interactive_block_actions")["payload"],
    ]
    in_views = [p for p in sent if "view" in p]
    on_messages = [p for p in sent if "message" in p]
    in_ephemerals = [p for p in sent if "channel" in p and "message" not in p]
    assert (len(in_views), len(on_messages), len(in_ephemerals)) == (2, 1, 1)
    _compare(in_views, [s for s in samples if "view" in s])
    _compare(on_messages, [s for s in samples if "channel" in s])
    _compare(in_ephemerals, [s for s in samples if s["container"].get("is_ephemeral")])
    assert all(p["container"]["is_ephemeral"] is True for p in in_ephemerals)


def test_block_suggestion(recorder: Recorder) -> None:
    _compare(
        recorder.payloads("block_suggestion"),
        [_sample("bolt_block_suggestion_body"), _sample("java_BlockSuggestionPayloadTest_json")],
    )


def test_view_submission(recorder: Recorder) -> None:
    samples = [
        _sample("bolt_view_submission_body"),
        _sample("java_ViewSubmissionPayloadTest_orgAppPayload"),
        _sample("java_ViewSubmissionRequestTest_payload"),
        _sample("java_ViewSubmissionTest_realPayload"),
    ]
    (sent,) = recorder.payloads("view_submission")
    _compare([sent], samples)
    _compare(sent["response_urls"], samples[2]["response_urls"])
    values = sent["view"]["state"]["values"]
    published = {
        entry["type"]: set(entry)
        for sample in samples
        for block in sample["view"]["state"]["values"].values()
        for entry in block.values()
    }
    for block in values.values():
        for entry in block.values():
            assert set(entry) == published.get(entry["type"], set(entry))
    assert {"plain_text_input", "channels_select", "timepicker"} <= set(published)


def test_view_closed(recorder: Recorder) -> None:
    _compare(
        recorder.payloads("view_closed"),
        [_sample("java_ViewClosedPayloadTest_json"), _sample("bolt_view_closed_body")],
        absent=("response_urls", "is_cleared", "view.app_installed_team_id"),
    )
    assert all(p["is_cleared"] is False for p in recorder.payloads("view_closed"))


def test_events(recorder: Recorder) -> None:
    mention = _sample("socket_envelope_1_events_api_event_callback")["payload"]
    message = _sample("socket_envelope_3_events_api_event_callback")["payload"]
    absent = ("event.client_msg_id", "event.blocks")
    by_the_bot, by_a_person = recorder.events("message")
    assert "bot_id" in by_the_bot["event"]
    assert "bot_id" not in by_a_person["event"]
    _compare(recorder.events("app_mention"), [mention], absent=absent)
    _compare([by_a_person], [message], absent=absent)
    (joined,) = recorder.events("member_joined_channel")
    _compare([joined], [_sample("keys_MemberJoinedChannelPayload")], absent=("event.enterprise",))


def test_home_opened(recorder: Recorder) -> None:
    first, second = recorder.events("app_home_opened")
    assert "view" not in first["event"], "nothing was published yet"
    keys = set(_sample("keys_AppHomeOpenedPayload")["event"])
    assert set(second["event"]) == keys
    published = set(_sample("keys_AppHomeOpenedPayload")["event"]["view"]) - _NOT_OURS
    assert set(second["event"]["view"]) == published | {"blocks"}


async def test_answers_have_the_documented_keys() -> None:
    workspace = Workspace(Manifest.parse(_MANIFEST))
    documented = read_spec("payloads/docs_examples.json")
    token = workspace.app.bot_token
    arguments: dict[str, dict[str, Any]] = {
        "auth.test": {},
        "conversations.info": {"channel": "C0GENERAL01"},
        "conversations.list": {},
        "chat.postMessage": {"channel": "C0ALERTS001", "text": "Hi"},
        "chat.postEphemeral": {"channel": "C0ALERTS001", "user": "U0MANAGER01", "text": "Hi"},
        "views.publish": {"user_id": "U0MANAGER01", "view": {"type": "home", "blocks": []}},
    }
    for method, values in arguments.items():
        answer = await workspace.web_api.call(method, values, token)
        assert isinstance(answer.body, dict)
        example = documented[method]["success"]["example"]
        assert answer.body["ok"] is True, method
        assert set(example) - {"channel_actions_ts"} <= set(answer.body), method
    home = documented["views.publish"]["success"]["example"]["view"]
    answer = await workspace.web_api.call("views.publish", arguments["views.publish"], token)
    assert isinstance(answer.body, dict)
    assert set(home) <= set(answer.body["view"])
    await workspace.stop()


def test_people_have_the_published_keys() -> None:
    workspace = Workspace(Manifest.parse(_MANIFEST))
    published = _sample("keys_users.info")["user"]
    documented = read_spec("payloads/docs_examples.json")["users.info"]["success"]["example"]
    rarely = {"has_2fa", "avatar_hash", "image_original", "email", "status_text", "status_emoji"}
    for user in workspace.directory.users.values():
        info = user.info(0.0)
        assert set(info) <= set(published)
        assert set(info["profile"]) <= set(published["profile"])
        assert set(documented["user"]) - rarely <= set(info)
        assert set(documented["user"]["profile"]) - rarely <= set(info["profile"])


def _compare(
    sent: list[dict[str, Any]], samples: list[dict[str, Any]], absent: tuple[str, ...] = ()
) -> None:
    """Assert the agreement of keys and types; `absent` keys are in samples only or ours only."""
    assert sent, "nothing of this kind was delivered"
    described = [dict(_paths(sample)) for sample in samples]
    known: dict[str, set[str]] = {}
    for description in described:
        for path, kind in description.items():
            known.setdefault(path, set()).add(kind)
    always = set.intersection(*(set(description) for description in described))
    always = {p for p in always if not set(p.split(".")) & _NOT_OURS and p not in absent}
    for payload in sent:
        ours = dict(_paths(payload))
        for path, kind in ours.items():
            if path in absent or _is_beside(path):
                continue
            assert path in known, f"no sample has {path}"
            assert kind in known[path] or "null" in (kind, *known[path]), f"{path} is {kind}"
        missing = sorted(always - set(ours))
        assert not missing, f"every sample has {missing}"


def _is_beside(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}.") for known in _BESIDE)


def _paths(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted path, type) of every key, leaving out what the app itself put in."""
    for name, inner in value.items():
        path = f"{prefix}{name}"
        yield path, _kind(inner)
        if name in ("blocks", "values", "confirm", "bot_profile", "text", "selected_option"):
            continue
        if isinstance(inner, dict):
            yield from _paths(inner, f"{path}.")
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield from _paths(inner[0], f"{path}[].")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string"}
    return names.get(type(value), "array" if isinstance(value, list) else "object")


def _sample(name: str) -> dict[str, Any]:
    path = slack_specs() / "payloads" / f"{name}.json"
    sample: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return sample


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _buttons() -> list[dict[str, Any]]:
    button = {"type": "button", "action_id": "press", "text": _plain("Press"), "value": "x"}
    return [{"type": "actions", "block_id": "b", "elements": [button]}]


def _input(name: str, element: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": f"b_{name}",
        "optional": name == "find",
        "label": _plain(name),
        "element": {**element, "action_id": name},
    }
