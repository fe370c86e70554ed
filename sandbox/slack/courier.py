"""Hand envelopes to the app, record them, and repeat events that were not acknowledged."""

import asyncio
import dataclasses
import time
from typing import Final

from sandbox.slack.delivery import Delivery, Envelope, NoApp, Outcome
from sandbox.slack.inspector import Inspector, Record

# Slack repeats an event almost at once, after a minute and after five.
EVENT_WAITS: Final = (0.0, 60.0, 300.0)

_REASONS: Final = {
    "operation_timeout": "timeout",
    "dispatch_failed": "connection_failed",
    "http_client_error": "http_error",
    "http_service_error": "http_error",
}


class Courier:
    """The one way out of the workspace."""

    def __init__(
        self, inspector: Inspector, ack_seconds: float, event_waits: tuple[float, ...]
    ) -> None:
        self.delivery: Delivery = NoApp()
        self.ack_seconds = ack_seconds
        self._event_waits = event_waits
        self._inspector = inspector
        self._repeats: set[asyncio.Task[None]] = set()

    async def send(self, envelope: Envelope) -> Outcome:
        """Deliver one envelope and record what came back."""
        begin = time.perf_counter()
        outcome = await self.delivery.send(envelope, self.ack_seconds)
        answered_in_vain = outcome.answer is not None and not envelope.accepts_answer
        self._inspector.note(
            Record(
                kind="delivery",
                name=envelope.name,
                sent=envelope.payload,
                answer=outcome.answer,
                ms=(time.perf_counter() - begin) * 1000,
                error=outcome.trouble,
                warnings=("the answer is not read",) if answered_in_vain else (),
            )
        )
        return outcome

    async def send_event(self, payload: dict[str, object]) -> None:
        """Deliver one event; if it is not acknowledged, go on repeating it in the background."""
        envelope = Envelope("events_api", dict(payload), accepts_answer=False)
        outcome = await self.send(envelope)
        if not outcome.acknowledged and not outcome.final:
            task = asyncio.create_task(self._repeat(envelope, outcome))
            self._repeats.add(task)
            task.add_done_callback(self._repeats.discard)

    async def stop(self) -> None:
        """Give up the repeats that are under way."""
        for task in list(self._repeats):
            task.cancel()
        await asyncio.gather(*self._repeats, return_exceptions=True)

    async def _repeat(self, envelope: Envelope, outcome: Outcome) -> None:
        for attempt, wait in enumerate(self._event_waits, start=1):
            await asyncio.sleep(wait)
            outcome = await self.send(
                dataclasses.replace(
                    envelope,
                    retry_attempt=attempt,
                    retry_reason=_REASONS[str(outcome.trouble)],
                )
            )
            if outcome.acknowledged or outcome.final:
                return
