"""Writing stock: `inventorySetQuantities` in lists of 250, each list once.

Shopify takes a list whole or not at all, so what it refuses is set aside and
the rest is sent again. Every list is sent under a key made of its contents: the
same writes are the same request, however often and by whomever they are sent.

Which errors are set aside first matters for a repetition. Items that Shopify
will never take are refused each time alike, so the list without them is the
same list, under the same key, on every run. Stale ones are not: once the rest
went through, it is stale as well. They are therefore set aside last.

Shopify does not answer a key again whose list it refused, so a list with a stale
item is judged anew when it is repeated. "Stale" then only says that another number
stands there, perhaps our own of the first sending: who repeats has to read.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.errors import Refused, StoreError, Unavailable
from connectors.http import Row
from connectors.protocol import LevelWrite, WriteOutcome
from connectors.shopify.client import GraphClient
from connectors.shopify.document import PAGE
from connectors.shopify.documents import SET_QUANTITIES

# Shopify: quantities lie within plus and minus a thousand million. Anything beyond
# 32 bits would have the whole list refused, so such a write never leaves us.
_LIMIT = 1_000_000_000
# Any fixed namespace: it only keeps our keys apart from other uses of the same contents.
_KEYS = uuid.UUID("4ad9cdf1-8d4b-4a54-9a43-25b3f2f5d9c0")
# While the first sending of a key still runs, wait this long before asking again.
_CONCURRENT_WAITS = (0.5, 1.0, 2.0)
# A key whose sending failed is never used again; the next one is. Each run uses up one.
_MOST_KEYS = 20

_FAILED, _CONCURRENT = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", "IDEMPOTENCY_CONCURRENT_REQUEST"
_STALE = ("CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE")
_OUR_MISTAKE = (
    "INVALID_NAME",
    "INVALID_REASON",
    "INVALID_REFERENCE_DOCUMENT",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
)

_APPLIED = WriteOutcome("applied")


@dataclass(frozen=True, slots=True)
class _Item:
    """One write, and its place in the caller's list."""

    place: int
    write: LevelWrite


@dataclass(frozen=True, slots=True)
class _UserError:
    code: str
    message: str
    index: int | None


