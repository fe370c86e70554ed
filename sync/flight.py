"""One call with writes: taken off before it is sent, landed by its answer, resent if lost.

A store that compares nothing is never sent a lost write again: it may have landed, or
may still land, and what it shows has to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.errors import StoreError
from connectors.protocol import Connector, LevelWrite, WriteOutcome
from storage import attempts, stores
from storage.attempts import Attempt, Item
from storage.queue import work_key
from storage.rows import StoreRow
from storage.wants import Wanted
from sync import retry
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve
from sync.landing import Times, land
from sync.push_refusals import tell_refusals

# Longer than the longest wait for a store's answer (30 s) and a slow commit after it:
# nobody takes an attempt over while its worker may still be about to record it.
LEASE = timedelta(seconds=60)
# The same for a store whose requests may live longer: a minute for a batch of several calls.
LEASE_MARGIN = timedelta(seconds=60)
# An unanswered write is sent again under its key; soon, since its targets wait for it.
RESEND = timedelta(seconds=10)
WRITES = "writes"  # subject of the incident that they get no answer
UNANSWERED = (
    "It takes numbers from Stockroom without an answer, so nobody knows whether they stand."
)


class Flight:
    """Sends the attempts of one store."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector
        self._traits = connector.traits
        self.held_up = False  # the store stopped taking writes: come back another time

    async def take_off(
        self,
        session: AsyncSession,
        writes: Sequence[Wanted],
        *,
        read_from: datetime | None = None,
        unsure: Sequence[int] = (),
    ) -> Attempt | None:
        """Write an attempt down for targets that the session holds locked.

        `read_from` and `unsure` (targets whose number is not known after it) are for
        stores that compare nothing.
        """
        if not writes:
            return None
        now = self._deps.clock.now()
        attempt = Attempt(uuid4(), 1, now, now + self._lease, read_from)
        await attempts.begin(
            session,
            attempt_id=attempt.id,
            store_id=self._store.id,
            worker=self._deps.worker,
            writes=writes,
            now=now,
            lease_until=attempt.lease_until,
            read_from=read_from,
            unsure=unsure,
        )
        return attempt

    @property
    def _lease(self) -> timedelta:
        """Nobody takes an attempt over while its worker may still send or record it.

        Where the store compares, one sent twice does nothing twice: the shorter one will do.
        """
        if self._traits.compare_and_set:
            return LEASE
        return max(LEASE, self._traits.abandoned + LEASE_MARGIN)

    async def resend(self) -> bool:
        """Take over one attempt whose worker died and send it again under its own keys."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            attempt = await attempts.dead(session, self._store.id, now=now)
            if attempt is None:
                return False
            await attempts.take_over(
                session, attempt.id, worker=self._deps.worker, lease_until=now + self._lease
            )
        again = replace(attempt, sends=attempt.sends + 1, lease_until=now + self._lease)
        # A store that is paused or off is not written to, not even once more.
        forgotten = now - attempt.created_at >= self._traits.key_life
        if forgotten or not self._traits.compare_and_set or self._store.sync_status != "on":
            await self._give_up(again, sent_by=attempt.lease_until)
            return True
        return await self.send(again)

    async def send(self, attempt: Attempt) -> bool:
        """Send an attempt and record its answer. Raises StoreError when it was refused whole."""
        async with self._deps.database.transaction() as session:
            items = await attempts.open_items(session, attempt.id)
        if self._deps.clock.now() >= attempt.lease_until:
            return True  # this process stood still meanwhile: another may have sent it
        writes = [
            LevelWrite(
                ref=item.ref,
                location=item.location or None,
                value=item.to_value,
                expected=item.from_value,
                key=f"{attempt.id}:{item.position}",
                rekey_until=attempt.lease_until if attempt.sends > 1 else None,
            )
            for item in items
        ]
        try:
            outcomes = await self._connector.set_levels(writes) if writes else []
        except StoreError:
            await self._not_sent(attempt)
            raise
        await self._record(attempt, items, outcomes)
        return True

    async def _not_sent(self, attempt: Attempt) -> None:
        """Take back a sending that certainly did nothing.

        An earlier sending of the same attempt may have been applied: then it stays in
        flight and is sent again.
        """
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            if attempt.sends == 1:
                await attempts.release(session, attempt.id, now=now)
            else:
                await attempts.keep_flying(session, attempt.id, lease_until=now + RESEND)

    async def _give_up(self, attempt: Attempt, *, sent_by: datetime) -> None:
        """End an attempt that cannot be sent again: what it shows is unknown."""
        async with self._deps.database.transaction() as session:
            items = await attempts.open_items(session, attempt.id)
            direct = await attempts.size(session, attempt.id) <= self._traits.direct_up_to
        unknown = [WriteOutcome("unknown", direct=direct)] * len(items)
        await self._record(attempt, items, unknown, given_up=True, sent_by=sent_by)

    async def _record(
        self,
        attempt: Attempt,
        items: Sequence[Item],
        outcomes: Sequence[WriteOutcome],
        *,
        given_up: bool = False,
        sent_by: datetime | None = None,
    ) -> None:
        now = self._deps.clock.now()
        answered = now + self._connector.skew + self._traits.clock_margin
        final = given_up or not self._traits.compare_and_set
        times = Times(
            traits=self._traits,
            now=now,
            answered=now + self._connector.skew,
            sent_by=(sent_by or now) + self._connector.skew,
        )
        async with self._deps.database.transaction() as session:
            # The store's row before its targets, as an order page locks them.
            if any(outcome.kind == "applied" for outcome in outcomes):
                await stores.pushed(session, self._store.id, now)
            flying = await attempts.lock_flying(
                session, attempt.id, worker=self._deps.worker, sends=attempt.sends
            )
            answers = [
                (item, outcome)
                for item, outcome in zip(items, outcomes, strict=True)
                if item.target_id in flying and (final or not _is_open(attempt, outcome))
            ]
            landed = [
                land(attempt, flying[item.target_id], item, outcome, times)
                for item, outcome in answers
                if outcome.kind != "unsent"
            ]
            await attempts.land(session, attempt.id, landed, answered_at=answered, now=now)
            unsent = [item.target_id for item, outcome in answers if outcome.kind == "unsent"]
            await attempts.unsent(session, attempt.id, unsent)
            self.held_up = self.held_up or any(outcome.kind == "unsent" for outcome in outcomes)
            if not await attempts.finish(session, attempt.id, now=now) and flying:
                await attempts.keep_flying(session, attempt.id, lease_until=now + RESEND)
            if any(outcome.kind == "stale" for _, outcome in answers):
                await self._deps.queue.enqueue(
                    session,
                    "orders",
                    key=work_key("orders", self._store.id),
                    store_id=self._store.id,
                )
            await tell_refusals(
                session,
                self._deps.queue,
                store=self._store,
                refused={
                    item.target_id: outcome.code
                    for item, outcome in answers
                    if outcome.kind == "rejected"
                },
                better=any(
                    outcome.kind == "applied" and flying[item.target_id].refusals
                    for item, outcome in answers
                ),
                now=now,
            )
            if flying:
                await self._tell_unanswered(session, attempt, answers, now)

    async def _tell_unanswered(
        self,
        session: AsyncSession,
        attempt: Attempt,
        answers: Sequence[tuple[Item, WriteOutcome]],
        now: datetime,
    ) -> None:
        """Report writes that the store leaves without an answer time and again (R7)."""
        kinds = {outcome.kind for _, outcome in answers}
        if kinds - {"unknown"}:
            await resolve(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kinds=[IncidentKind.STORE_DOWN],
                subject=WRITES,
                now=now,
            )
            return
        lost = attempt.sends
        if kinds:
            lost = await attempts.unanswered(session, self._store.id, retry.TOLERATED + 1)
        if lost > retry.TOLERATED:
            await report(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kind=IncidentKind.STORE_DOWN,
                subject=WRITES,
                facts={"problem": UNANSWERED, "said": None, "work": WRITES},
                now=now,
            )


def _is_open(attempt: Attempt, outcome: WriteOutcome) -> bool:
    """Say whether a write may have been taken all the same; it stays in flight then.

    One that a resending left out may have been taken by the first sending.
    """
    return outcome.kind == "unknown" or (outcome.kind == "unsent" and attempt.sends > 1)
