"""A store's settings: one JSON object, its keys as `StoreRow.settings` hands them out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def put(session: AsyncSession, store_id: int, settings: Mapping[str, Any]) -> None:
    """Set values, whatever stood there."""
    await session.execute(
        text("update store set settings = settings || cast(:given as jsonb) where id = :id"),
        {"id": store_id, "given": json.dumps(dict(settings))},
    )


async def add_missing(session: AsyncSession, store_id: int, settings: Mapping[str, Any]) -> None:
    """Set what the store has no value for yet."""
    await session.execute(
        text("update store set settings = cast(:given as jsonb) || settings where id = :id"),
        {"id": store_id, "given": json.dumps(dict(settings))},
    )
