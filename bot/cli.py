"""The command line: reads the arguments, runs one command, answers with an exit code.

0 done; 1 the command failed, or found what it looked for wrong; 2 the arguments
or the settings are not right. A person never sees a traceback: what nobody
foresaw prints one line with a reference, and the log has the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import secrets
import sys
from collections.abc import Sequence

from bot import logs
from bot.commands import COMMANDS, Command
from bot.failures import NotRight, foreseen, in_words
from bot.settings import Settings, SettingsError, load

OK, FAILED, NOT_RIGHT = 0, 1, 2

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # A terminal that cannot write a store's name is shown what it can.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(argv)
    command: Command = args.command
    try:
        settings = load(None, *command.needs)
    except SettingsError as error:
        _say(str(error))
        return NOT_RIGHT
    _log_to(settings, command)
    try:
        return _ran(command, settings, args)
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, and Ctrl-D where something is asked
        _say("Stopped.")
        return FAILED
    except Exception as error:
        if isinstance(error, BrokenPipeError) and not command.stays:
            return _nobody_reads()
        known = foreseen(error)
        if known is None:
            reference = secrets.token_hex(4)
            log.exception("unexpected error", extra={"reference": reference})
            where = _where(settings, command)
            _say(f"Something unexpected went wrong, reference {reference}: {where}")
        else:
            _say(in_words(known))
        return NOT_RIGHT if isinstance(known, NotRight) else FAILED


def _ran(command: Command, settings: Settings, args: argparse.Namespace) -> int:
    code = asyncio.run(command.run(settings, args))
    sys.stdout.flush()  # here, where a reader that left can still be met
    return code


def parser() -> argparse.ArgumentParser:
    """Describe every command; `--help` is made from it."""
    top = argparse.ArgumentParser(
        prog="stockroom",
        description="One true stock count across every store, driven from Slack.",
        epilog="Settings come from the environment; README.md lists them.",
    )
    words = top.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = words.add_parser(command.word, help=command.help, description=command.help)
        command.arguments(sub)
        sub.set_defaults(command=command)
    return top


def _log_to(settings: Settings, command: Command) -> None:
    if command.stays:
        logs.to_stream(settings.secrets())
    else:
        logs.to_file(settings.secrets(), settings.data_dir / logs.FILE)


def _where(settings: Settings, command: Command) -> str:
    return "see the log above." if command.stays else f"see {settings.data_dir / logs.FILE}"


def _nobody_reads() -> int:
    """End quietly when the reader has seen enough, as of `stockroom export | head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
