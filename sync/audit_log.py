"""The log of what people did, as a table."""

from __future__ import annotations

import json

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from sync.sheet import to_csv

HEAD = ("When (UTC)", "Who", "What", "About", "Details", "Message")


async def audit_csv(session: AsyncSession, workspace_id: int) -> str:
    """Write every act of a workspace as a table for a spreadsheet, oldest first."""
    return to_csv(
        HEAD,
        (
            (
                row.at.strftime("%Y-%m-%d %H:%M:%S"),
                row.actor,
                row.act,
                row.subject,
                json.dumps(row.detail, sort_keys=True) if row.detail else "",
                row.link or "",
            )
            for row in await audit.every(session, workspace_id)
        ),
    )
