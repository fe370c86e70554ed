"""Messages written down in the transaction of what they tell, and their sender woken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage import outbox
from storage.queue import Queue
from storage.rows import StoreRow
from sync.deps import Deps

OUTBOX = "outbox"  # the job that sends, and its key: one sender at a time


async def tell(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    incident_id: int | None = None,
) -> None:
    """Write one message down to be sent."""
    await outbox.add(
        session,
        workspace_id=workspace_id,
        kind=kind,
        payload=payload,
        now=now,
        incident_id=incident_id,
    )
    await queue.enqueue(session, OUTBOX, key=OUTBOX)


async def tell_of_store(
    session: AsyncSession, deps: Deps, store: StoreRow, kind: str, payload: Mapping[str, Any]
) -> None:
    """Write down what a store has come to; its name is put in."""
    await tell(
        session,
        deps.queue,
        workspace_id=store.workspace_id,
        kind=kind,
        payload={"store": store.name, **payload},
        now=deps.clock.now(),
    )
