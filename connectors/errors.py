"""What can go wrong with a store, classified once, where the store's answer is read.

The text of each error is written for a person and never holds a credential.
"""

from __future__ import annotations

from datetime import timedelta


class StoreError(Exception):
    """A store did not do what was asked.

    said         the store's own words, if any
    field        the credential to look at, where one is to blame
    got_further  part of what was asked for is done: the next try goes on from there
    """

    def __init__(self, message: str, *, said: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.said = said
        self.field = field
        self.got_further = False


class NeedsReconnect(StoreError):
    """The credentials no longer work, or lack a permission; a person has to act."""

    def __init__(
        self,
        message: str,
        *,
        said: str | None = None,
        field: str | None = None,
        missing_scopes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, said=said, field=field)
        self.missing_scopes = missing_scopes


class RateLimited(StoreError):
    """The store asks us to wait; nothing was done."""

    def __init__(self, message: str, *, retry_after: timedelta, said: str | None = None) -> None:
        super().__init__(message, said=said)
        self.retry_after = retry_after


class Unavailable(StoreError):
    """No usable answer: time-out, connection lost, 5xx, HTML, cut-off or incomplete JSON.

    `sent` is False only when the request certainly never reached the store.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool = True,
        said: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message, said=said, field=field)
        self.sent = sent


class Refused(StoreError):
    """The store refuses the request itself, whatever we repeat (frozen shop, our mistake)."""


class BadCredentials(StoreError):
    """What was typed cannot be credentials for this platform; `field` says which key."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, field=field)
