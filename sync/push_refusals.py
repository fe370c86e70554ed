"""Numbers that a store refuses, told with its own words (R6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import refusals
from storage.queue import Queue
from storage.rows import StoreRow
from sync.incidents import TOLD_ITEMS, IncidentKind, report, resolve


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused number; `code` is the store's kind of refusal."""

    target_id: int
    sku: str
    code: str | None
    reason: str | None


async def tell_refusals(
    session: AsyncSession,
    queue: Queue,
    *,
    store: StoreRow,
    refused: Sequence[Refusal],
    better: bool,
    now: datetime,
) -> None:
    """Report refused items, one incident per kind of refusal; `better`: one was taken at last."""
    by_code: dict[str, list[Refusal]] = {}
    for each in refused:
        by_code.setdefault(each.code or "refused", []).append(each)
    for code, group in sorted(by_code.items()):
        await report(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kind=IncidentKind.ITEM_REFUSED,
            subject=code,
            facts={
                "targets": [each.target_id for each in group],
                "items": [{"sku": each.sku, "reason": each.reason} for each in group[:TOLD_ITEMS]],
                "count": len(group),
            },
            now=now,
        )
    if better and await refusals.refused(session, store.id) == 0:
        await resolve(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.ITEM_REFUSED],
            now=now,
        )
