"""Looking again and again until something is so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from sandbox.story.member import StuckError

LOOK_EVERY = 0.2  # seconds between two looks


async def until(
    what: str, look: Callable[[], Awaitable[bool]], *, within: float, every: float = LOOK_EVERY
) -> None:
    """Look until it is so; StuckError, saying what was awaited, once `within` seconds are over."""
    deadline = time.monotonic() + within
    while not await look():
        if time.monotonic() > deadline:
            raise StuckError(f"waited {within:.0f} s for {what}")
        await asyncio.sleep(every)
