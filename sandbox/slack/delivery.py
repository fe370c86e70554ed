"""How a person's act reaches the app: one envelope out, one outcome back."""

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

EnvelopeKind = Literal["slash_commands", "interactive", "events_api"]
# Why no good answer came, in the words Slack shows.
Trouble = Literal["operation_timeout", "dispatch_failed", "http_client_error", "http_service_error"]

ACK_SECONDS: Final = 3.0  # Slack: an app has 3 seconds to acknowledge


@dataclass(frozen=True)
class Envelope:
    """One request to the app, the same for both ways of delivery."""

    kind: EnvelopeKind
    payload: dict[str, Any]
    # Whether the acknowledgement may carry an answer.
    accepts_answer: bool
    retry_attempt: int = 0
    retry_reason: str = ""

    @property
    def name(self) -> str:
        """What is delivered, as `view_submission`, `app_home_opened` or `/stock`."""
        if self.kind == "slash_commands":
            return str(self.payload["command"])
        if self.kind == "events_api":
            return str(self.payload["event"]["type"])
        return str(self.payload["type"])


@dataclass(frozen=True)
class Outcome:
    """An acknowledgement with the answer it carried, or the reason why there is none."""

    trouble: Trouble | None = None
    answer: Any = None
    # The app asked not to be sent this event again.
    final: bool = False

    @property
    def acknowledged(self) -> bool:
        """Whether the app confirmed in time."""
        return self.trouble is None


class Delivery(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Hand one envelope over and wait at most so long for its acknowledgement."""
        ...


class NoApp:
    """The way to an app that is not running."""

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Fail at once: nobody listens."""
        return Outcome("dispatch_failed")
