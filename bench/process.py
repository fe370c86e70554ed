"""A server process under measurement: started, pinned to a core, asked for its memory, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
UP_WITHIN = 60.0  # seconds
DOWN_WITHIN = 30.0
STOCKROOM = ("-m", "bot.cli")
_OURS = ("STOCKROOM_", "SLACK_", "DATABASE_URL")


@dataclass(frozen=True)
class Running:
    """A process that answers; `url` is where."""

    url: str
    pid: int

    def pin(self, core: int) -> None:
        """Keep the process on one core, where the system can."""
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.pid, {core})

    def most_memory(self) -> float:
        """The most resident memory it ever held, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(found.split()[1]) * 1024 / 1e6


@asynccontextmanager
async def running(
    arguments: tuple[str, ...], environment: Mapping[str, str], log: Path
) -> AsyncIterator[Running]:
    """Run `python ARGUMENTS` until the block ends; it must answer GET /readyz by then.

    It is told where to listen by STOCKROOM_LISTEN, and ended by SIGTERM.
    """
    listen = f"127.0.0.1:{free_port()}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
    with log.open("ab") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env={**kept, **environment, "STOCKROOM_LISTEN": listen},
            stdout=written,
            stderr=written,
        )
    try:
        async with asyncio.timeout(UP_WITHIN):
            await _until_ready(process, f"http://{listen}")
        yield Running(f"http://{listen}", process.pid)
    except Exception as error:
        error.add_note(f"{' '.join(arguments)} said last:\n{_last_words(log)}")
        raise
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), DOWN_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()


def _last_words(log: Path) -> str:
    return log.read_text()[-3000:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


async def _until_ready(process: asyncio.subprocess.Process, url: str) -> None:
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            if process.returncode is not None:
                raise RuntimeError(f"it ended with {process.returncode}")
            await asyncio.sleep(0.05)
