"""Who may speak for a shop: the application's keys, the consent, and the tokens from it."""

from __future__ import annotations

import itertools
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

ALL_SCOPES = frozenset({"listings_r", "listings_w", "shops_r", "transactions_r"})
# Etsy: the lives of an access token and of a refresh token; of a consent's code it tells none
ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Consent:
    """What a seller agreed to, not yet fetched."""

    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    ends_at: datetime


@dataclass
class Keys:
    """The keys and tokens of one shop with one application.

    `scopes` are those the seller agreed to; taking some away is noticed by calls at once.
    """

    name: str
    user_id: int
    now: Callable[[], datetime]
    scopes: frozenset[str] = ALL_SCOPES
    access: dict[str, datetime] = field(default_factory=dict)  # when each ends
    codes: dict[str, Consent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self.keystring = f"keystring{self.name}".replace("-", "")
        self.shared_secret = f"secret{self.name}".replace("-", "")
        self.refresh_token = ""
        self.rotate_refresh_token()

    def issue(self) -> str:
        """Hand out an access token, and a new refresh token in place of the one before."""
        token = f"{self.user_id}.access-{self.name}-{next(self._numbers)}"
        self.access[token] = self.now() + ACCESS_LIFE
        self.refresh_token = f"{self.user_id}.refresh-{self.name}-{next(self._numbers)}"
        self.refresh_ends_at = self.now() + REFRESH_LIFE
        return token

    def knows(self, token: str) -> bool:
        """Say whether an access token still holds."""
        return token in self.access and self.access[token] > self.now()

    def refreshes(self, token: str | None) -> bool:
        return token == self.refresh_token and self.refresh_ends_at > self.now()

    def agree(self, scopes: frozenset[str], redirect_uri: str, challenge: str) -> str:
        """Let the seller say yes; the code that an application fetches tokens with."""
        code = f"code-{self.name}-{next(self._numbers)}"
        self.codes[code] = Consent(scopes, redirect_uri, challenge, self.now() + CODE_LIFE)
        return code

    def fetch(self, code: str, redirect_uri: str, verifier: str) -> bool:
        """Use up a code, for whoever knows what its challenge was made of."""
        consent = self.codes.pop(code, None)
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if (
            consent is None
            or consent.ends_at <= self.now()
            or (consent.redirect_uri, consent.challenge) != (redirect_uri, digest)
        ):
            return False
        self.scopes = consent.scopes
        return True

    def expire(self) -> None:
        """Let all access tokens run out."""
        self.access.clear()

    def rotate_refresh_token(self, token: str | None = None) -> str:
        """Let the seller change the password: all tokens die; the one that holds afterwards."""
        self.access.clear()
        number = next(self._numbers)
        self.refresh_token = token or f"{self.user_id}.refresh-{self.name}-{number}"
        self.refresh_ends_at = self.now() + REFRESH_LIFE
        return self.refresh_token
