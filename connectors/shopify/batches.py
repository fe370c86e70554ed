"""Lists of ids, as many at once as a shop lets us ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from connectors.shopify.document import PAGE
from connectors.shopify.errors import TooExpensive

T = TypeVar("T")


class Batches:
    """Asks in batches, and remembers how large one may be where it was too much at once."""

    def __init__(self) -> None:
        self._size = PAGE

    async def each(
        self, ids: Iterable[str], ask: Callable[[Sequence[str]], Awaitable[T]]
    ) -> AsyncIterator[T]:
        """Yield what `ask` answers for each batch. Raises TooExpensive where one id is too much."""
        waiting = list(dict.fromkeys(ids))
        while waiting:
            batch = waiting[: self._size]
            try:
                answer = await ask(batch)
            except TooExpensive:
                if len(batch) == 1:
                    raise
                self._size = len(batch) // 2
                continue
            yield answer
            waiting = waiting[len(batch) :]
