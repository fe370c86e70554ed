"""The arguments of one Web API call, however they were sent."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.errors import Refused, invalid_arguments


class Args:
    """Reads values that may be JSON or strings, as Slack does."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        # Bolt sends nulls for what was not given.
        self._values = {name: value for name, value in values.items() if value is not None}

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def as_dict(self) -> dict[str, Any]:
        """Return all values as they were sent."""
        return dict(self._values)

    def text(self, name: str) -> str | None:
        """Return a string, or None if it was not given."""
        value = self._values.get(name)
        return None if value is None else str(value)

    def need(self, name: str, error: str) -> str:
        """Return a string that has to be there, else refuse with this error."""
        value = self.text(name)
        if not value:
            raise Refused(error)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false, given as such or as a word."""
        value = self._values.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """Return an integer."""
        value = self._values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def structure(self, name: str, error: str | None = None) -> Any:
        """Return an object or array, given as such or as JSON text; None if it was not given.

        `error` is what a text that is not JSON is refused with (invalid_arguments if None).
        """
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            if error is not None:
                raise Refused(error) from None
            raise invalid_arguments(f"must be valid JSON [json-pointer:/{name}]") from None
