"""One list of writes on its way: what is known so far about each, and what stopped it.

For connectors whose lists take several calls: after some of them something is known, and an
error no longer means that nothing was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from connectors.errors import StoreError, Unavailable
from connectors.protocol import WriteOutcome

# One item may be what a store stumbles over; so many in a row are the store itself.
_UNCLEAR_IN_A_ROW = 3


class Placed(Protocol):
    """Anything that knows its place in the caller's list."""

    @property
    def place(self) -> int: ...


class Progress:
    """Collects outcomes by place; what has none in the end was not sent."""

    def __init__(self, count: int, rest: str) -> None:
        self._count = count
        self._rest = rest
        self._known: dict[int, WriteOutcome] = {}
        self._unclear = 0
        self._stopped_by: StoreError | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing more should be sent."""
        return self._stopped_by is not None

    def stop(self, error: StoreError) -> None:
        """Send nothing more, for this reason."""
        self._stopped_by = error

    def note(self, items: Sequence[Placed], outcome: WriteOutcome) -> None:
        self._known |= {item.place: outcome for item in items}

    def answered(self, item: Placed, outcome: WriteOutcome) -> None:
        """Note what one call said of one item: the store does answer."""
        self._unclear = 0
        self.note([item], outcome)

    def reject(self, items: Sequence[Placed], reason: str, code: str) -> None:
        self.note(items, WriteOutcome("rejected", reason=reason, code=code))

    def lost(self, items: Sequence[Placed], lost: Unavailable, *, direct: bool = False) -> None:
        """Note that a call got no answer; `direct` as in WriteOutcome."""
        if lost.sent:
            self._unclear += 1
            self.note(items, WriteOutcome("unknown", reason=str(lost), direct=direct))
        if not lost.sent or self._unclear >= _UNCLEAR_IN_A_ROW:
            self.stop(lost)

    def outcomes(self) -> list[WriteOutcome]:
        """Answer for every write; raises what stopped us where nothing came of any."""
        if self._stopped_by is not None and not self._known:
            raise self._stopped_by
        reason = self._rest if self._stopped_by is None else str(self._stopped_by)
        unsent = WriteOutcome("unsent", reason=reason)
        return [self._known.get(place, unsent) for place in range(self._count)]
