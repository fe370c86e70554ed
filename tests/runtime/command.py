"""The command line as people run it: a process with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-m", "bot.cli")
KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="  # anybody's: made up for tests


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    problems: str

    @property
    def said(self) -> str:
        return self.out + self.problems


def environment(**changed: str) -> dict[str, str]:
    """The machine's own environment without anything of ours, and then these."""
    ours = ("STOCKROOM_", "SLACK_", "DATABASE_URL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**kept, **changed}


def stockroom(*words: str, env: Mapping[str, str], given: str = "") -> Ended:
    """Run a command to its end."""
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *words],
        env=dict(env),
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
