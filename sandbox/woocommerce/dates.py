"""Times as WooCommerce writes and reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

# As WordPress reads a date and time
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?")


class BadDate(ValueError):
    """Not a date and time."""


def gmt(moment: datetime | None) -> str | None:
    """Write UTC without saying so: the `_gmt` fields carry no Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def local(moment: datetime | None, offset: timedelta) -> str | None:
    """Write the store's own time, without a zone either."""
    return gmt(moment + offset) if moment else None


def bound(text: str, offset: timedelta, *, dates_are_gmt: bool) -> datetime:
    """Read `modified_after` and its like, with all that goes wrong there.

    | value                      | dates_are_gmt absent  | dates_are_gmt=true |
    | no suffix                  | the store's own time  | UTC                |
    | Z or an offset             | right                 | turned into the store's time, then taken for UTC |
    | fractions and a suffix     | suffix dropped, the store's own time | as above |
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise BadDate(text)
    day, time, fraction, suffix = found.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)
    except ValueError:
        raise BadDate(text) from None
    if suffix is None:
        return wall if dates_are_gmt else wall - offset
    real = datetime.fromisoformat(f"{day}T{time}{suffix}").astimezone(UTC)
    if dates_are_gmt:
        return real + offset
    return wall - offset if fraction else real
