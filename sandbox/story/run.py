"""`make story`: a world is told from its beginning, and judged at its end."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sandbox.story.member import StuckError
from sandbox.story.plot import Teller, play
from sandbox.story.serving import Place
from sandbox.story.world import world


async def story(place: Place, out: TextIO) -> int:
    """Play the story and throw everything away; 0 only if every number agrees."""
    with throw_away() as home, cancelled_by_signals():
        try:
            async with world(place, home) as made, made.bot.running():
                tally = await play(made, Teller(out).tell)
        except StuckError as stuck:
            _say(out, f"The story got stuck: {stuck}", *last_lines(home))
            return 1
        except asyncio.CancelledError:
            _say(out, "Stopped.")
            return 1
    _say(out, *tally.report())
    return 0 if tally.proves_it else 1


def last_lines(home: Path) -> list[str]:
    """Read how the bot's log ends, for whoever has to find out what went wrong."""
    log = home / "bot.log"
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return ["The bot's last words:", *(f"  {line}" for line in lines[-15:])]


def _say(out: TextIO, *lines: str) -> None:
    out.write("".join(f"{line}\n" for line in lines))
    out.flush()


@contextmanager
def throw_away() -> Iterator[Path]:
    """Yield a folder that is removed afterwards; the database's own user may pass through."""
    home = Path(tempfile.mkdtemp(prefix="stockroom-demo-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def cancelled_by_signals() -> Iterator[None]:
    """Turn SIGTERM and Ctrl-C into a cancellation, so that the bot is stopped before we end."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    watched = (signal.SIGTERM, signal.SIGINT)
    for number in watched:
        loop.add_signal_handler(number, lambda: task and task.cancel())
    try:
        yield
    finally:
        for number in watched:
            loop.remove_signal_handler(number)
