"""The app's manifest, and our rules about manifests, against Slack's schema and references."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sandbox.slack.manifest import BOT_SCOPES, EVENT_SCOPES, check_manifest, read_manifest
from tests.contract.slack.official import read_spec

MANIFEST = Path(__file__).parents[3] / "manifest.yml"

# Granted with a feature rather than needed by a method, so no reference lists them.
_SCOPES_WITHOUT_METHOD = {
    "commands",
    "chat:write.public",
    "chat:write.customize",
    "incoming-webhook",
}


def test_the_apps_manifest_is_valid() -> None:
    assert MANIFEST.is_file(), "manifest.yml is missing"
    raw = read_manifest(MANIFEST)
    assert schema_errors(raw) == []
    assert check_manifest(raw) == []


def test_the_published_examples() -> None:
    valid = read_spec("manifest/example.v1.valid.json")
    assert schema_errors(valid) == []
    assert check_manifest(valid) == []
    assert schema_errors(read_spec("manifest/example.v1.invalid.json"))


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("settings", "socket_mode_enabled"), False, "Event Subscription requires"),
        (("settings", "socket_mode_enabled"), False, "Interactivity requires"),
        (("settings", "socket_mode_enabled"), False, "a command requires a URL"),
        (("oauth_config", "scopes", "bot"), ["chat:write"], "require the scope commands"),
        (("oauth_config", "scopes", "bot"), ["commands"], "message.channels requires"),
        (("oauth_config", "scopes", "bot"), ["commands", "admin"], "unknown bot scope: admin"),
        (("display_information", "name"), "x" * 36, "1 to 35 characters"),
        (("features", "bot_user"), None, "require a bot_user"),
        (
            ("settings", "event_subscriptions", "bot_events"),
            ["nonsense"],
            "unknown event: nonsense",
        ),
        (("features", "slash_commands"), [{"command": "stock"}], "must be a slash"),
        (("features", "slash_commands"), [{"command": "/a"}] * 2, "is there twice"),
    ],
)
def test_rules_across_fields(path: tuple[str, ...], value: Any, complaint: str) -> None:
    raw = read_spec("manifest/example.v1.valid.json")
    place = raw
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert any(complaint in line for line in check_manifest(raw))


def test_events_need_the_published_scopes() -> None:
    published = read_spec("events-index.json")
    for event, scopes in EVENT_SCOPES.items():
        assert set(scopes) == set(published[event]["scopes"]), event


def test_scopes_are_published() -> None:
    scopes = [facts["scope"] for facts in read_spec("methods-index.json").values()]
    known = {scope for group in scopes if isinstance(group, dict) for scope in group.get("bot", [])}
    known |= {
        scope for facts in read_spec("events-index.json").values() for scope in facts["scopes"]
    }
    assert known | _SCOPES_WITHOUT_METHOD >= BOT_SCOPES


def schema_errors(raw: dict[str, Any]) -> list[str]:
    """Return what the official schema of version 1 finds."""
    schema = read_spec("manifest/manifest.schema.1.0.0.json")
    body = {name: value for name, value in raw.items() if name != "$schema"}
    return [error.message for error in Draft7Validator(schema).iter_errors(body)]
