"""Signed requests that came in lately, known to every process. Only a hash of each is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def first_time(session: AsyncSession, signature: str, now: datetime) -> bool:
    """Remember a request by its signature; False when it was here before, in any process.

    Does not wait for the disk: a request is being answered, and all that a crash of the
    database in that very moment can lose is the memory of this one.
    """
    found = await session.execute(
        text("""
            with quick as materialized (select set_config('synchronous_commit', 'off', true))
            insert into seen_request (signature_hash, at)
            select cast(:hash as bytea), cast(:now as timestamptz) from quick
            on conflict do nothing returning 1"""),
        {"hash": hashlib.sha256(signature.encode()).digest(), "now": now},
    )
    return found.first() is not None


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget the requests that came in before a time."""
    await session.execute(
        text("""
            delete from seen_request where signature_hash in (
                select signature_hash from seen_request where at < :before
                for update skip locked)"""),
        {"before": before},
    )
