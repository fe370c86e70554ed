"""`make story` and `make demo`: the same world, told and ended, or told and kept."""

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
from sandbox.story.world import Place, World, world


async def story(place: Place, out: TextIO) -> int:
    """Play the story and throw everything away; 0 only if every number agrees."""
    with _throw_away() as home:
        return await _told(place, home, out, stay=False)


async def demo(place: Place, out: TextIO) -> int:
    """Play the story, then stay up until stopped.

    The local stores forget everything with their process, and so the ledger does.
    """
    with _throw_away() as home:
        return await _told(place, home, out, stay=True)


async def _told(place: Place, home: Path, out: TextIO, *, stay: bool) -> int:
    tell = Teller(out).tell
    with _cancelled_by_signals():
        try:
            async with world(place, home) as made, made.bot.running():
                tally = await play(made, tell)
                if stay and tally.proves_it:
                    _say(out, *tally.report(), *_how_to_use(made))
                    await asyncio.Event().wait()
        except StuckError as stuck:
            _say(out, f"The story got stuck: {stuck}", *_last_lines(home / "bot.log"))
            return 1
        except asyncio.CancelledError:
            _say(out, "Stopped.")
            return 0 if stay else 1
    _say(out, *tally.report())
    return 0 if tally.proves_it else 1


def _how_to_use(made: World) -> list[str]:
    looks = [f"    {one.title:<22} {one.platform:<12} {one.control}" for one in made.every_shop]
    do = f"curl -s {made.slack}/_sandbox/do -H 'content-type: application/json' -d"
    return [
        "",
        "Everything stays up until Ctrl-C; nothing of it leaves this machine.",
        f"  the local Slack    {made.slack}/_sandbox/state?person=manager   what Mara sees",
        f"  the bot            {made.web}/readyz",
        "  the stores, each at its own address:",
        *looks,
        "Type in Slack as somebody (manager, operator, viewer, guest):",
        f'  {do} \'{{"person":"manager","verb":"slash","args":{{"text":"/stock status"}}}}\'',
        "Look at what a store shows, buy something, and see the others follow within seconds:",
        *(f"  curl -s {one.control}/available" for one in made.every_shop),
        *(
            f'  curl -s {one.control}/sell -d \'{{"sku":"LOUD-TITLE","quantity":1}}\''
            for one in made.every_shop
        ),
        "Break a store, and watch #stock-alerts (mend it with -X DELETE):",
        *(
            f'  curl -s {one.control}/faults -d \'{{"kind":"error_before"}}\''
            for one in made.every_shop
        ),
    ]


def _last_lines(log: Path) -> list[str]:
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return ["The bot's last words:", *(f"  {line}" for line in lines[-15:])]


def _say(out: TextIO, *lines: str) -> None:
    out.write("".join(f"{line}\n" for line in lines))
    out.flush()


@contextmanager
def _throw_away() -> Iterator[Path]:
    """Yield a folder that is removed afterwards; the database's own user may pass through."""
    home = Path(tempfile.mkdtemp(prefix="stockroom-demo-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
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
