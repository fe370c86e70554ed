"""What the checks write down: a message and the place it is about."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing Slack would refuse, in Slack's words, at a JSON pointer."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Report:
    """Collects problems while a payload is walked."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, pointer: str, message: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(message, pointer))

    def lines(self) -> list[str]:
        """Return the problems as Slack prints them, each once, in order."""
        return list(dict.fromkeys(str(problem) for problem in self.problems))


# A check looks at one value at one place and writes what is wrong into the report.
Check = Callable[[Report, str, object], None]
