"""The two ways in which the workspace says no."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """Slack's answer to the app's request, with Slack's own error name."""

    def __init__(
        self,
        error: str,
        messages: Sequence[str] = (),
        **extra: object,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.extra: Mapping[str, object] = extra

    def answer(self) -> dict[str, Any]:
        """Return the JSON body Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class CannotDo(Exception):
    """A person tried what the screen before them does not offer."""


def invalid_arguments(*messages: str) -> Refused:
    """Return the refusal of a request whose arguments do not fit."""
    return Refused("invalid_arguments", [f"[ERROR] {message}" for message in messages])


def invalid_blocks(problems: Sequence[str]) -> Refused:
    """Return the refusal of a message whose blocks do not fit."""
    return Refused(
        "invalid_blocks", [f"[ERROR] {problem}" for problem in problems], errors=list(problems)
    )
