"""The line to one store: shows the keys, and leads to no private network.

The keys are put on here, the last moment before a request leaves: nothing that
logs, repeats or reports a request ever sees them, and each sending is signed anew.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import httpx

from connectors.errors import Refused
from connectors.pace import StoreClock
from connectors.woocommerce.errors import ADDRESS
from connectors.woocommerce.keys import Keys
from connectors.woocommerce.shop import is_private

Mode = Literal["basic", "query", "oauth"]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

# Mark of a request that goes without keys.
KEYLESS = "stockroom.keyless"


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host; none where it knows none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return [str(address[0]) for *_, address in found]


class Line(httpx.AsyncBaseTransport):
    """Sends requests to one store with its keys.

    Over HTTPS by Basic, or in the query where a host takes that header away; over
    plain HTTP only signed, for there the store ignores the other two.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        keys: Keys,
        clock: StoreClock,
        *,
        encrypted: bool,
        resolver: Resolver | None,
    ) -> None:
        self._inner = inner
        self._keys = keys
        self._clock = clock
        self._resolver = resolver
        self.mode: Mode = "basic" if encrypted else "oauth"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._refuse_private(request.url)
        return await self._inner.handle_async_request(await self._keyed(request))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _keyed(self, request: httpx.Request) -> httpx.Request:
        """Copy a request with the keys; the caller's own stays without."""
        url, headers = request.url, httpx.Headers(request.headers)
        if KEYLESS not in request.extensions:
            if self.mode == "basic":
                headers["Authorization"] = self._keys.basic()
            elif self.mode == "query":
                url = self._keys.in_query(url)
            else:
                url = self._keys.signed(request.method, url, self._clock.now())
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            content=await request.aread(),
            extensions=request.extensions,
        )

    async def _refuse_private(self, url: httpx.URL) -> None:
        """Look once where a host's name leads; a public one may still point into our network.

        A name that changes its mind afterwards gains little: over HTTPS what stands
        there would need a certificate of that very name.
        """
        if self._resolver is None:
            return
        port = url.port or (443 if url.scheme == "https" else 80)
        if any(is_private(address) for address in await self._resolver(url.host, port)):
            raise Refused(
                "The store's address leads into a private network. Enter its public one.",
                field=ADDRESS,
            )
        self._resolver = None
