"""The seller account: who it is, whether it may sell, and what its feeds are allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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
# Walmart's contract names SECOND and BYTES only, as an example each
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}
_BYTES = {"BYTE": 1, "KB": 1000, "KILOBYTE": 1000, "MB": 1_000_000, "MEGABYTE": 1_000_000}


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
            yield _object(each, "configuration")


def _limits(row: Row) -> Iterator[tuple[str, FeedLimit]]:
    """Read an account's own limits of the feeds that we send.

    What makes no sense leaves the documented limits standing; other types are not ours to read.
    """
    for setting in _settings(row, "FEED"):
        for feed in _objects(setting, "values"):
            kind = str(feed.raw("feedType"))
            if kind in DEFAULTS:
                for own in _objects(feed, "throttleConfigurations"):
                    yield kind, _limit(own, DEFAULTS[kind])


def _limit(own: Row, documented: FeedLimit) -> FeedLimit:
    """Read one limit; a rate or a size that cannot be read is as documented."""
    rate = _object(own, "rate")
    count = _whole(rate, "count")
    seconds = _measured(_object(rate, "replenishTimeWindow"), _SECONDS)
    size = _measured(_object(own, "fileSize"), _BYTES) or documented.size
    if not count or not seconds:
        return replace(documented, size=size)
    return FeedLimit(count, timedelta(seconds=seconds), size)


def _measured(row: Row, units: Mapping[str, int]) -> int:
    """Read a number with its unit, the smallest where none is named; 0 where it is unknown."""
    unit = row.raw("unitOfMeasurement")
    factor = 1 if unit is None else units.get(str(unit).upper().removesuffix("S"), 0)
    return _whole(row, "value") * factor


def _object(row: Row, key: str) -> Row:
    found = row.raw(key)
    return Row(found if isinstance(found, dict) else {})


def _objects(row: Row, key: str) -> list[Row]:
    found = row.raw(key)
    return (
        [Row(each) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    )


def _whole(row: Row, key: str) -> int:
    """Read a number above 0, which Walmart's own sample writes as a text; else 0."""
    try:
        return max(0, int(row.raw(key)))
    except (TypeError, ValueError):
        return 0
