"""One call with writes: taken off before it is sent, landed by its answer, resent if lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.errors import StoreError
from connectors.protocol import Connector, LevelWrite, WriteOutcome
from storage import attempts, stores, targets
from storage.attempts import Attempt, Flying, Item, Landed, Wanted
from storage.queue import work_key
from storage.rows import StoreRow
from sync import retry
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve

# Longer than the longest wait for a store's answer (30 s) and a slow commit after it:
# nobody takes an attempt over while its worker may still be about to record it.
LEASE = timedelta(seconds=60)
# An unanswered write is sent again under its key; soon, since its targets wait for it.
RESEND = timedelta(seconds=10)
TOLD_ITEMS = 20  # as many refused items as a message takes without hiding its point


class Flight:
    """Sends the attempts of one store."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector

    async def take_off(self, session: AsyncSession, writes: Sequence[Wanted]) -> Attempt | None:
        """Write an attempt down for targets that the session holds locked."""
        if not writes:
            return None
        now = self._deps.clock.now()
        attempt = Attempt(id=uuid4(), sends=1, created_at=now, lease_until=now + LEASE)
        await attempts.begin(
            session,
            attempt_id=attempt.id,
            store_id=self._store.id,
            worker=self._deps.worker,
            writes=writes,
            now=now,
            lease_until=attempt.lease_until,
        )
        return attempt

    async def resend(self) -> bool:
        """Take over one attempt whose worker died and send it again under its own keys."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            attempt = await attempts.dead(session, self._store.id, now=now)
            if attempt is None:
                return False
            await attempts.take_over(
                session, attempt.id, worker=self._deps.worker, lease_until=now + LEASE
            )
        again = Attempt(attempt.id, attempt.sends + 1, attempt.created_at, now + LEASE)
        # A store that is paused or off is not written to, not even once more.
        forgotten = now - attempt.created_at >= self._connector.traits.key_life
        if forgotten or self._store.sync_status != "on":
            await self._give_up(again)
            return True
        return await self.send(again)

    async def send(self, attempt: Attempt) -> bool:
        """Send an attempt and record its answer. Raises StoreError when it was refused whole."""
        async with self._deps.database.transaction() as session:
            items = await attempts.open_items(session, attempt.id)
        writes = [
            LevelWrite(
                ref=item.ref,
                location=item.location or None,
                value=item.to_value,
                expected=item.from_value,
                key=f"{attempt.id}:{item.position}",
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

    async def _give_up(self, attempt: Attempt) -> None:
        """End an attempt whose keys the store has forgotten: what it shows is unknown."""
        async with self._deps.database.transaction() as session:
            items = await attempts.open_items(session, attempt.id)
        await self._record(attempt, items, [WriteOutcome("unknown")] * len(items), forgotten=True)

    async def _record(
        self,
        attempt: Attempt,
        items: Sequence[Item],
        outcomes: Sequence[WriteOutcome],
        *,
        forgotten: bool = False,
    ) -> None:
        now = self._deps.clock.now()
        answered = now + self._connector.skew + self._connector.traits.clock_margin
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
                if item.target_id in flying and (outcome.kind != "unknown" or forgotten)
            ]
            landed = [
                self._landed(attempt, flying[item.target_id], item, outcome, now)
                for item, outcome in answers
            ]
            await attempts.land(session, attempt.id, landed, answered_at=answered)
            if not await attempts.finish(session, attempt.id, now=now) and flying:
                await attempts.keep_flying(session, attempt.id, lease_until=now + RESEND)
            if any(outcome.kind == "stale" for _, outcome in answers):
                await self._deps.queue.enqueue(
                    session,
                    "orders",
                    key=work_key("orders", self._store.id),
                    store_id=self._store.id,
                )
            await self._tell(session, flying, answers, now)

    def _landed(
        self, attempt: Attempt, flying: Flying, item: Item, outcome: WriteOutcome, now: datetime
    ) -> Landed:
        """Say what one answer makes of its target.

        A write is acknowledged as a difference, so that what was booked meanwhile
        stands. After a resending a refusal proves nothing: the first sending may be
        what changed the number.
        """
        shown, kind = flying.shown, str(outcome.kind)
        rejected, refusals, retry_at, unsettled = None, 0, None, None
        match outcome.kind:
            case "applied":
                if shown is not None:
                    shown += item.to_value - item.from_value
            case "stale":
                if attempt.sends > 1:
                    shown, kind = None, "unclear"
            case "rejected":
                refusals = flying.refusals + 1
                rejected = outcome.reason or "The store gave no reason."
                retry_at = now + retry.next_item_try(refusals)
            case "accepted":
                shown = None
                unsettled = now + self._connector.skew + self._connector.traits.apply_lag
            case "unknown":
                shown = None
                unsettled = now + self._connector.skew + self._connector.traits.abandoned
        return Landed(
            target_id=flying.id,
            outcome=kind,
            shown=shown,
            version=item.version,
            rejected=rejected,
            refusals=refusals,
            retry_at=retry_at,
            unsettled_until=unsettled,
        )

    async def _tell(
        self,
        session: AsyncSession,
        flying: dict[int, Flying],
        answers: Sequence[tuple[Item, WriteOutcome]],
        now: datetime,
    ) -> None:
        """Report refused items with the store's own words, one incident per kind of refusal."""
        by_code: dict[str, list[tuple[Item, WriteOutcome]]] = {}
        for item, outcome in answers:
            if outcome.kind == "rejected":
                by_code.setdefault(outcome.code or "refused", []).append((item, outcome))
        for code, refused in sorted(by_code.items()):
            await report(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kind=IncidentKind.ITEM_REFUSED,
                subject=code,
                facts={
                    "targets": [item.target_id for item, _ in refused],
                    "items": [
                        {"sku": item.sku, "reason": outcome.reason}
                        for item, outcome in refused[:TOLD_ITEMS]
                    ],
                    "count": len(refused),
                },
                now=now,
            )
        better = any(
            outcome.kind == "applied" and flying[item.target_id].refusals
            for item, outcome in answers
        )
        if better and await targets.refused(session, self._store.id) == 0:
            await resolve(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kinds=[IncidentKind.ITEM_REFUSED],
                now=now,
            )