async def write_levels(client: GraphClient, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
    """Write in as few calls as can be, one outcome per write in order.

    Raises a StoreError only where nothing at all was applied. Writes that were
    not sent because of an earlier trouble come back as unknown: sending the same
    list again, in the same order, goes on where this call stopped.
    """
    run = _Run(client, writes)
    items = list(run.sendable())
    for chunk in _chunks(items):
        if not await run.settle(chunk):
            break
    return run.outcomes()


class _Run:
    """One call of `write_levels`: what is known so far about each write."""

    def __init__(self, client: GraphClient, writes: Sequence[LevelWrite]) -> None:
        self._client = client
        self._writes = writes
        self._known: dict[int, WriteOutcome] = {}
        self._stopped_by: StoreError | None = None

    def sendable(self) -> Iterator[_Item]:
        """Refuse what the wire format cannot carry; hand out the rest."""
        for place, write in enumerate(self._writes):
            if write.location is None:
                self._known[place] = _rejected("Shopify keeps stock by location.", "NO_LOCATION")
            elif abs(write.value) > _LIMIT:
                words = f"The quantity can't be beyond {_LIMIT:,}."
                code = (
                    "INVALID_QUANTITY_TOO_HIGH" if write.value > 0 else "INVALID_QUANTITY_TOO_LOW"
                )
                self._known[place] = _rejected(words, code)
            else:
                yield _Item(place, write)

    def outcomes(self) -> list[WriteOutcome]:
        unsent = WriteOutcome("unknown", reason=str(self._stopped_by))
        return [self._known.get(place, unsent) for place in range(len(self._writes))]

    async def settle(self, items: Sequence[_Item]) -> bool:
        """Bring one list to its end; False where nothing more should be sent."""
        try:
            await self._settle(items)
        except Unavailable as lost:
            if not lost.sent and not self._applied_or_unclear:
                raise
            self._stopped_by = lost
        except StoreError as error:
            if not self._applied_or_unclear:
                raise
            self._stopped_by = error
        return self._stopped_by is None

    async def _settle(self, items: Sequence[_Item]) -> None:
        """Send a list, set aside what is refused, and go on with the rest."""
        while items:
            errors = await self._send(items)
            if errors is None:
                return
            if not errors:
                self._note(items, _APPLIED)
                return
            if len(items) > 1 and any(error.index is None for error in errors):
                middle = len(items) // 2
                await self._settle(items[:middle])
                await self._settle(items[middle:])
                return
            items = self._set_aside(items, errors)

    def _set_aside(self, items: Sequence[_Item], errors: Sequence[_UserError]) -> list[_Item]:
        """Note what is refused for good; only where nothing is, what is stale."""
        for_good = [each for each in errors if each.code not in _STALE]
        aside = {each.index or 0: each for each in for_good or errors}
        for index, error in aside.items():
            self._known[items[index].place] = WriteOutcome(
                "rejected" if for_good else "stale", reason=error.message, code=error.code
            )
        return [item for index, item in enumerate(items) if index not in aside]

    @property
    def _applied_or_unclear(self) -> bool:
        """Whether any write was taken, or may have been."""
        return any(outcome.kind in ("applied", "unknown") for outcome in self._known.values())

    def _note(self, items: Sequence[_Item], outcome: WriteOutcome) -> None:
        for item in items:
            self._known[item.place] = outcome

    async def _send(self, items: Sequence[_Item]) -> list[_UserError] | None:
        """Send a list under its key; None, and noted, where another sending is in the way.

        That one still runs, or it was refused while we stood still and somebody took our
        list over: under a new key an old number could be taken for a good one.
        """
        waits = iter(_CONCURRENT_WAITS)
        attempt = 0
        while True:
            errors = await self._call(items, attempt)
            codes = {error.code for error in errors}
            if _FAILED in codes:
                if not self._ours_alone(items):
                    self._note(items, WriteOutcome("unknown", code=_FAILED))
                    return None
                attempt += 1
                if attempt == _MOST_KEYS:
                    raise Refused("Shopify refuses every key.", said=errors[0].message)
            elif _CONCURRENT in codes:
                wait = next(waits, None)
                if wait is None:
                    self._note(items, WriteOutcome("unknown", code=_CONCURRENT))
                    return None
                await self._client.sleep(wait)
            elif mistakes := [error for error in errors if error.code in _OUR_MISTAKE]:
                raise Refused(
                    f"Shopify refused the request ({mistakes[0].code}).", said=mistakes[0].message
                )
            else:
                return errors

    def _ours_alone(self, items: Sequence[_Item]) -> bool:
        """Say whether nobody but us can have been refused under a key of these writes."""
        until = items[0].write.rekey_until
        return until is not None and self._client.now() < until

    async def _call(self, items: Sequence[_Item], attempt: int) -> list[_UserError]:
        key = list_key([item.write for item in items], attempt)
        quantities = [
            {
                "inventoryItemId": item.write.ref,
                "locationId": item.write.location,
                "quantity": item.write.value,
                "changeFromQuantity": item.write.expected,  # must be there, null too
            }
            for item in items
        ]
        variables = {
            "key": key,
            "input": {
                "name": "available",
                "reason": "correction",
                "referenceDocumentUri": f"gid://stockroom/Push/{key}",
                "quantities": quantities,
            },
        }
        try:
            answer = await self._client.run(SET_QUANTITIES, variables)
            payload = answer.data.row("inventorySetQuantities")
            errors = [_user_error(each, len(items)) for each in payload.rows("userErrors")]
            if not errors:
                payload.row("inventoryAdjustmentGroup")
        except Unavailable as lost:
            if lost.sent:
                self._note(items, WriteOutcome("unknown", reason=str(lost)))
            raise
        return errors


def list_key(writes: Sequence[LevelWrite], attempt: int = 0) -> str:
    """Make the idempotency key of a list: a UUID of its contents, in order."""
    contents = [[each.key, each.ref, each.location, each.value, each.expected] for each in writes]
    return str(uuid.uuid5(_KEYS, json.dumps([attempt, contents])))


def _chunks(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Cut into lists that Shopify takes: 250 at most, no pair twice, order kept."""
    chunk: list[_Item] = []
    pairs: set[tuple[str, str | None]] = set()
    for item in items:
        pair = (item.write.ref, item.write.location)
        if len(chunk) == PAGE or pair in pairs:
            yield chunk
            chunk, pairs = [], set()
        chunk.append(item)
        pairs.add(pair)
    if chunk:
        yield chunk


def _user_error(error: Row, size: int) -> _UserError:
    code = error.text("code") if "code" in error else ""
    return _UserError(code, error.text("message"), _index(error, size))


def _index(error: Row, size: int) -> int | None:
    """Read 17 out of ["input", "quantities", "17", "inventoryItemId"]."""
    path = error.raw("field")
    if not isinstance(path, list) or len(path) < 3 or path[:2] != ["input", "quantities"]:
        return None
    place = str(path[2])
    return int(place) if place.isdecimal() and int(place) < size else None


def _rejected(reason: str, code: str) -> WriteOutcome:
    return WriteOutcome("rejected", reason=reason, code=code)
