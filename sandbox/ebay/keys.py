"""Who may speak for a seller: the application's keys, the consent, and the tokens from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_SCOPE = "https://api.ebay.com/oauth/api_scope"
ALL_SCOPES = frozenset(
    {
        _SCOPE,
        f"{_SCOPE}/sell.inventory",
        f"{_SCOPE}/sell.fulfillment.readonly",
        f"{_SCOPE}/sell.account.readonly",
        f"{_SCOPE}/commerce.identity.readonly",
    }
)
# eBay: the lives of an access token, of a refresh token and of a consent's code
ACCESS_LIFE = timedelta(seconds=7_200)
REFRESH_LIFE = timedelta(seconds=47_304_000)
CODE_LIFE = timedelta(seconds=299)


@dataclass(frozen=True)
class Access:
    """An access token: what it may do, until when; an application's own speaks for nobody."""

    scopes: frozenset[str]
    ends_at: datetime
    is_users: bool = True


@dataclass
class Consent:
    """What a seller agreed to, not yet fetched."""

    scopes: frozenset[str]
    ends_at: datetime


@dataclass
class Keys:
    """The keys and tokens of one seller with one application.

    `scopes` are those the seller agreed to; taking some away is noticed by calls at once.
    """

    name: str
    now: Callable[[], datetime]
    client_id: str = ""
    client_secret: str = ""
    ru_name: str = ""
    refresh_token: str = ""
    scopes: frozenset[str] = ALL_SCOPES
    access: dict[str, Access] = field(default_factory=dict)
    codes: dict[str, Consent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(2)
        self.client_id = self.client_id or f"Stockroom-{self.name}-PRD-1"
        self.client_secret = self.client_secret or f"PRD-secret-{self.name}-1"
        self.ru_name = self.ru_name or f"Stockroom-{self.name}-runame"
        self.refresh_token = self.refresh_token or f"v^1.1#refresh#{self.name}-1"
        self.refresh_ends_at = self.now() + REFRESH_LIFE

    def issue(self, scopes: frozenset[str], *, is_users: bool = True) -> str:
        """Hand out an access token."""
        token = f"v^1.1#access#{self.name}-{next(self._numbers)}"
        self.access[token] = Access(scopes, self.now() + ACCESS_LIFE, is_users)
        return token

    def known(self, token: str) -> Access | None:
        """Find an access token that still holds."""
        found = self.access.get(token)
        return found if found is not None and found.ends_at > self.now() else None

    def agree(self, scopes: frozenset[str]) -> str:
        """Let the seller say yes; the code that an application fetches tokens with."""
        code = f"v^1.1#i^1#p^3#{self.name}={next(self._numbers)}&t^H4s"
        self.codes[code] = Consent(scopes, self.now() + CODE_LIFE)
        return code

    def fetch(self, code: str) -> bool:
        """Use up a code: a new refresh token stands where the old one was."""
        consent = self.codes.pop(code, None)
        if consent is None or consent.ends_at <= self.now():
            return False
        self.scopes = consent.scopes
        self.rotate_refresh_token()
        return True

    def expire(self) -> None:
        """Let all access tokens run out."""
        self.access.clear()

    def rotate_refresh_token(self, token: str | None = None) -> str:
        """Let the seller withdraw the consent, and give another; all tokens die."""
        self.access.clear()
        self.refresh_token = token or f"v^1.1#refresh#{self.name}-{next(self._numbers)}"
        self.refresh_ends_at = self.now() + REFRESH_LIFE
        return self.refresh_token

    def rotate_secret(self, secret: str | None = None) -> str:
        """Let the application's secret be changed."""
        self.client_secret = secret or f"PRD-secret-{self.name}-{next(self._numbers)}"
        return self.client_secret
