"""Writes that a store accepted: asked about until their end is known (ENGINE.md A5).

Accepted is not applied, and applied is not believed either before it is read back. A
write that ended may have landed over a newer, lower one, which is then made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import Connector, WriteOutcome
from storage import accepted, stores
from storage.accepted import Ended, OpenWrite
from storage.rows import StoreRow
from sync import asking
from sync.deps import Deps
from sync.flight import LEASE
from sync.incidents import IncidentKind, report, resolve
from sync.landing import Times, end
from sync.push_refusals import tell_refusals


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was said about one write; `ended` is None while it is open."""

    write: OpenWrite
    outcome: WriteOutcome
    ended: Ended | None


class Accepted:
    """Asks one store about its open writes."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector
        self._traits = connector.traits

    async def ask(self) -> bool:
        """Ask once about all that is due; whether the store was asked.

        Only the answer moves the next time further than a lease: a worker that dies in
        between loses nothing.
        """
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            handles = await accepted.claim(
                session,
                self._store.id,
                now=now,
                also_by=now + asking.TOGETHER,
                until=now + LEASE,
            )
        if not handles:
            return False
        outcomes = await self._connector.settle(handles)
        await self._record(dict(zip(handles, outcomes, strict=True)))
        return True

    async def look_ahead(self, session: AsyncSession) -> None:
        """Make the next push due when there is something to ask; close what hangs no more."""
        at = await accepted.next_ask(session, self._store.id)
        if at is not None:
            await stores.bring_forward(session, self._store.id, "push", at)
        if self._traits.settles_within and await self._hanging(session) is None:
            await resolve(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kinds=[IncidentKind.WRITES_HANG],
                now=self._deps.clock.now(),
            )

    async def _record(self, said: dict[str, WriteOutcome]) -> None:
        now = self._deps.clock.now()
        store_now = now + self._connector.skew
        times = Times(traits=self._traits, now=now, answered=store_now, sent_by=store_now)
        async with self._deps.database.transaction() as session:
            # The store's row before its targets, as an order page locks them.
            if any(outcome.kind == "applied" for outcome in said.values()):
                await stores.pushed(session, self._store.id, now)
            writes = await accepted.lock(session, self._store.id, sorted(said))
            answers = [
                _Answer(write, said[write.handle], end(write, said[write.handle], times))
                for write in writes
            ]
            for ended in _one_of_each_target([each.ended for each in answers if each.ended]):
                await accepted.close(session, ended, store_now=store_now)
            still_open = [each.write for each in answers if each.ended is None]
            await accepted.ask_again(
                session,
                [(write, asking.next_ask(write.accepted_at, now)) for write in still_open],
            )
            await tell_refusals(
                session,
                self._deps.queue,
                store=self._store,
                refused={
                    each.write.target_id: each.outcome.code
                    for each in answers
                    if each.ended is not None and each.ended.rejected is not None
                },
                better=any(
                    each.outcome.kind == "applied" and each.write.refusals for each in answers
                ),
                now=now,
            )
            await self._tell_hanging(session, asked=bool(still_open))

    async def _hanging(self, session: AsyncSession) -> accepted.Hanging | None:
        before = self._deps.clock.now() - asking.hangs_after(self._traits)
        return await accepted.hanging(session, self._store.id, before=before)

    async def _tell_hanging(self, session: AsyncSession, *, asked: bool) -> None:
        """Report writes of which the store has not said for too long what became (R7)."""
        found = await self._hanging(session) if asked else None
        if found is not None:
            await report(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kind=IncidentKind.WRITES_HANG,
                facts={"since": found.since.isoformat(), "count": found.count},
                now=self._deps.clock.now(),
            )


def _one_of_each_target(ended: Sequence[Ended]) -> Iterator[list[Ended]]:
    """Split ends into rounds with at most one of each target, in their order."""
    rounds: list[dict[int, Ended]] = []
    for each in ended:
        for taken in rounds:
            if each.target_id not in taken:
                taken[each.target_id] = each
                break
        else:
            rounds.append({each.target_id: each})
    for taken in rounds:
        yield list(taken.values())
