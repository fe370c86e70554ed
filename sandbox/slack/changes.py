"""Let somebody wait until something in the workspace changed, without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Counts changes and wakes those who wait for one."""

    def __init__(self) -> None:
        self.revision = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def bump(self) -> None:
        """Note a change."""
        self.revision += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def until(self, satisfied: Callable[[], object], seconds: float) -> bool:
        """Return True as soon as `satisfied()` is truthy, False after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not satisfied():
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiting.add(waiter)
                    await waiter
        except TimeoutError:
            return bool(satisfied())
        return True
