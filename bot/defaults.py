"""What a newly connected store starts with: where its platform is, and its settings.

An installation that reaches a platform through a proxy, or through a local
stand-in, says so once (STOCKROOM_NEW_STORES); a person connecting a store then
types its credentials only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class StoreDefaults:
    """`base_url` None: the platform's own address."""

    base_url: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def for_store(
    given: Mapping[str, Mapping[str, Any]], platform: str, values: Mapping[str, str]
) -> StoreDefaults:
    """Say what one store starts with; `{shop}` in the address is the shop's own name."""
    settings = dict(given.get(platform, {}))
    address = settings.pop("base_url", None)
    shop = values.get("shop", "").partition(".")[0]
    return StoreDefaults(address and str(address).replace("{shop}", shop), settings)
