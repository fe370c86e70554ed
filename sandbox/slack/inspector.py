"""The record of everything that passed between the app and the workspace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

RecordKind = Literal["api", "delivery", "response_url"]

# Answers that mean the app sent something wrong, whatever the workspace's state was.
MISTAKES: Final = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "not_allowed_token_type",
        "missing_scope",
        "unknown_method",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_view",
        "invalid_message",
        "invalid_trigger_id",
        "invalid_json",
        "invalid_command_response",
        "invalid_submission_response",
        "invalid_options_response",
        "no_text",
        "msg_blocks_too_long",
        "msg_too_long",
        "view_too_large",
        "too_many_attachments",
        "push_limit_reached",
        "duplicate_external_id",
        "no_such_file_upload",
    }
)


@dataclass(frozen=True)
class Record:
    """One call or delivery: what was sent, what was answered, in how many milliseconds."""

    kind: RecordKind
    name: str
    sent: Any
    answer: Any
    ms: float
    error: str | None = None
    warnings: tuple[str, ...] = ()
    # A fault switched on by hand: the app did nothing wrong.
    by_fault: bool = False

    @property
    def refused(self) -> bool:
        """Whether the checks found a mistake of the app."""
        return self.error in MISTAKES and not self.by_fault

    def as_json(self) -> dict[str, Any]:
        """Return the record for the control API."""
        return {
            "kind": self.kind,
            "name": self.name,
            "sent": self.sent,
            "answer": self.answer,
            "ms": round(self.ms, 1),
            "error": self.error,
            "warnings": list(self.warnings),
            "refused": self.refused,
        }


SurfaceKind = Literal["modal", "home", "message", "options"]


@dataclass(frozen=True)
class Surface:
    """One view, message or option list as the app sent it."""

    kind: SurfaceKind
    payload: dict[str, Any]
    source: str


@dataclass
class Inspector:
    """Keeps records and surfaces, and tells whoever asked to be told."""

    records: list[Record] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    # Oddities that Slack lets pass, said when they happened.
    advice: list[str] = field(default_factory=list)
    _listeners: list[Callable[[Record], None]] = field(default_factory=list)

    def on_record(self, listener: Callable[[Record], None]) -> None:
        """Call `listener` with every record from now on."""
        self._listeners.append(listener)

    def note(self, record: Record) -> None:
        """Keep a record."""
        self.records.append(record)
        for listener in self._listeners:
            listener(record)

    def show(self, kind: SurfaceKind, payload: dict[str, Any], source: str) -> None:
        """Keep a view, message or option list as it was sent."""
        self.surfaces.append(Surface(kind, payload, source))

    def show_view(self, payload: object, source: str) -> None:
        """Keep a view, if it is one at all."""
        if isinstance(payload, dict):
            self.show("home" if payload.get("type") == "home" else "modal", payload, source)

    def refusals(self) -> list[Record]:
        """Return the records in which the app sent something wrong."""
        return [record for record in self.records if record.refused]

    def calls(self, method: str) -> list[Record]:
        """Return the Web API calls of one method."""
        return [record for record in self.records if (record.kind, record.name) == ("api", method)]

    def deliveries(self, name: str) -> list[Record]:
        """Return the deliveries of one kind, as `view_submission` or `app_home_opened`."""
        return [
            record for record in self.records if (record.kind, record.name) == ("delivery", name)
        ]
