"""Files behind addresses that hold for five minutes, for who has the address."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Amazon: a pre-signed address holds five minutes
LIFE = timedelta(minutes=5)


@dataclass
class File:
    """One file; `kind` is its content type, which an upload has to repeat."""

    id: str
    kind: str
    content: bytes | None = None
    packed: bool = False


class Files:
    """The files of one account."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self._name = name
        self._now = now
        self._numbers = itertools.count(1)
        self._files: dict[str, File] = {}
        self._signatures: dict[str, tuple[str, datetime]] = {}

    def add(self, kind: str, content: bytes | None = None, *, packed: bool = False) -> File:
        name = f"amzn1.tortuga.4.na.{self._name}-{next(self._numbers)}"
        self._files[name] = File(name, kind, content, packed)
        return self._files[name]

    def find(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def sign(self, file: File) -> str:
        """Make an address' secret part, which ends after a while."""
        signature = f"{self._name}{next(self._numbers):08x}"
        self._signatures[signature] = (file.id, self._now() + LIFE)
        return signature

    def holds(self, file: File, signature: str) -> bool:
        signed = self._signatures.get(signature)
        return signed is not None and signed[0] == file.id and self._now() < signed[1]
