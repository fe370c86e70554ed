"""What ends a command, said in one line to the person who runs it."""

from __future__ import annotations


class Failed(Exception):
    """The command cannot do what was asked; the text is for a person, without secrets."""
