"""Secrets at rest: sealed with the newest key, opened with any key still known."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SETTING = "STOCKROOM_SECRET_KEY"


class BadKey(ValueError):
    """A key is malformed; the message says which one by its place, never by its value."""


class KeyLost(Exception):
    """No known key opens what was sealed; the message says what that means."""


class Secret:
    """A text that prints as ***; `reveal()` gives it where it is used."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be pickled")


class Vault:
    """Seals with the first key, opens with any: keys are given newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise BadKey(f"{SETTING} holds no key")
        self._keys = MultiFernet([_key(place, key) for place, key in enumerate(keys, start=1)])

    def seal(self, values: Mapping[str, str]) -> bytes:
        return self._keys.encrypt(json.dumps(dict(values)).encode())

    def open(self, sealed: bytes) -> dict[str, str]:
        """Raises KeyLost."""
        try:
            opened: dict[str, str] = json.loads(self._keys.decrypt(sealed))
        except InvalidToken:
            raise _lost() from None
        return opened

    def rotate(self, sealed: bytes) -> bytes:
        """Seal again with the newest key. Raises KeyLost."""
        try:
            return self._keys.rotate(sealed)
        except InvalidToken:
            raise _lost() from None

    def __repr__(self) -> str:
        return "Vault(***)"


def new_key() -> str:
    """Make a key that fits the setting."""
    return Fernet.generate_key().decode()


def _key(place: int, key: str) -> Fernet:
    try:
        return Fernet(key.encode())
    except ValueError:
        raise BadKey(
            f"key {place} of {SETTING} is malformed: it must be 32 bytes in URL-safe base64,"
            " 44 characters"
        ) from None


def _lost() -> KeyLost:
    return KeyLost(
        f"no key in {SETTING} opens the stored credentials: put the key back that sealed them,"
        " or connect the stores again"
    )
