"""Queries about stores and their locations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import StoreRow, columns, fetch, fetch_one

_STORE = columns(StoreRow, "s")
_DUE = {
    "orders": "orders_due_at",
    "products": "products_due_at",
    "push": "push_due_at",
    "fba": "fba_due_at",
}


async def load(session: AsyncSession, store_id: int, *, lock: bool = False) -> StoreRow | None:
    """Read one store, disconnected or not; with `lock` until the transaction ends."""
    suffix = "for no key update" if lock else ""
    return await fetch_one(
        session, StoreRow, f"select {_STORE} from store s where s.id = :id {suffix}", id=store_id
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """A store, whether its sync is being turned on, and whether its workspace counts anything.

    What a platform keeps in its own warehouses is none of that.
    """

    store: StoreRow
    running: bool
    stock_exists: bool


async def ground(session: AsyncSession, workspace_id: int, store_id: int) -> Ground | None:
    """Read a connected store of a workspace with what its turning on depends on."""
    found = await session.execute(
        text(f"""
            select {_STORE},
                   exists (select from turn_on t where t.store_id = s.id and t.done_at is null)
                       as _running,
                   exists (select from stock k join warehouse w on w.id = k.warehouse_id
                           where k.workspace_id = s.workspace_id and w.kind = 'own'
                             and k.counted_at is not null) as _stock_exists
            from store s where s.id = :id and s.workspace_id = :workspace
              and s.disconnected_at is null"""),
        {"id": store_id, "workspace": workspace_id},
    )
    row = found.mappings().first()
    if row is None:
        return None
    held = dict(row)
    running, stock_exists = held.pop("_running"), held.pop("_stock_exists")
    return Ground(StoreRow(**held), running, stock_exists)


async def of_workspace(session: AsyncSession, workspace_id: int) -> list[StoreRow]:
    """List the connected stores of a workspace by name."""
    return await fetch(
        session,
        StoreRow,
        f"select {_STORE} from store s"
        " where s.workspace_id = :workspace and s.disconnected_at is null order by s.name, s.id",
        workspace=workspace_id,
    )


async def every(session: AsyncSession) -> list[StoreRow]:
    """List every connected store of this installation."""
    return await fetch(
        session,
        StoreRow,
        f"select {_STORE} from store s where s.disconnected_at is null order by s.id",
    )


async def by_account(
    session: AsyncSession, workspace_id: int, platform: str, account_id: str
) -> StoreRow | None:
    """Find the store of one account, disconnected or not."""
    return await fetch_one(
        session,
        StoreRow,
        f"select {_STORE} from store s where s.workspace_id = :workspace"
        " and s.platform = :platform and s.account_id = :account",
        workspace=workspace_id,
        platform=platform,
        account=account_id,
    )


async def add(
    session: AsyncSession,
    *,
    workspace_id: int,
    platform: str,
    account_id: str,
    name: str,
    currency: str,
    base_url: str | None,
    settings: dict[str, Any],
    actor: str,
    now: datetime,
    scopes: Iterable[str] | None = None,
) -> int:
    """Add a store, or take a disconnected one of the same account back; its id."""
    found = await session.execute(
        text("""
            insert into store (workspace_id, platform, account_id, name, currency, base_url,
                               settings, connected_at, connected_by, products_due_at, scopes)
            values (:workspace, :platform, :account, :name, :currency, :base_url,
                    cast(:settings as jsonb), :now, :actor, :now, cast(:scopes as text[]))
            on conflict (workspace_id, platform, account_id) do update
            set name = excluded.name, currency = excluded.currency, base_url = excluded.base_url,
                settings = excluded.settings, connected_at = excluded.connected_at,
                connected_by = excluded.connected_by,
                products_due_at = excluded.products_due_at, scopes = excluded.scopes,
                disconnected_at = null,
                sync_status = 'off', health = 'ok', failures = 0, throttled = 0
            where store.disconnected_at is not null
            returning id"""),
        {
            "workspace": workspace_id,
            "platform": platform,
            "account": account_id,
            "name": name,
            "currency": currency,
            "base_url": base_url,
            "settings": json.dumps(settings),
            "actor": actor,
            "now": now,
            "scopes": None if scopes is None else sorted(scopes),
        },
    )
    return int(found.scalar_one())


async def connected_by(session: AsyncSession, store_id: int) -> str | None:
    """Name the person in Slack who connected a store; None where it was no such person."""
    found = await session.execute(
        text("""
            select p.slack_user from store s join person p on p.workspace_id = s.workspace_id
                and p.slack_user = s.connected_by
            where s.id = :id"""),
        {"id": store_id},
    )
    return found.scalar_one_or_none()


async def update_account(
    session: AsyncSession, store_id: int, *, name: str, currency: str, scopes: Iterable[str]
) -> None:
    """Note what the account calls itself now, and what it permits."""
    await session.execute(
        text("""
            update store set name = :name, currency = :currency, scopes = cast(:scopes as text[])
            where id = :id"""),
        {"id": store_id, "name": name, "currency": currency, "scopes": sorted(scopes)},
    )


async def set_health(
    session: AsyncSession, store_id: int, health: str, *, failures: int = 0, throttled: int = 0
) -> None:
    """Note how the store does, and how often in a row it failed."""
    await session.execute(
        text("""
            update store set health = :health, failures = :failures, throttled = :throttled
            where id = :id"""),
        {"id": store_id, "health": health, "failures": failures, "throttled": throttled},
    )


async def due(session: AsyncSession, work: str, now: datetime, every: timedelta) -> list[int]:
    """Claim the stores whose work is due by moving each to its next time.

    A store whose row is held just now is claimed the next time: nobody waits for it.
    `every` is the usual distance; a store's setting `<work>_every_seconds` wins.
    """
    column = _DUE[work]
    found = await session.execute(
        text(f"""
            update store set {column} = :now + make_interval(secs => coalesce(
                (settings ->> :setting)::double precision, :every))
            where id in (select id from store
                         where {column} <= :now and disconnected_at is null
                         order by id for no key update skip locked)
            returning id"""),
        {"now": now, "setting": f"{work}_every_seconds", "every": every.total_seconds()},
    )
    return sorted(found.scalars())


async def set_due(session: AsyncSession, store_id: int, work: str, at: datetime | None) -> None:
    """Say when the clock is to queue one kind of a store's work next; None: never."""
    column = _DUE[work]
    await session.execute(
        text(f"update store set {column} = :at where id = :id"), {"id": store_id, "at": at}
    )


