"""The keys of an account, and the access tokens that they were given."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

LIFE = timedelta(seconds=900)  # Walmart: 15 minutes


class Keys:
    """What opens one account; every token lives 15 minutes, however many are asked for."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.client_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.walmart.example"))
        self.client_secret = f"secret-{name}-1"
        self._name = name
        self._now = now
        self._numbers = itertools.count(1)
        self._secrets = itertools.count(2)
        self._tokens: dict[str, datetime] = {}  # when each was given

    def fit(self, client_id: str, client_secret: str) -> bool:
        return (client_id, client_secret) == (self.client_id, self.client_secret)

    def give(self) -> str:
        """Give one more token."""
        token = f"token-{self._name}-{next(self._numbers)}"
        self._tokens[token] = self._now()
        return token

    def given_at(self, token: str) -> datetime | None:
        """When a token was given, None where it does not open the account (any more)."""
        given = self._tokens.get(token)
        return given if given is not None and self._now() < given + LIFE else None

    def rotate(self, secret: str | None = None) -> str:
        """Reset the secret: the old one and all tokens die."""
        self.client_secret = secret or f"secret-{self._name}-{next(self._secrets)}"
        self._tokens.clear()
        return self.client_secret

    def expire(self) -> None:
        """Let all tokens die; the keys stay."""
        self._tokens.clear()
