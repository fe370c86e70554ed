"""What the clock does each time: queue what is due, nothing else."""

from __future__ import annotations

from storage import outbox, stores
from storage.queue import work_key
from sync.deps import Deps
from sync.telling import OUTBOX
from sync.work import USUAL


async def wake_due(deps: Deps) -> int:
    """Queue the work that is due by now; how many jobs.

    A store's next time moves in the transaction that queues its work, so any number
    of clocks queue it once, and one that dies half-way queues it not at all.
    """
    now = deps.clock.now()
    queued = 0
    for work, distance in USUAL.items():
        async with deps.database.transaction() as session:
            for store_id in await stores.due(session, work, now, distance):
                await deps.queue.enqueue(
                    session, work, key=work_key(work, store_id), store_id=store_id
                )
                queued += 1
    async with deps.database.transaction() as session:
        if await outbox.waiting(session, now):
            await deps.queue.enqueue(session, OUTBOX, key=OUTBOX)
            queued += 1
    return queued
