"""Named points at which a worker kills itself, as `kill -9` would, or freezes.

A point is a call to a store, by the name of its GraphQL operation, or a commit, by the
function (or its module) that opened the transaction and, where it says more, a table it
left rows in. A trap stands just before or just after its point.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.database import Database

# Whether the transaction wrote anything, or left a row in one of our tables.
_WROTE = "select pg_current_xact_id_if_assigned() is not null"
_WROTE_TO = (
    "select exists (select from {} where xmin = cast(pg_current_xact_id_if_assigned() as xid))"
)


@dataclass(frozen=True)
class Trap:
    """Written as `before:call:Orders` or `after:commit:sync.order_reading.read_pages:movement`.

    With `frozen:` in front of it the process does not end there: it stops, once.
    """

    after: bool
    kind: str
    name: str
    table: str = ""
    freezes: bool = False

    @classmethod
    def parse(cls, words: str) -> Trap:
        rest = words.removeprefix("frozen:")
        side, kind, name, *table = rest.split(":")
        if side not in ("before", "after") or kind not in ("call", "commit"):
            raise ValueError(f"no trap: {words}")
        return cls(side == "after", kind, name, "".join(table), freezes=rest != words)

    @property
    def on_call(self) -> str | None:
        return self.name if self.kind == "call" else None

    @property
    def on_commit(self) -> str | None:
        return self.name if self.kind == "commit" else None


def die() -> None:
    """End this process where it stands; nothing more of it runs."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


class TrappedTransport(httpx.AsyncBaseTransport):
    """The line to a store: dies before a request leaves, or once its answer is there."""

    def __init__(self, inner: httpx.AsyncBaseTransport, trap: Trap) -> None:
        self._inner = inner
        self._trap = trap

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        named = json.loads(request.content).get("operationName") == self._trap.on_call
        if named and not self._trap.after:
            die()
        response = await self._inner.handle_async_request(request)
        if named:
            await response.aread()  # it was applied, and said so
            die()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class TrappedDatabase(Database):
    """A database whose commits are watched."""

    def __init__(self, url: str, trap: Trap, idle_wait: float) -> None:
        super().__init__(url, idle_wait=idle_wait)
        self._trap = trap
        self._sprung = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        opener = sys._getframe(2)  # beyond the context manager's own
        opened_by = f"{opener.f_globals['__name__']}.{opener.f_code.co_qualname}"
        async with super().transaction() as session:
            yield session
            if self._trap.on_commit and opened_by.startswith(self._trap.on_commit):
                # Last of all that happens before the commit: the wake-ups were queued by then.
                event.listen(session.sync_session, "before_commit", self._before)

    def _before(self, session: Session) -> None:
        table = self._trap.table
        if self._sprung or not session.scalar(text(_WROTE_TO.format(table) if table else _WROTE)):
            return
        self._sprung = True
        if self._trap.freezes:
            os.kill(os.getpid(), signal.SIGSTOP)
        elif not self._trap.after:
            die()
        else:
            event.listen(session, "after_commit", lambda _: die())