async def bring_forward(session: AsyncSession, store_id: int, work: str, at: datetime) -> None:
    """Make one kind of a store's work due no later than a time, if it is done at all."""
    column = _DUE[work]
    await session.execute(
        text(f"update store set {column} = :at where id = :id and {column} > :at"),
        {"id": store_id, "at": at},
    )


async def save_cursor(session: AsyncSession, store_id: int, cursor: str) -> None:
    """Move the order cursor, in the transaction of the rows it covers (R3)."""
    await session.execute(
        text("update store set orders_cursor = :cursor, orders_from = null where id = :id"),
        {"id": store_id, "cursor": cursor},
    )


async def look_back(
    session: AsyncSession, store_id: int, *, now: datetime, since: datetime
) -> None:
    """Note that the next reading of orders begins earlier than at the cursor."""
    await session.execute(
        text("update store set looked_back_at = :now, orders_from = :since where id = :id"),
        {"id": store_id, "now": now, "since": since},
    )


async def orders_complete(
    session: AsyncSession, store_id: int, *, begun: datetime, read_to: datetime
) -> None:
    """Note a complete order reading; neither time ever moves back."""
    await session.execute(
        text("""
            update store set orders_read_at = greatest(orders_read_at, :begun),
                             read_to = greatest(read_to, :read_to)
            where id = :id"""),
        {"id": store_id, "begun": begun, "read_to": read_to},
    )


