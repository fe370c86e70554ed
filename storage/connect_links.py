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


@dataclass(frozen=True, slots=True)
class AwayRow(LinkRow):
    """A link whose person has come back; `sealed` holds what they typed before."""

    token_hash: bytes
    sealed: bytes


_LINK = columns(LinkRow, "k")
_AWAY = columns(AwayRow, "k")


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


def new_state() -> str:
    """Make what a person carries to the platform's own page and back."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def send_away(
    session: AsyncSession, token: str, *, state: str, sealed: bytes, until: datetime
) -> None:
    """Remember what was typed until its person is back with a state."""
    await session.execute(
        text("""
            update connect_link set state_hash = :state, sealed = :sealed,
                                    expires_at = greatest(expires_at, :until)
            where token_hash = :hash"""),
        {"state": _hash(state), "sealed": sealed, "until": until, "hash": _hash(token)},
    )


async def come_back(
    session: AsyncSession, state: str, platform: str, now: datetime
) -> AwayRow | None:
    """Use a state up; None when it is used, late, of another platform, or unknown."""
    away = await fetch_one(
        session,
        AwayRow,
        f"""
        select {_AWAY} from connect_link k
        where k.state_hash = :state and k.platform = :platform and k.expires_at > :now
        for update""",
        state=_hash(state),
        platform=platform,
        now=now,
    )
    if away is not None:
        await session.execute(
            text("""
                update connect_link set state_hash = null, sealed = null
                where token_hash = :hash"""),
            {"hash": away.token_hash},
        )
    return away


async def try_again(session: AsyncSession, away: AwayRow, most: int) -> str | None:
    """Give the person of a link a new token after it did not work; None once `most` are spent."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    found = await session.execute(
        text("""
            update connect_link set tries = tries + 1, token_hash = :new, used_at = null
            where token_hash = :old and tries + 1 < :most returning 1"""),
        {"new": _hash(token), "old": away.token_hash, "most": most},
    )
    return token if found.first() is not None else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
