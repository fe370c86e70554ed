"""Writing stock: absolute adjustments in lists of 2,000, strictly one after another.

BigCommerce takes a list whole or not at all, and names what it refuses in the
title of its answer, so that is set aside and the rest is sent again. What was taken
is applied a little later: an answer of 200 is "applied" here, and the trait
`apply_lag` says how long a reading may still show the old number.

The number written is what is on hand. The store takes its safety stock off by
itself, so that is added to what a shopper should be able to buy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.bigcommerce.client import RestClient
from connectors.bigcommerce.errors import Invalid
from connectors.bigcommerce.levels import LevelReader
from connectors.bigcommerce.places import Place, Places
from connectors.bigcommerce.refs import Unit, read_ref
from connectors.bigcommerce.scopes import INVENTORY_CHANGES
from connectors.errors import StoreError, Unavailable
from connectors.pace import Budget, OutOfTime
from connectors.protocol import LevelWrite, WriteOutcome

_PATH = "/v3/inventory/adjustments/absolute"
# BigCommerce: at most 2,000 items in one adjustment
BATCH = 2000
# BigCommerce: the largest stock; the inventory API drops what is beyond without a word
_LIMIT = 2_147_483_647
_REASON = "Stockroom"

_NAMED = re.compile(r"\b(variant_id|product_id)s?\b[^\d\[\]]{0,3}(\d+(?:\s*,\s*\d+)*)")
_INDEX = re.compile(r"(?:items?[.\[])?(\d+)\b")

_APPLIED = WriteOutcome("applied")


@dataclass(frozen=True, slots=True)
class _Item:
    """One write: its place in the caller's list, what it names, and the number on hand."""

    place: int
    unit: Unit
    quantity: int

    @property
    def name(self) -> tuple[str, int]:
        ((kind, number),) = self.unit.identity.items()
        return kind, number


async def write_levels(
    client: RestClient, places: Places, reader: LevelReader, writes: Sequence[LevelWrite]
) -> list[WriteOutcome]:
    """Write in as few calls as can be, one outcome per write in order.

    Raises a StoreError only where nothing at all was applied. After a call without a
    usable answer no other is made: its writes are unknown, the later ones unsent. The
    same holds for what is not begun in time, as when refusals are narrowed down for long.
    """
    if not writes:
        return []
    budget = Budget(client.time.ours)
    place = await places.writable()
    run = _Run(client, place, len(writes), budget)
    safety = await reader.safety([write.ref for write in writes if read_ref(write.ref)])
    items = list(run.sendable(writes, safety))
    for chunk in _chunks(items):
        if not await run.settle(chunk):
            break
    return run.outcomes()


class _Run:
    """One call of `write_levels`: what is known so far about each write."""

    def __init__(self, client: RestClient, place: Place, count: int, budget: Budget) -> None:
        self._client = client
        self._budget = budget
        self._place = place
        self._count = count
        self._known: dict[int, WriteOutcome] = {}
        self._applied_or_unclear = False
        self._stopped_by: StoreError | None = None

    def sendable(self, writes: Sequence[LevelWrite], safety: dict[str, int]) -> Iterator[_Item]:
        """Refuse what BigCommerce would refuse or drop; hand out the rest."""
        here = str(self._place.id)
        for place, write in enumerate(writes):
            unit = read_ref(write.ref)
            if unit is None or write.ref not in safety:
                self._known[place] = _rejected(
                    "BigCommerce no longer keeps stock of this item.", "UNKNOWN_ITEM"
                )
            elif write.location not in (None, here):
                words = f"Stock is written at the location “{self._place.name}” only."
                self._known[place] = _rejected(words, "OTHER_LOCATION")
            elif write.value < 0:
                words = "BigCommerce keeps no stock below zero."
                self._known[place] = _rejected(words, "QUANTITY_TOO_LOW")
            elif write.value + safety[write.ref] > _LIMIT:
                words = f"BigCommerce keeps at most {_LIMIT:,}, safety stock included."
                self._known[place] = _rejected(words, "QUANTITY_TOO_HIGH")
            else:
                yield _Item(place, unit, write.value + safety[write.ref])

    def outcomes(self) -> list[WriteOutcome]:
        unsent = WriteOutcome("unsent", reason=str(self._stopped_by))
        return [self._known.get(place, unsent) for place in range(self._count)]

    async def settle(self, items: Sequence[_Item]) -> bool:
        """Bring one list to its end; False where nothing more should be sent."""
        try:
            await self._settle(items)
        except OutOfTime as late:
            # What is refused already stays so: the list would else begin anew for ever.
            if not self._known:
                raise
            self._stopped_by = late
        except StoreError as error:
            if not self._applied_or_unclear:
                raise
            self._stopped_by = error
        return self._stopped_by is None

    async def _settle(self, items: Sequence[_Item]) -> None:
        """Send a list, set aside what is refused, and go on with the rest."""
        while items:
            refused = await self._send(items)
            if refused is None:
                self._applied_or_unclear = True
                self._note(items, _APPLIED)
                return
            aside = _named(items, refused)
            if not aside and len(items) > 1:
                middle = len(items) // 2
                await self._settle(items[:middle])
                await self._settle(items[middle:])
                return
            aside = aside or set(items)
            self._note(aside, _rejected(refused.said or str(refused), "INVALID"))
            items = [item for item in items if item not in aside]

    async def _send(self, items: Sequence[_Item]) -> Invalid | None:
        """Send a list; answer why it was refused, None where it was taken."""
        body = {
            "reason": _REASON,
            "items": [
                {"location_id": self._place.id, **item.unit.identity, "quantity": item.quantity}
                for item in items
            ],
        }
        self._budget.check()
        try:
            answer = await self._client.run("PUT", _PATH, INVENTORY_CHANGES, body=body)
            answer.row().text("transaction_id")
        except Invalid as refused:
            return refused
        except Unavailable as lost:
            if lost.sent:
                self._applied_or_unclear = True
                self._note(items, WriteOutcome("unknown", reason=str(lost)))
            raise
        return None

    def _note(self, items: Sequence[_Item] | set[_Item], outcome: WriteOutcome) -> None:
        for item in items:
            self._known[item.place] = outcome


def _chunks(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Cut into lists that BigCommerce takes: nothing twice in one, order kept."""
    chunk: list[_Item] = []
    units: set[Unit] = set()
    for item in items:
        if len(chunk) == BATCH or item.unit in units:
            yield chunk
            chunk, units = [], set()
        chunk.append(item)
        units.add(item.unit)
    if chunk:
        yield chunk


def _named(items: Sequence[_Item], refused: Invalid) -> set[_Item]:
    """Find the items that a refusal names, by their ids or by their places in the list."""
    names = {
        (kind, int(number))
        for kind, numbers in _NAMED.findall(refused.said or "")
        for number in numbers.split(",")
    }
    found = {item for item in items if item.name in names}
    if found:
        return found
    indices = {int(at.group(1)) for key in refused.errors if (at := _INDEX.match(key))}
    return {items[index] for index in indices if index < len(items)}


def _rejected(reason: str, code: str) -> WriteOutcome:
    return WriteOutcome("rejected", reason=reason, code=code)
