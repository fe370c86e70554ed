"""Numbers that a store refuses, told with its own words (R6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage import incidents, refusals
from storage.queue import Queue
from storage.refusals import RefusedTarget
from storage.rows import StoreRow
from sync.incidents import TOLD_ITEMS, IncidentKind, report, resolve
from sync.stocking import REFUSED as STOCKING

NO_CODE = "refused"  # subject of the incident where the store gives no kind


async def tell_refusals(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    refused: Mapping[int, str | None],
    better: bool,
    now: datetime,
) -> None:
    """Report refused items, one incident per kind of refusal; `better`: one was taken at last.

    `refused`: targets with the store's kind of refusal. Each incident names all that its store
    refuses for that reason, whichever call met it: Retry is about all of them.
    """
    if not refused and not better:
        return
    codes = {target: code or NO_CODE for target, code in refused.items()}
    held = {
        row.subject: row
        for row in await incidents.lock_open(
            session, store.workspace_id, store.id, IncidentKind.ITEM_REFUSED
        )
        if row.subject != STOCKING
    }
    for code in sorted(held.keys() | set(codes.values())):
        known = set(held[code].facts.get("targets") or ()) if code in held else set()
        new = {target for target, kind in codes.items() if kind == code}
        # What is refused for another reason by now is no more refused for this one.
        left = await refusals.among(session, (known - codes.keys()) | new)
        if new:
            await report(
                session,
                queue,
                workspace_id=store.workspace_id,
                store_id=store.id,
                kind=IncidentKind.ITEM_REFUSED,
                subject=code,
                facts=_facts(left),
                now=now,
            )
        elif left:
            await incidents.add_facts(session, held[code].id, _facts(left))
        else:
            await _over(session, queue, store, code, now)
    if better and await refusals.refused(session, store.id) == 0:
        await _over(session, queue, store, None, now)


def _facts(refused: Sequence[RefusedTarget]) -> dict[str, Any]:
    return {
        "targets": [each.id for each in refused],
        "items": [{"sku": each.sku, "reason": each.reason} for each in refused[:TOLD_ITEMS]],
        "count": len(refused),
    }


async def _over(
    session: AsyncSession, queue: Queue, store: StoreRow, code: str | None, now: datetime
) -> None:
    """End what is told of one kind of refusal, or of all."""
    await resolve(
        session,
        queue,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kinds=[IncidentKind.ITEM_REFUSED],
        subject=code,
        now=now,
    )
