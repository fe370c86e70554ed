"""What follows a call to stock an item that did not succeed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.protocol import WriteOutcome
from sync.flight import RESEND
from sync.stocker import NO_REASON, UNANSWERED, setback

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOST = WriteOutcome("unknown")


@pytest.mark.parametrize(
    ("outcome", "before", "reason", "wait"),
    [
        (LOST, 0, None, RESEND),
        (LOST, 1, None, RESEND),
        (LOST, 2, UNANSWERED, timedelta(minutes=20)),
        (WriteOutcome("rejected", reason="No."), 0, "No.", timedelta(minutes=5)),
        (WriteOutcome("rejected"), 1, NO_REASON, timedelta(minutes=10)),
        (WriteOutcome("rejected", reason="No."), 40, "No.", timedelta(hours=24)),
    ],
)
def test_r7_it_rests_and_is_told_once_it_is_no_everyday_trouble(
    outcome: WriteOutcome, before: int, reason: str | None, wait: timedelta
) -> None:
    met = setback(outcome, before, NOW)
    assert (met.refusals, met.reason, met.retry_at - NOW) == (before + 1, reason, wait)
