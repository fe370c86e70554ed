"""What a workspace is made of."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

ChannelKind = Literal["public", "private", "im"]


@dataclass(frozen=True)
class Team:
    """One Slack workspace."""

    id: str
    name: str
    domain: str


@dataclass
class User:
    """A member, a guest, a person of another workspace, or a bot."""

    id: str
    team_id: str
    name: str
    real_name: str
    tz: str = "Europe/Berlin"
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    def info(self, now: float) -> dict[str, Any]:
        """Return the user object of `users.info`."""
        local = dt.datetime.fromtimestamp(now, ZoneInfo(self.tz))
        offset = local.utcoffset() or dt.timedelta()
        avatar = f"https://avatars.example.com/{self.id}.png"
        profile: dict[str, Any] = {
            "title": "",
            "phone": "",
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "g0000000000",
            **{f"image_{size}": avatar for size in (24, 32, 48, 72, 192, 512)},
            "team": self.team_id,
        }
        if self.is_bot:
            profile |= {"api_app_id": self.app_id, "bot_id": self.bot_id, "always_active": True}
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": "9f69e7",
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": local.tzname() or self.tz,
            "tz_offset": int(offset.total_seconds()),
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": self.is_owner,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": int(now),
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
        }
        if self.is_stranger:
            user["is_stranger"] = True
        return user


@dataclass
class Channel:
    """A public or private channel, or the direct messages of the app with one person."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: set[str] = field(default_factory=set)
    is_general: bool = False
    is_archived: bool = False
    person: str | None = None

    @property
    def spoken_name(self) -> str:
        """The name that payloads carry: Slack hides those of private places from commands."""
        return {"public": self.name, "private": "privategroup", "im": "directmessage"}[self.kind]


@dataclass
class Message:
    """One message; an ephemeral one is seen by one person only."""

    channel: str
    ts: str
    user: str
    team_id: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    from_app: bool = False
    ephemeral_to: str | None = None
    edited: dict[str, str] | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    # What each person has chosen in this message's inputs: person -> values.
    chosen: dict[str, "Values"] = field(default_factory=dict)


# state.values: block_id -> action_id -> entry
Values = dict[str, dict[str, dict[str, Any]]]


@dataclass
class View:
    """One modal or Home view as Slack keeps it."""

    id: str
    user_id: str
    team_id: str
    body: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Values = field(default_factory=dict)
    # What the person sees under the fields: block_id -> text.
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_modal(self) -> bool:
        return bool(self.body["type"] == "modal")

    @property
    def external_id(self) -> str:
        return str(self.body["external_id"])


@dataclass
class File:
    """A file on its way through the external upload, or shared."""

    id: str
    name: str
    length: int
    upload_key: str
    created: int
    content: bytes | None = None
    title: str = ""
    completed: bool = False
