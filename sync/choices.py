"""What a person chose in the turn-on wizard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

Mode = Literal["copy", "keep"]
Decision = Literal["new", "link", "none"]
OpenUnits = Literal["in_numbers", "extra", "counted"]


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """Where one location's stock is kept: a new warehouse, an existing one, or nowhere.

    That warehouse receives what is copied and what orders take. A store without locations
    has one location in our tables, which may show the sum of several warehouses:

    also      further warehouses whose stock is added
    also_new  so is that of a new one, where the receiving one is not new itself
    """

    location_id: int
    decision: Decision
    warehouse_id: int | None
    also: tuple[int, ...] = ()
    also_new: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """All that a confirmation binds, besides the listings.

    mode        copy the store's numbers once, or keep ours
    copy_from   locations whose number is taken where one warehouse serves several
    open_units  keep only: units still to be sent are in our numbers (`in_numbers`) or come
                on top of them (`extra`); after sync was off, `counted` takes off our numbers
                all that the store sold meanwhile
    agreed      what was answered to the platform's agreements, by key
    """

    mode: Mode
    locations: tuple[LocationChoice, ...]
    copy_from: tuple[int, ...] = ()
    open_units: OpenUnits | None = None
    agreed: Mapping[str, bool] = field(default_factory=dict)

    @property
    def copied_locations(self) -> tuple[int, ...]:
        """The locations whose numbers a copy takes.

        A linked location alone in its warehouse is taken; of several that share one,
        those that the person named.
        """
        if self.mode != "copy":
            return ()
        shared: dict[int, int] = {}
        for choice in self.locations:
            if choice.decision == "link" and choice.warehouse_id is not None:
                shared[choice.warehouse_id] = shared.get(choice.warehouse_id, 0) + 1
        return tuple(
            choice.location_id
            for choice in self.locations
            if choice.decision == "new"
            or (
                choice.decision == "link"
                and (
                    shared.get(choice.warehouse_id or 0) == 1
                    or choice.location_id in self.copy_from
                )
            )
        )

    def to_json(self) -> dict[str, Any]:
        """Make the form that is stored with a plan."""
        return asdict(self)

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Choices:
        """Read the stored form."""
        return cls(
            mode=cast("Mode", held["mode"]),
            locations=tuple(
                LocationChoice(**{**choice, "also": tuple(choice.get("also", ()))})
                for choice in held["locations"]
            ),
            copy_from=tuple(held.get("copy_from", ())),
            open_units=cast("OpenUnits | None", held.get("open_units")),
            agreed=held.get("agreed", {}),
        )
