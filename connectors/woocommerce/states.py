"""What the status of an order means, other plugins' statuses included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Role = Literal[
    "waiting",  # nothing sold yet
    "open",  # sold, to be sent
    "closed",  # sold and sent
    "cancelled",  # given up, its units put back
    "failed",  # not paid after all, nothing put back
    "refunded",  # the money went back
    "trash",  # thrown away, nothing put back
    "unknown",  # another plugin's status
    "ignored",  # mapped by a person to count for nothing
]

# WooCommerce's own statuses; those before payment have never reduced stock.
_OWN: dict[str, Role] = {
    "auto-draft": "waiting",
    "draft": "waiting",
    "new": "waiting",
    "checkout-draft": "waiting",
    "pending": "waiting",
    "on-hold": "open",
    "processing": "open",
    "completed": "closed",
    "cancelled": "cancelled",
    "failed": "failed",
    "refunded": "refunded",
    "trash": "trash",
}
_MAPPED: dict[str, Role] = {
    "open": "open",
    "closed": "closed",
    "cancelled": "cancelled",
    "ignored": "ignored",
}


class States:
    """The statuses of one store: its own, and those that a person has mapped.

    The setting `order_states` maps a status, with or without WordPress's `wc-` before
    it, to open, closed, cancelled or ignored. WooCommerce's own cannot be mapped.
    """

    def __init__(self, mapped: Mapping[str, Any] | None = None) -> None:
        self._roles = dict(_OWN)
        for status, meaning in (mapped or {}).items():
            role = _MAPPED.get(str(meaning))
            if role is None:
                known = ", ".join(_MAPPED)
                raise ValueError(f"order_states: {status} must be one of {known}")
            self._roles.setdefault(status.removeprefix("wc-"), role)

    def role(self, status: str) -> Role:
        return self._roles.get(status.removeprefix("wc-"), "unknown")
