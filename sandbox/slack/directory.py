"""Who is in the workspace and where they talk."""

import secrets
import string
from collections.abc import Callable, Iterable
from typing import Final

from sandbox.slack.app import AppIdentity
from sandbox.slack.models import Channel, Team, User

HOME_TEAM: Final = Team("T0STOCKROOM", "Harbour Goods", "harbour-goods")
OTHER_TEAM: Final = Team("T0NEIGHBOUR", "Neighbour & Co", "neighbour")

_ALPHABET: Final = string.ascii_uppercase + string.digits


def fresh_id(prefix: str) -> str:
    """Return a new id of Slack's form."""
    return f"{prefix}0{''.join(secrets.choice(_ALPHABET) for _ in range(9))}"


class Directory:
    """Teams, users and channels."""

    def __init__(self, app: AppIdentity, bot_name: str, now: Callable[[], float]) -> None:
        self._app = app
        self._now = now
        self.home = HOME_TEAM
        self.teams = {team.id: team for team in (HOME_TEAM, OTHER_TEAM)}
        self.users = {user.id: user for user in _seed_users(app, bot_name)}
        self.channels = {channel.id: channel for channel in self._seed_channels()}

    def user(self, name: str) -> User:
        """Return a user by id or name; KeyError if there is none."""
        if name in self.users:
            return self.users[name]
        for user in self.users.values():
            if user.name == name:
                return user
        raise KeyError(name)

    def find_channel(self, reference: str) -> Channel | None:
        """Return a channel by id, `#name` or name."""
        if reference in self.channels:
            return self.channels[reference]
        name = reference.removeprefix("#")
        for channel in self.channels.values():
            if channel.kind != "im" and channel.name == name:
                return channel
        return None

    def direct(self, user_id: str) -> Channel:
        """Return the app's direct messages with a user, opening them if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.person == user_id:
                return channel
        channel = Channel(
            id=f"D{user_id[1:]}",
            name="directmessage",
            kind="im",
            created=int(self._now()),
            creator=user_id,
            members={user_id, self._app.bot_user_id},
            person=user_id,
        )
        self.channels[channel.id] = channel
        return channel

    def add_channel(
        self, name: str, members: Iterable[str], *, private: bool = False, channel_id: str = ""
    ) -> Channel:
        """Create a channel with these user ids as members."""
        everyone = set(members)
        channel = Channel(
            id=channel_id or fresh_id("C"),
            name=name,
            kind="private" if private else "public",
            created=int(self._now()),
            creator=next(iter(sorted(everyone)), "USLACKBOT"),
            members=everyone,
        )
        self.channels[channel.id] = channel
        return channel

    def add_user(self, user: User) -> User:
        """Add a person to the workspace."""
        self.users[user.id] = user
        return user

    def _seed_channels(self) -> list[Channel]:
        created = int(self._now())
        people = {user.id for user in self.users.values() if not user.is_bot}
        members = {
            user.id
            for user in self.users.values()
            if not user.is_bot and not user.is_restricted and not user.is_stranger
        }
        bot = self._app.bot_user_id
        boss = "U0MANAGER01"
        return [
            Channel("C0GENERAL01", "general", "public", created, boss, people, is_general=True),
            Channel("C0ALERTS001", "stock-alerts", "public", created, boss, members | {bot}),
            Channel("C0OFFICE001", "back-office", "private", created, boss, {boss, "U0OPERATOR1"}),
        ]


def _seed_users(app: AppIdentity, bot_name: str) -> list[User]:
    """Return one person per role of the product, and the bot."""
    home, other = HOME_TEAM.id, OTHER_TEAM.id
    return [
        User("U0MANAGER01", home, "manager", "Mara Lindqvist", is_admin=True, is_owner=True),
        User("U0OPERATOR1", home, "operator", "Oskar Petrov", tz="America/New_York"),
        User("U0VIEWER001", home, "viewer", "Vera Nakamura", tz="Asia/Tokyo"),
        User("U0GUEST0001", home, "guest", "Gus Ferreira", is_restricted=True),
        User("U0FOREIGN01", other, "foreign", "Fay Okoro", tz="Africa/Lagos", is_stranger=True),
        User(
            app.bot_user_id,
            home,
            bot_name.lower().replace(" ", "_"),
            bot_name,
            tz="America/Los_Angeles",
            is_bot=True,
            bot_id=app.bot_id,
            app_id=app.app_id,
        ),
    ]
