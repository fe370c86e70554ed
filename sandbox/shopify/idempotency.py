"""What a shop remembers about idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# Shopify: keys are reported to be remembered for a day
_LIFE = timedelta(hours=24)

Verdict = Literal["new", "done", "failed", "other_parameters"]


@dataclass(frozen=True)
class _Seen:
    parameters: str
    succeeded: bool
    at: datetime


class Keys:
    """The keys of one shop; `failed_keys_replay` lets a failed one simply run again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, _Seen] = {}
        self.failed_keys_replay = False

    def judge(self, key: str, parameters: str) -> Verdict:
        seen = self._seen.get(key)
        if seen is None or self._now() - seen.at > _LIFE:
            return "new"
        if seen.parameters != parameters:
            return "other_parameters"
        if seen.succeeded:
            return "done"
        return "new" if self.failed_keys_replay else "failed"

    def note(self, key: str, parameters: str, *, succeeded: bool) -> None:
        self._seen[key] = _Seen(parameters, succeeded, self._now())
