"""Real processes of ours, and how they end."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Mapping
from pathlib import Path

from tests.processes import worker
from tests.runtime.command import COMMAND, ROOT

STOP_WITHIN = 25.0  # seconds; the product's own grace is 8


class Ours:
    """One process; its log is kept."""

    def __init__(self, pid: int, ended: Awaitable[int], log: Path) -> None:
        self.pid = pid
        self._ended = asyncio.ensure_future(ended)
        self._log = log

    @property
    def running(self) -> bool:
        return not self._ended.done()

    def said(self) -> str:
        return self._log.read_text()[-6000:]

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def kill(self) -> None:
        """`kill -9`; it must have been alive until then."""
        assert self.running, f"a process ended by itself:\n{self.said()}"
        await self.end()

    async def killed(self, within: float = 25.0) -> None:
        """Wait until it killed itself; anything else, or nothing, is a failure."""
        try:
            code = await asyncio.wait_for(asyncio.shield(self._ended), within)
        except TimeoutError:
            raise AssertionError(f"it never came to its trap:\n{self.said()}") from None
        assert code == -signal.SIGKILL, f"it ended with {code}:\n{self.said()}"

    async def stop(self) -> None:
        """Ask it to stop, as a person does, and wait for its good end."""
        assert self.running, f"a process ended by itself:\n{self.said()}"
        os.kill(self.pid, signal.SIGTERM)
        code = await asyncio.wait_for(asyncio.shield(self._ended), STOP_WITHIN)
        assert code == 0, f"it ended with {code}:\n{self.said()}"

    async def end(self) -> None:
        """Leave nothing behind, frozen or not, however the test went."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
            await self._ended


def start_worker(env: Mapping[str, str], log: Path, *words: str) -> Ours:
    """Start our own worker and clock, which is quick to notice the dead.

    It is forked from a process that has everything imported: that is most of a start.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([worker.__name__])
    process = context.Process(target=worker.run, args=(dict(env), str(log), words))
    log.touch()
    process.start()

    async def ended() -> int:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(process.sentinel, over.set)
        await over.wait()
        loop.remove_reader(process.sentinel)
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return code

    assert process.pid is not None
    return Ours(process.pid, ended(), log)


async def start_stockroom(env: Mapping[str, str], log: Path, part: str) -> Ours:
    """Start a part of the product as people do, by its command line."""
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, part, cwd=ROOT, env=dict(env), stderr=stderr
        )
    return Ours(process.pid, process.wait(), log)
