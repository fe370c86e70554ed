"""The seller account: who it is, whether it may sell, and what its feeds are allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.errors import NeedsReconnect, Refused
from connectors.http import Row
from connectors.protocol import Account
from connectors.walmart.calls import PARTNER, TOKEN_DETAIL
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import FIELD
from connectors.walmart.scopes import NEEDED

# Only Walmart US has this API: other countries have hosts and keys of their own.
_CURRENCY = "USD"
_CLOSED = {
    "SUSPENDED": "Walmart has suspended this seller account.",
    "TERMINATED": "Walmart has ended this seller account.",
    "TNS_DECLINED": "Walmart has declined this seller account.",
    "ONBOARDING_INACTIVE": "This seller account has not finished its set-up at Walmart.",
}


@dataclass(frozen=True, slots=True)
class FeedLimit:
    """How many feeds of one type an account may send in a window, and how large."""

    count: int
    window: timedelta
    size: int


# Walmart, Rate limiting: what holds where the account does not name its own numbers
DEFAULTS = {
    "inventory": FeedLimit(10, timedelta(hours=1), 10_000_000),
    "MP_INVENTORY": FeedLimit(50, timedelta(hours=1), 1_000_000),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """One seller account as Walmart's settings tell it."""

    id: str
    name: str
    status: str
    feeds: Mapping[str, FeedLimit] = field(default_factory=dict)

    def limit(self, kind: str) -> FeedLimit:
        """Say what feeds of one type are allowed."""
        return self.feeds.get(kind) or DEFAULTS[kind]


class Partners:
    """The account behind the keys, read once."""

    def __init__(self, client: MarketClient) -> None:
        self._client = client
        self._known: Partner | None = None

    async def read(self) -> Partner:
        """Say whose account it is."""
        if self._known is None:
            row = (await self._client.read(PARTNER)).row()
            about = row.row("partner")
            self._known = Partner(
                id=about.text("partnerId"),
                name=_name(about),
                status=next((each.text("status") for each in _settings(row, "ACCOUNT")), ""),
                feeds=dict(_limits(row)),
            )
        return self._known

    async def check(self) -> Account:
        """Learn whose account it is, and that everything we need is allowed.

        NeedsReconnect names every permission that is missing; Refused where Walmart has
        closed the account, since no new keys would help.
        """
        detail = (await self._client.run(TOKEN_DETAIL)).row()
        if not detail.flag("is_valid") or detail.raw("is_channel_match") is False:
            raise NeedsReconnect(
                "Walmart says that these keys do not belong to a seller of their own. Enter the "
                "keys that the seller made in Developer Portal, under API keys.",
                field=FIELD,
            )
        levels = detail.row("scopes")
        missing = [scope for scope in NEEDED if not scope.granted(levels.raw(scope.key))]
        if missing:
            titles = ", ".join(f"“{scope.title}”" for scope in missing)
            raise NeedsReconnect(
                f"The Walmart keys lack the permission {titles}.",
                field=FIELD,
                missing_scopes=tuple(scope.key for scope in missing),
            )
        self._known = None
        partner = await self.read()
        if partner.status in _CLOSED:
            words = f"{_CLOSED[partner.status]} Stock can be written once it is active again."
            raise Refused(words, said=partner.status)
        return Account(
            id=partner.id,
            name=partner.name,
            currency=_CURRENCY,
            scopes=frozenset(scope.key for scope in NEEDED),
        )


def _name(about: Row) -> str:
    key = "partnerDisplayName" if "partnerDisplayName" in about else "partnerName"
    return about.text(key) if key in about else about.text("partnerId")


def _settings(row: Row, name: str) -> Iterator[Row]:
    for each in row.rows("configurations") if "configurations" in row else []:
        if each.raw("configurationName") == name:
            yield each.row("configuration")


def _limits(row: Row) -> Iterator[tuple[str, FeedLimit]]:
    """Read an account's own feed limits; odd ones leave the documented ones standing."""
    for setting in _settings(row, "FEED"):
        for feed in setting.rows("values") if "values" in setting else []:
            for own in feed.rows("throttleConfigurations"):
                rate, size = own.row("rate"), own.row("fileSize")
                count, largest = _whole(rate, "count"), _whole(size, "value")
                seconds = _whole(rate.row("replenishTimeWindow"), "value")
                if count > 0 and seconds > 0 and largest > 0:
                    limit = FeedLimit(count, timedelta(seconds=seconds), largest)
                    yield feed.text("feedType"), limit


def _whole(row: Row, key: str) -> int:
    """Read a number that Walmart's own sample writes as a text."""
    try:
        return int(row.raw(key))
    except (TypeError, ValueError):
        return 0