async def pushed(session: AsyncSession, store_id: int, at: datetime) -> None:
    """Note the time of the newest write that the store answered."""
    await session.execute(
        text("update store set pushed_at = greatest(pushed_at, :at) where id = :id"),
        {"id": store_id, "at": at},
    )


async def imported(session: AsyncSession, store_id: int, *, begun: datetime, full: bool) -> None:
    """Note a complete product import that began at a time."""
    await session.execute(
        text("""
            update store set products_changed_at = greatest(products_changed_at, :begun),
                   products_full_at = case when :is_full then greatest(products_full_at, :begun)
                                           else products_full_at end
            where id = :id"""),
        {"id": store_id, "begun": begun, "is_full": full},
    )


async def turn_on_sync(
    session: AsyncSession, store_id: int, *, now: datetime, early_orders_counted: bool
) -> None:
    """Set the store's sync status to on."""
    await session.execute(
        text("""
            update store set sync_status = 'on', on_since = :now, orders_due_at = :now,
                             push_due_at = :now, looked_back_at = :now,
                             early_orders_counted = :counted
            where id = :id"""),
        {"id": store_id, "now": now, "counted": early_orders_counted},
    )


async def turn_on_tracking(session: AsyncSession, store_id: int, now: datetime) -> None:
    """Set the sync status of a store to on of which nothing but FBA is followed."""
    await session.execute(
        text("""
            update store set sync_status = 'on', on_since = :now, orders_due_at = null,
                             push_due_at = null
            where id = :id"""),
        {"id": store_id, "now": now},
    )


async def set_fulfilment(session: AsyncSession, store_id: int, fulfilment: str) -> None:
    """Say who sends what a store sells."""
    await session.execute(
        text("update store set fulfilment = :fulfilment where id = :id"),
        {"id": store_id, "fulfilment": fulfilment},
    )


async def set_sync_status(session: AsyncSession, store_id: int, status: str) -> None:
    """Pause a store's sync, or let it go on."""
    await session.execute(
        text("update store set sync_status = :status where id = :id"),
        {"id": store_id, "status": status},
    )


async def turn_off_sync(session: AsyncSession, store_id: int, now: datetime) -> None:
    """Set a store's sync status to off and queue no more of its orders, writes and FBA stock.

    Giving up a turn-on does not shorten the time that sync was off, which begins where the
    reading of orders ended: what was sold since then nobody has heard of.
    """
    await session.execute(
        text("""
            update store set off_since = case sync_status when 'off' then off_since
                                              else least(read_to, :now) end,
                             sync_status = 'off', orders_due_at = null, push_due_at = null,
                             fba_due_at = null
            where id = :id"""),
        {"id": store_id, "now": now},
    )


async def audit_now(session: AsyncSession, store_id: int) -> None:
    """Let every number that a store shows be read back."""
    await session.execute(
        text("""
            with locked as (select id from target where store_id = :id order by id for update)
            update target t set audited_at = null from locked where t.id = locked.id"""),
        {"id": store_id},
    )


async def read_wholly(session: AsyncSession, store_id: int) -> None:
    """Let the next reading of a store's listings be a full pass."""
    await session.execute(
        text("""
            update store set products_full_at = products_full_at - interval '1 day'
            where id = :id"""),
        {"id": store_id},
    )


async def disconnect(session: AsyncSession, store_id: int, now: datetime) -> None:
    """Note that a store is no longer ours to ask."""
    await session.execute(
        text("""
            update store set disconnected_at = :now, products_due_at = null, health = 'ok',
                             failures = 0, throttled = 0
            where id = :id"""),
        {"id": store_id, "now": now},
    )


async def lines_checked(session: AsyncSession, store_id: int, now: datetime) -> None:
    """Note the daily look after open orders that no poll meets any more."""
    await session.execute(
        text("update store set lines_checked_at = :now where id = :id"),
        {"id": store_id, "now": now},
    )
