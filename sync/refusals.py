"""Items that their store refused, tried again when a person asks for it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import refusals
from sync import incidents, ledger
from sync.deps import Deps
from sync.incidents import IncidentKind


async def retry_refused(
    session: AsyncSession, deps: Deps, *, workspace_id: int, incident_id: int
) -> int:
    """Let the refused items of an incident be written again now; how many."""
    found = await incidents.load_incident(session, workspace_id, incident_id)
    if found is None or found.store_id is None or found.kind != IncidentKind.ITEM_REFUSED:
        return 0
    retried = await refusals.retry_now(session, found.facts["targets"])
    await ledger.wake_push(session, deps.queue, [found.store_id])
    return retried
