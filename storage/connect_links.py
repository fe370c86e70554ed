"""One-time links to the connect page. Only a token's hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import columns, fetch_one

TOKEN_BYTES = 32  # 256 bits: guessing is out of the question


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Who may connect what: a new store, or (with `store_id`) one that exists, again."""

    workspace_id: int
    slack_user: str
    platform: str
    store_id: int | None
    expires_at: datetime


_LINK = columns(LinkRow, "k")


async def create(
    session: AsyncSession,
    workspace_id: int,
    slack_user: str,
    platform: str,
    store_id: int | None,
    now: datetime,
    ttl: timedelta,
) -> str:
    """Make a link and return its token; links that ran out go away meanwhile."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await session.execute(
        text("delete from connect_link where expires_at < :now"), {"now": now - ttl}
    )
    await session.execute(
        text("""
            insert into connect_link (token_hash, workspace_id, slack_user, platform, store_id,
                                      created_at, expires_at)
            values (:hash, :workspace, :who, :platform, :store, :now, :expires)"""),
        {
            "hash": _hash(token),
            "workspace": workspace_id,
            "who": slack_user,
            "platform": platform,
            "store": store_id,
            "now": now,
            "expires": now + ttl,
        },
    )
    return token


async def peek(session: AsyncSession, token: str, now: datetime) -> LinkRow | None:
    """Read a link that is unused and in time, without using it up."""
    return await fetch_one(
        session,
        LinkRow,
        f"select {_LINK} from connect_link k"
        " where k.token_hash = :hash and k.used_at is null and k.expires_at > :now",
        hash=_hash(token),
        now=now,
    )


async def consume(session: AsyncSession, token: str, now: datetime) -> LinkRow | None:
    """Use a link up; None when it is used, late or unknown. Of two at once, one wins."""
    return await fetch_one(
        session,
        LinkRow,
        "update connect_link k set used_at = :now"
        " where k.token_hash = :hash and k.used_at is null and k.expires_at > :now"
        f" returning {_LINK}",
        hash=_hash(token),
        now=now,
    )


async def give_back(session: AsyncSession, token: str) -> None:
    """Undo `consume` after an attempt that broke off and says nothing about the values."""
    await session.execute(
        text("update connect_link set used_at = null where token_hash = :hash"),
        {"hash": _hash(token)},
    )


async def refuse(session: AsyncSession, token: str, most: int) -> bool:
    """Give a link back after values that did not work; False once `most` tries are spent."""
    found = await session.execute(
        text("""
            update connect_link
            set tries = tries + 1, used_at = case when tries + 1 < :most then null else used_at end
            where token_hash = :hash returning tries < :most"""),
        {"hash": _hash(token), "most": most},
    )
    return bool(found.scalar_one_or_none())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
