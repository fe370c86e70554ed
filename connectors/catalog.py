"""The platforms we speak to, one line each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from connectors import amazon, bigcommerce, ebay, etsy, shopify, walmart, woocommerce
from connectors.pace import Clock, utc_now
from connectors.platform import Platform, Settings
from connectors.protocol import Connector
from connectors.services import Services

PLATFORMS: dict[str, Platform] = {
    platform.key: platform
    for platform in (
        shopify.PLATFORM,
        woocommerce.PLATFORM,
        bigcommerce.PLATFORM,
        ebay.PLATFORM,
        walmart.PLATFORM,
        etsy.PLATFORM,
        amazon.PLATFORM,
    )
}


async def finish_consent(
    platform: str,
    values: Mapping[str, str],
    query: Mapping[str, str],
    base_url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock = utc_now,
) -> dict[str, str]:
    """Make credentials of what a platform's own page sent a person back with.

    Raises StoreError; KeyError for a platform that has no such page.
    """
    consent = PLATFORMS[platform].consent
    if consent is None:
        raise KeyError(platform)
    return await consent.finish(values, query, base_url, transport, clock)


@asynccontextmanager
async def open_connector(
    platform: str,
    credentials: Mapping[str, str],
    *,
    settings: Settings | None = None,
    base_url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    services: Services | None = None,
) -> AsyncIterator[Connector]:
    """Yield a connector to one store; its HTTP client closes with the block."""
    spec = PLATFORMS[platform]
    given = services or Services.in_memory(credentials)
    async with spec.open(credentials, settings or {}, base_url, transport, given) as connector:
        yield connector
