"""Where the units of an order line stay while their store does not tell the place.

A store tells a line in parts, one for each place that gave units. A place may be
deleted, or the permission to see places be taken away: the units are then told
without their place. No order moves because of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.protocol import RemoteOrderLine, line_of
from storage.orders import LineRow


def stay(
    lines: Sequence[RemoteOrderLine], held: Mapping[str, LineRow]
) -> Sequence[RemoteOrderLine]:
    """Tell units of no known place as parts that are held, where there are such.

    These are all parts of the line but those that the store does tell of.
    """
    if all(line.located for line in lines):
        return lines
    told = {line.id for line in lines if line.located}
    found: list[RemoteOrderLine] = []
    for line in lines:
        own = {
            part: row
            for part, row in held.items()
            if line_of(part) == line_of(line.id) and part not in told
        }
        found += [line] if line.located or not own else _spread(line, own)
    return found


def _spread(line: RemoteOrderLine, held: Mapping[str, LineRow]) -> list[RemoteOrderLine]:
    """Divide a line over its held parts: each keeps its units, only what changed is divided.

    Units leave the part that has them, whether they are sent, cancelled or given back;
    new ones join the part that has most.
    """
    home = max(held, key=lambda part: (held[part].taken, part))
    unsent = {part: row.committed for part, row in held.items()}
    sent = {part: row.taken - row.committed for part, row in held.items()}
    still = _changed(unsent, line.committed, {}, home)
    left = {part: max(0, units - still[part]) for part, units in unsent.items()}
    gone = _changed(sent, line.taken - line.committed, left, home)
    added = max(0, line.ordered - sum(row.ordered for row in held.values()))
    return [
        replace(
            line,
            id=part,
            location=row.location_remote_id,
            ordered=row.ordered + (added if part == home else 0),
            taken=still[part] + gone[part],
            committed=still[part],
        )
        for part, row in held.items()
    ]


def _changed(
    units: Mapping[str, int], total: int, joining: Mapping[str, int], home: str
) -> dict[str, int]:
    """Change numbers until they add up to a total, going up by no more than what may join."""
    change = total - sum(units.values())
    changed = dict(units)
    for part in sorted(units):
        room = joining.get(part, 0) if change > 0 else -max(0, units[part])
        step = min(change, room) if change > 0 else max(change, room)
        changed[part] += step
        change -= step
    changed[home] += change
    return changed
