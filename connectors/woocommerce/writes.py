"""Writing stock: batches of 100, each entry of an answer read for itself.

Only the number is sent. `manage_stock` is not: where a person switched stock control
off since we last read, sending it along would switch it on again. The store then
answers 200 and changes nothing, so what it echoes is compared with what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.errors import StoreError, Unavailable
from connectors.http import Row
from connectors.pace import Budget, OutOfTime
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.woocommerce.answers import plain
from connectors.woocommerce.client import PAGE, StoreClient
from connectors.woocommerce.errors import Gone, TooManyItems
from connectors.woocommerce.levels import LIMIT, keeps_stock, own_stock
from connectors.woocommerce.refs import Ref

_APPLIED = WriteOutcome("applied")


@dataclass(frozen=True, slots=True)
class _Item:
    """A write, what it is for, and its place in the caller's list."""

    place: int
    ref: Ref
    value: int


class LevelWriter:
    """Writes levels of one store, and remembers how many at once it can bear."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client
        self._size = PAGE

    async def write(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Write, one outcome per write in order.

        Products go together, variations by their parent, in the order of the list. A
        hundred parents may take a slow store minutes: what is not begun in time is unsent.
        Raises a StoreError only where nothing at all was applied.
        """
        run = _Run(writes, Budget(self._client.clock.ours))
        by_path: dict[str, list[_Item]] = {}
        for item in run.sendable():
            by_path.setdefault(_path(item.ref), []).append(item)
        for path, items in by_path.items():
            if not await self._all(run, path, items):
                break
        return run.outcomes()

    async def _all(self, run: _Run, path: str, items: Sequence[_Item]) -> bool:
        """Send the writes of one path; False where nothing more should be sent."""
        waiting = list(items)
        while waiting:
            batch = waiting[: self._size]
            try:
                run.budget.check()
                await self._send(run, path, batch)
            except OutOfTime as late:
                run.stop(late)
                return False
            except TooManyItems:
                if len(batch) == 1:
                    run.reject(batch, "The store does not take even one change at once.", "413")
                else:
                    self._size = len(batch) // 2
                    continue
            except Gone as gone:
                # The parent is gone; the others are not to suffer for it.
                run.reject(batch, gone.said or str(gone), "parent_unknown")
            except Unavailable as lost:
                if lost.sent:
                    # Maybe too much for it: fewer the next time.
                    self._size = max(1, len(batch) // 2) if len(batch) > 1 else self._size
                    run.note(batch, WriteOutcome("unknown", reason=str(lost)))
                run.stop(lost)
                return False
            except StoreError as error:
                run.stop(error)
                return False
            waiting = waiting[len(batch) :]
        return True

    async def _send(self, run: _Run, path: str, batch: Sequence[_Item]) -> None:
        update = [{"id": item.ref.id, "stock_quantity": item.value} for item in batch]
        answer = await self._client.post(path, {"update": update})
        entries = answer.row().rows("update")
        if [each.raw("id") for each in entries] != [item.ref.id for item in batch]:
            raise Unavailable("The store's answer does not tell which changes it is about.")
        outcomes = [_outcome(*pair) for pair in zip(batch, entries, strict=True)]
        for item, outcome in zip(batch, outcomes, strict=True):
            run.note([item], outcome)


class _Run:
    """One call of `write`: what is known so far about each write."""

    def __init__(self, writes: Sequence[LevelWrite], budget: Budget) -> None:
        self.budget = budget
        self._writes = writes
        self._known: dict[int, WriteOutcome] = {}
        self._stopped_by: StoreError | None = None

    def sendable(self) -> Iterator[_Item]:
        """Refuse what the store would misunderstand; hand out the rest."""
        for place, write in enumerate(self._writes):
            ref = Ref.read(write.ref)
            if ref is None:
                self._reject(place, "This is no product of a WooCommerce store.", "bad_ref")
            elif write.location:
                self._reject(
                    place, "WooCommerce keeps one number, not one by location.", "no_location"
                )
            elif not _is_whole(write.value):
                words = f"The quantity must be a whole number within {LIMIT:,}."
                self._reject(place, words, "bad_quantity")
            else:
                yield _Item(place, ref, write.value)

    def note(self, items: Sequence[_Item], outcome: WriteOutcome) -> None:
        for item in items:
            self._known[item.place] = outcome

    def reject(self, items: Sequence[_Item], reason: str, code: str) -> None:
        self.note(items, WriteOutcome("rejected", reason=reason, code=code))

    def stop(self, error: StoreError) -> None:
        """End here; raise the error if it is certain that nothing was applied.

        Where only time ran out, what is known already is kept: a list full of refusals
        would else begin anew for ever.
        """
        settled = ("applied", "unknown", *(("rejected",) if isinstance(error, OutOfTime) else ()))
        if not any(each.kind in settled for each in self._known.values()):
            raise error
        self._stopped_by = error

    def outcomes(self) -> list[WriteOutcome]:
        unsent = WriteOutcome("unsent", reason=str(self._stopped_by or ""))
        return [self._known.get(place, unsent) for place in range(len(self._writes))]

    def _reject(self, place: int, reason: str, code: str) -> None:
        self._known[place] = WriteOutcome("rejected", reason=reason, code=code)


def _path(ref: Ref) -> str:
    if ref.parent is None:
        return "/products/batch"
    return f"/products/{ref.parent}/variations/batch"


def _is_whole(value: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LIMIT


def _outcome(item: _Item, entry: Row) -> WriteOutcome:
    """Read what became of one entry; HTTP 200 says nothing about it."""
    if (error := entry.maybe_row("error") if "error" in entry else None) is not None:
        said = error.raw("message")
        reason = plain(said) if isinstance(said, str) else "The store gave no reason."
        code = error.raw("code")
        return WriteOutcome("rejected", reason=reason, code=code if isinstance(code, str) else None)
    if not keeps_stock(entry):
        words = (
            "The store no longer keeps stock of this product by itself: “Manage stock” is off, "
            "or its parent keeps it."
        )
        return WriteOutcome("rejected", reason=words, code="stock_not_managed")
    shows = own_stock(entry)
    if shows is None:
        return WriteOutcome("unknown", reason="The store does not say what it shows now.")
    if shows != item.value:
        words = f"The store answered, but shows {shows} where {item.value} was sent."
        return WriteOutcome("rejected", current=shows, reason=words, code="quantity_not_kept")
    return _APPLIED
