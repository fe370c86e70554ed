"""Keys to an account: of the app, of the seller's consent, and access tokens for an hour."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

ACCESS_LIFE = timedelta(hours=1)


class Keys:
    """The keys of one account; secrets here are made up and belong to nobody."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.client_id = f"amzn1.application-oa2-client.{name}"
        self.client_secret = f"amzn1.oa2-cs.v1.{name}"
        self.refresh_token = f"Atzr|{name}-1"
        self._name = name
        self._numbers = itertools.count(1)
        self.access: dict[str, datetime] = {}

    def issue(self) -> str:
        """Hand out one more access token."""
        token = f"Atza|{self._name}-{next(self._numbers)}"
        self.access[token] = self.now() + ACCESS_LIFE
        return token

    def ends_at(self, token: str) -> datetime | None:
        """Say when an access token ends, None for one that was never handed out."""
        return self.access.get(token)

    def end_access(self) -> None:
        """Let all access tokens end now."""
        self.access = dict.fromkeys(self.access, self.now())

    def revoke(self, token: str | None = None) -> str:
        """Let the seller take the consent back and give it anew; all tokens die."""
        self.access.clear()
        self.refresh_token = token or f"Atzr|{self._name}-{next(self._numbers)}"
        return self.refresh_token

    def rotate_secret(self, secret: str | None = None) -> str:
        """Make a new client secret; refresh tokens survive it."""
        self.client_secret = secret or f"amzn1.oa2-cs.v1.{self._name}-{next(self._numbers)}"
        return self.client_secret
