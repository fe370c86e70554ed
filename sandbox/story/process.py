"""The real bot as a process of its own, and its command line."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from sandbox.story.member import StuckError

UP_WITHIN = 60.0  # seconds; a cold start makes a database first
DOWN_WITHIN = 30.0


class Bot:
    """`stockroom`, started as people start it: by its command line, with an environment."""

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        environment: Mapping[str, str],
        log: Path,
        part: str = "run",
    ) -> None:
        self._command = command
        self._root = root
        self._environment = {**os.environ, **environment}
        self._log = log
        self._part = part
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.claim_code: str | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """`stockroom run`, or one part of it, until the block ends; SIGTERM ends it."""
        try:
            await self.start()
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                self._part,
                cwd=self._root,
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on
            )
        try:
            async with asyncio.timeout(UP_WITHIN):
                await self._until_ready(self._process)
        except TimeoutError:
            raise StuckError(
                f"the bot was not ready after {UP_WITHIN:.0f} s: {self._log}"
            ) from None

    async def stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), DOWN_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise StuckError(f"the bot did not stop within {DOWN_WITHIN:.0f} s") from None
        if process.returncode != 0:
            raise StuckError(f"the bot ended with {process.returncode}: see {self._log}")

    async def kill(self) -> None:
        """`kill -9`, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let the process stand still until the block ends, as a machine does that swaps."""
        if self._process is None:
            raise StuckError("the bot was not started")
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def command(self, *words: str, given: str = "") -> str:
        """Run another command of the bot and return what it prints; 0 is the only good end."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *words,
            cwd=self._root,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, problems = await process.communicate(given.encode())
        if process.returncode != 0:
            said = (out + problems).decode(errors="replace").strip()
            raise StuckError(f"stockroom {' '.join(words)} ended with {process.returncode}: {said}")
        return out.decode()

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        self._reading = asyncio.create_task(self._read_code(process.stdout))
        address = f"http://{self._environment['STOCKROOM_LISTEN']}/readyz"
        async with httpx.AsyncClient(trust_env=False) as http:
            while not await _answers(http, address):
                if process.returncode is not None:
                    raise StuckError(f"the bot ended with {process.returncode}: see {self._log}")
                await asyncio.sleep(0.1)

    async def _read_code(self, stdout: asyncio.StreamReader) -> None:
        """Read what it prints for its whole life, so that its pipe never fills."""
        async for line in stdout:
            if found := re.search(r"/stock claim (\S+)", line.decode(errors="replace")):
                self.claim_code = found.group(1)


async def _answers(http: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(address)).status_code == 200
    except httpx.TransportError:
        return False
