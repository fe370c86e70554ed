"""The app's manifest: what the workspace reads from it, and the rules that span its fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

# Event -> the scopes of which one must be granted; from Slack's event reference.
EVENT_SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "member_joined_channel": ("channels:read", "groups:read", "mpim:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}

# Bot scopes an app of this kind can ask for.
BOT_SCOPES: Final = frozenset(
    {
        *(scope for scopes in EVENT_SCOPES.values() for scope in scopes),
        "channels:join",
        "channels:manage",
        "chat:write",
        "chat:write.customize",
        "chat:write.public",
        "commands",
        "emoji:read",
        "files:read",
        "files:write",
        "groups:write",
        "im:read",
        "im:write",
        "incoming-webhook",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
        "users:write",
    }
)

# Slack's limits on the texts of a manifest.
NAME_LENGTH: Final = 35
DESCRIPTION_LENGTH: Final = 140
COMMAND_LENGTH: Final = 32
COMMANDS: Final = 50
USAGE_HINT_LENGTH: Final = 1000
BOT_NAME_LENGTH: Final = 80


@dataclass(frozen=True)
class Command:
    """One slash command of the app."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Manifest:
    """The part of an app's manifest that its behaviour in a workspace depends on."""

    name: str
    bot_name: str
    commands: Mapping[str, Command]
    scopes: frozenset[str]
    events: frozenset[str]
    socket_mode: bool
    home_tab: bool
    messages_tab: bool
    # People cannot write to the app there.
    messages_tab_read_only: bool

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read a manifest file; ValueError with every broken rule."""
        return cls.parse(read_manifest(path))

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Manifest":
        """Read a manifest; ValueError with every broken rule."""
        problems = check_manifest(raw)
        if problems:
            raise ValueError("the manifest would be refused:\n" + "\n".join(problems))
        features = _part(raw, "features")
        settings = _part(raw, "settings")
        home = _part(features, "app_home")
        name = raw["display_information"]["name"]
        return cls(
            name=name,
            bot_name=_part(features, "bot_user").get("display_name", name),
            commands={command.name: command for command in _commands(features)},
            scopes=frozenset(_bot_scopes(raw)),
            events=frozenset(_bot_events(raw)),
            socket_mode=bool(settings.get("socket_mode_enabled")),
            home_tab=bool(home.get("home_tab_enabled")),
            messages_tab=bool(home.get("messages_tab_enabled")),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled")),
        )


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the raw content of a manifest file."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise TypeError(f"{path.name} is not a mapping")
    return raw


def check_manifest(raw: Mapping[str, Any]) -> list[str]:
    """Return which rules across fields a manifest breaks, each with its JSON pointer."""
    return [f"{message} [json-pointer:{pointer}]" for pointer, message in _problems(raw)]


def _problems(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _problems_of_names(raw)
    yield from _problems_of_commands(raw)
    yield from _problems_of_scopes(raw)
    yield from _problems_of_delivery(raw)


def _problems_of_names(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    information = _part(raw, "display_information")
    name = information.get("name", "")
    if not 0 < len(name) <= NAME_LENGTH:
        yield "/display_information/name", f"must have 1 to {NAME_LENGTH} characters"
    if len(information.get("description", "")) > DESCRIPTION_LENGTH:
        yield "/display_information/description", f"at most {DESCRIPTION_LENGTH} characters"
    bot_user = _part(raw, "features").get("bot_user")
    if bot_user is not None and not 0 < len(bot_user.get("display_name", "")) <= BOT_NAME_LENGTH:
        yield (
            "/features/bot_user/display_name",
            f"must have 1 to {BOT_NAME_LENGTH} characters",
        )
    if _bot_scopes(raw) and bot_user is None:
        yield "/features", "bot scopes require a bot_user"


def _problems_of_commands(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    socket_mode = _part(raw, "settings").get("socket_mode_enabled")
    commands = _part(raw, "features").get("slash_commands") or []
    if len(commands) > COMMANDS:
        yield "/features/slash_commands", f"no more than {COMMANDS} items allowed"
    seen: set[str] = set()
    for index, command in enumerate(commands):
        place = f"/features/slash_commands/{index}"
        name = command.get("command", "")
        if not name.startswith("/") or name != name.lower() or " " in name or name == "/":
            yield f"{place}/command", "must be a slash and a lower-case word"
        if len(name) > COMMAND_LENGTH:
            yield f"{place}/command", f"at most {COMMAND_LENGTH} characters"
        if name in seen:
            yield f"{place}/command", "is there twice"
        seen.add(name)
        if len(command.get("usage_hint", "")) > USAGE_HINT_LENGTH:
            yield f"{place}/usage_hint", f"at most {USAGE_HINT_LENGTH} characters"
        if not socket_mode and not command.get("url"):
            yield f"{place}/url", "a command requires a URL or Socket Mode enabled"
    if commands and "commands" not in _bot_scopes(raw):
        yield "/oauth_config/scopes/bot", "slash commands require the scope commands"


def _problems_of_scopes(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    scopes = _bot_scopes(raw)
    for scope in scopes:
        if scope not in BOT_SCOPES:
            yield "/oauth_config/scopes/bot", f"unknown bot scope: {scope}"
    for event in _bot_events(raw):
        place = "/settings/event_subscriptions/bot_events"
        if event not in EVENT_SCOPES:
            yield place, f"unknown event: {event}"
        elif EVENT_SCOPES[event] and not set(EVENT_SCOPES[event]) & set(scopes):
            yield place, f"{event} requires one of: {', '.join(EVENT_SCOPES[event])}"


def _problems_of_delivery(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    settings = _part(raw, "settings")
    if settings.get("socket_mode_enabled"):
        return
    events = settings.get("event_subscriptions")
    if events is not None and not events.get("request_url"):
        yield (
            "/settings/event_subscriptions",
            "Event Subscription requires either Request URL or Socket Mode Enabled",
        )
    interactivity = _part(settings, "interactivity")
    if interactivity.get("is_enabled") and not interactivity.get("request_url"):
        yield "/settings/interactivity", "Interactivity requires a Request URL or Socket Mode"


def _commands(features: Mapping[str, Any]) -> list[Command]:
    return [
        Command(
            name=command["command"],
            description=command.get("description", ""),
            usage_hint=command.get("usage_hint", ""),
            should_escape=bool(command.get("should_escape", False)),
        )
        for command in features.get("slash_commands") or []
    ]


def _bot_scopes(raw: Mapping[str, Any]) -> list[str]:
    return list(_part(raw, "oauth_config", "scopes").get("bot") or [])


def _bot_events(raw: Mapping[str, Any]) -> list[str]:
    return list(_part(raw, "settings", "event_subscriptions").get("bot_events") or [])


def _part(raw: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return an inner mapping; an empty one where YAML left it out or empty."""
    for name in names:
        raw = raw.get(name) or {}
    return raw
