"""What ends a command, said in one line to the person who runs it."""

from __future__ import annotations

from storage.database import BadDatabaseUrl, DatabaseUnreachable
from storage.embedded import EmbeddedError
from storage.schema import SchemaMismatch
from storage.secrets import KeyLost


class Failed(Exception):
    """The command cannot do what was asked; the text is for a person, without secrets."""


class NotRight(Failed):
    """The command was not asked rightly: an argument or a setting has to change."""


# Whatever of these gets to the top already carries words for a person.
_IN_WORDS = (Failed, BadDatabaseUrl, DatabaseUnreachable, EmbeddedError, SchemaMismatch, KeyLost)


def foreseen(error: BaseException) -> Exception | None:
    """Find what carries words for a person; None when nobody foresaw this.

    Of several at once (a task group's), the first.
    """
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(foreseen, error.exceptions)), None)
    return error if isinstance(error, _IN_WORDS) else None


def in_words(error: Exception) -> str:
    """Say a foreseen error in one line."""
    words = " ".join(str(error).split())
    return words[:1].upper() + words[1:]
