"""An access token that ends and is granted anew: the same for every platform that has one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from connectors.errors import Unavailable
from connectors.pace import Clock
from connectors.services import CredentialService

_Token = TypeVar("_Token", str, str | None)
TOKEN, ENDS_AT = "access_token", "access_token_expires_at"  # keys of the credentials


class Granted(NamedTuple):
    """A token, when it ends, and which other credentials were replaced along with it."""

    token: str
    ends_at: datetime
    besides: Mapping[str, str] = MappingProxyType({})


Grant = Callable[[Mapping[str, str]], Awaitable[Granted]]


class RenewedToken:
    """Hands out the token to use now, and replaces it before it ends or once it is refused.

    One renewal at a time over all processes, stored before it is used. `grant` asks the
    platform for a token, given the credentials; a token that ends within `margin` is replaced.
    """

    def __init__(
        self, credentials: CredentialService, clock: Clock, grant: Grant, margin: timedelta
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._grant = grant
        self._margin = margin
        self._held: Granted | None = None

    async def token(self) -> str:
        """Hand out a token that lives long enough for a call."""
        if self._held is None or not self._lives(self._held):
            self._held = await self._fetch(dead=None)
        return self._held.token

    async def renewed(self, dead: str) -> str:
        """Replace a token that the platform refused."""
        if self._held is None or self._held.token == dead:
            self._held = await self._fetch(dead=dead)
        return self._held.token

    def _lives(self, granted: Granted) -> bool:
        return self._clock() < granted.ends_at - self._margin

    async def _fetch(self, dead: str | None) -> Granted:
        async with self._credentials.lease() as lease:
            stored = _stored(lease.values)
            # Somebody else may have renewed it while we waited for the lease.
            if stored and stored.token != dead and self._lives(stored):
                return stored
            granted = await self._grant(lease.values)
            ends_at = granted.ends_at.isoformat()
            fresh = {**granted.besides, TOKEN: granted.token, ENDS_AT: ends_at}
            await lease.save({**lease.values, **fresh})
            return granted


def _stored(values: Mapping[str, str]) -> Granted | None:
    if TOKEN not in values or ENDS_AT not in values:
        return None
    return Granted(values[TOKEN], datetime.fromisoformat(values[ENDS_AT]))


async def unsent(token: Awaitable[_Token]) -> _Token:
    """Wait for a token; where none comes, what it was wanted for was certainly not sent."""
    try:
        return await token
    except Unavailable as lost:
        raise Unavailable(str(lost), sent=False, said=lost.said) from None
