"""The payloads people's acts turn into, in Slack's shapes."""

import secrets
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.directory import Directory, fresh_id
from sandbox.slack.manifest import Command
from sandbox.slack.models import Channel, Message, User


class Payloads:
    """Builds what is delivered; everything about the app and the teams is known here."""

    def __init__(self, app: AppIdentity, directory: Directory) -> None:
        self._app = app
        self._directory = directory

    @property
    def home_team(self) -> str:
        """The id of the workspace the app is installed in."""
        return self._directory.home.id

    def interaction(self, kind: str, user: User) -> dict[str, Any]:
        """Return what all interactions have in common."""
        team = self._directory.teams[user.team_id]
        return {
            "type": kind,
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": user.team_id,
            },
            "api_app_id": self._app.app_id,
            "token": self._app.verification_token,
        }

    def command(
        self, user: User, channel: Channel, command: Command, text: str, **permits: str
    ) -> dict[str, Any]:
        """Return a slash command; `permits` are its response_url and trigger_id."""
        team = self._directory.teams[user.team_id]
        return {
            "token": self._app.verification_token,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": channel.spoken_name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command.name,
            "text": text,
            "api_app_id": self._app.app_id,
            "is_enterprise_install": "false",
            **permits,
        }

    def event(self, event: dict[str, Any], channel: str | None, now: float) -> dict[str, Any]:
        """Return an event in its wrapper."""
        home = self._directory.home
        place = channel or secrets.token_hex(4)
        return {
            "token": self._app.verification_token,
            "team_id": home.id,
            "api_app_id": self._app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": fresh_id("Ev"),
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": home.id,
                    "user_id": self._app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"1-{event['type']}-{home.id}-{place}",
        }


def message_container(message: Message) -> dict[str, Any]:
    """Return the container of an act on a message."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts and message.thread_ts != message.ts:
        container["thread_ts"] = message.thread_ts
    return container


def channel_of(channel: Channel) -> dict[str, str]:
    """Return the channel of an act on a message."""
    return {"id": channel.id, "name": channel.spoken_name}
