"""What newly connected stores start with: where their platform is, and their settings.

An installation that reaches a platform through a proxy, or through a local
stand-in, says so once (STOCKROOM_NEW_STORES); a person connecting a store then
types its credentials only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connectors.catalog import PLATFORMS
from storage import store_settings
from storage.rows import StoreRow
from sync.deps import Deps
from sync.work import USUAL

BASE_URL = "base_url"
STORE = "{shop}"  # stands for the store's own name in a base URL
ByPlatform = Mapping[str, Mapping[str, Any]]
Connected = Callable[[int, str, StoreRow], Awaitable[None]]


def base_urls(given: ByPlatform) -> dict[str, str]:
    """Say which platforms are reached elsewhere than usual, and where."""
    return {key: str(one[BASE_URL]) for key, one in given.items() if BASE_URL in one}


def settings_of(given: ByPlatform, platform: str) -> dict[str, Any]:
    """Say which settings a store of this platform starts with.

    A platform whose orders may be asked for less often than is usual says so itself.
    """
    own = {key: value for key, value in given.get(platform, {}).items() if key != BASE_URL}
    known = PLATFORMS.get(platform)
    if known is not None and known.orders_every > USUAL["orders"]:
        return {"orders_every_seconds": round(known.orders_every.total_seconds()), **own}
    return own


def every_setting(given: ByPlatform) -> dict[str, dict[str, Any]]:
    """Say which settings the stores of each platform start with."""
    return {platform: settings_of(given, platform) for platform in given}


def settled(deps: Deps, given: ByPlatform, then: Connected) -> Connected:
    """Make what gives a store that was just connected its settings, and then goes on.

    What a store has already wins: this also runs after a reconnect.
    """

    async def connected(workspace_id: int, slack_user: str, store: StoreRow) -> None:
        settings = settings_of(given, store.platform)
        if settings:
            async with deps.database.transaction() as session:
                await store_settings.add_missing(session, store.id, settings)
        await then(workspace_id, slack_user, store)

    return connected


def address(platform: str, base_url: str | None, values: Mapping[str, str]) -> str | None:
    """Put a store's own name where its address says `{shop}`.

    That is the name before .myshopify.com, the host of a WooCommerce store, the hash of a
    BigCommerce store. Raises BadCredentials where the credentials name no store.
    """
    if not base_url or STORE not in base_url:
        return base_url
    return base_url.replace(STORE, PLATFORMS[platform].store_name(values))
