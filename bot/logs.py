"""One line per event: time, level, logger, words, then key=value pairs.

Who and what a line is about (action, workspace, store, run, user) is bound once
with `about()` and stands on every line logged inside. The formatter is also the
last net for secrets: whatever got this far unwrapped is struck out here.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TextIO

FILE = "stockroom.log"

_ABOUT: ContextVar[dict[str, object] | None] = ContextVar("about", default=None)

# What credentials look like, wherever they turn up. Each keeps its telling beginning.
_SHAPES = (
    re.compile(r"\b((?:xox[a-z]|xapp|shp[a-z]{2})[-_])[\w-]+"),  # Slack's and Shopify's tokens
    re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(r"(\w://[^\s:/@]*:)[^\s@]+(?=@)"),  # the password in a URL
    re.compile(r"(?<![\w-])()[\w-]{43}=(?!\w)"),  # a Fernet key
    re.compile(r"(/connect/)[\w-]{8,}"),  # a one-time link
    re.compile(
        r"(?i)([\"']?\b(?:\w*(?:token|secret|password|api_?key|consumer_key))[\"']?\s*[=:]\s*[\"']?)"
        r"[^\s\"',;&}]{6,}"
    ),
)
_STRUCK = r"\g<1>***"

# A record's own attributes; whatever else it carries was handed over with `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Put these fields on every line logged inside the block, tasks started there included."""
    token = _ABOUT.set({**(_ABOUT.get() or {}), **fields})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Strike out the given values and everything that is shaped like a credential."""
    for secret in secrets:
        text = text.replace(secret, "***")
    for shape in _SHAPES:
        text = shape.sub(_STRUCK, text)
    return text


class LineFormatter(logging.Formatter):
    """Renders a record as one redacted line, its traceback folded into `trace`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        # Longest first, so that no secret survives as the rest of a shorter one.
        self._secrets = sorted({s for s in secrets if len(s) >= 6}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {
            **(_ABOUT.get() or {}),
            **{key: value for key, value in vars(record).items() if key not in _OWN},
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = _first(record.exc_info[1])
            fields["error"] = f"{type(error).__name__}: {error}"
            fields["trace"] = _folded(error.__traceback__)
        words = " ".join(record.getMessage().splitlines())
        pairs = "".join(f" {key}={_value(value)}" for key, value in fields.items())
        line = f"{at[:23]}Z {record.levelname} {record.name}: {words}{pairs}"
        return redacted(line, self._secrets)


def to_stream(secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Send every line to a stream (standard error): what the long-running commands do."""
    _install(logging.StreamHandler(stream or sys.stderr), secrets)


def to_file(secrets: Iterable[str], path: Path) -> None:
    """Send every line to a file that is made with the first of them.

    What commands for people do, so that their terminal shows only words for people.
    """
    _install(_LateFile(path, encoding="utf-8", delay=True), secrets)


class _LateFile(logging.FileHandler):
    """Makes its folder with the first line; a disk that refuses must not hide the line."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return super()._open()
        except OSError:
            return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")


def _install(handler: logging.Handler, secrets: Iterable[str]) -> None:
    handler.setFormatter(LineFormatter(secrets))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # These tell of every request and every tick; the lines that matter are our own.
    for name in ("httpx", "procrastinate", "alembic", "slack_bolt", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns when a tick is still busy


def _first(error: BaseException) -> BaseException:
    """Look into a group for what went wrong first; the group itself says nothing."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _folded(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)


def _value(value: object) -> str:
    text = str(value)
    plain = re.fullmatch(r"[\w.:@/+-]+", text) is not None
    return text if plain else json.dumps(text, ensure_ascii=False)
