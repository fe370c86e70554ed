"""Queries about streams of stores that should have been heard of by now, and were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one store: silent or not, and whether people were told that it is."""

    workspace_id: int
    store_id: int
    name: str
    last: datetime
    silent: bool
    told: bool


async def changed(
    session: AsyncSession,
    *,
    now: datetime,
    rounds: int,
    daily_rounds: float,
    least: dict[str, timedelta],
    usual: dict[str, timedelta],
) -> list[Stream]:
    """List the streams that fell silent untold, and those that were told and are heard again.

    A stream is silent when so many rounds of it failed to come, and at least as long; fewer
    (`daily_rounds`) of what comes once a day. Not asked about where an incident says already
    why a store is not read.
    """
    return await fetch(
        session,
        Stream,
        """
        with stream as (
            select s.workspace_id, s.id as store_id, 'orders' as name,
                   greatest(s.orders_read_at, s.on_since) as last,
                   greatest(cast(:orders_least as interval), :rounds * coalesce(
                       cast(s.settings ->> 'orders_every_seconds' as numeric)
                           * interval '1 second', cast(:orders_usual as interval))) as after
            from store s where s.disconnected_at is null and s.sync_status <> 'off'
              and s.fulfilment <> 'platform'
            union all
            select s.workspace_id, s.id, 'products',
                   greatest(s.products_changed_at, s.connected_at),
                   greatest(cast(:products_least as interval), :rounds * coalesce(
                       cast(s.settings ->> 'products_every_seconds' as numeric)
                           * interval '1 second', cast(:products_usual as interval)))
            from store s where s.disconnected_at is null
            union all
            select s.workspace_id, s.id, 'full', s.products_full_at, cast(:full_least as interval)
            from store s where s.disconnected_at is null and s.products_full_at is not null
            union all
            select s.workspace_id, s.id, 'fba', greatest(s.on_since, (
                       select min(m.asked_at) from marketplace m
                       where m.store_id = s.id and m.tracked)),
                   greatest(cast(:fba_least as interval), :daily_rounds * coalesce(
                       cast(s.settings ->> 'fba_every_seconds' as numeric) * interval '1 second',
                       cast(:fba_usual as interval)))
            from store s where s.disconnected_at is null and s.sync_status <> 'off'
              and s.fulfilment <> 'merchant'
        ), heard as (
            select m.*, m.last < :now - m.after as silent,
                   exists (select from incident i where i.store_id = m.store_id
                           and i.kind = 'stream_silent' and i.subject = m.name
                           and i.closed_at is null) as told,
                   exists (select from incident i where i.store_id = m.store_id
                           and (i.kind in ('needs_reconnect', 'store_down', 'throttled')
                                or (i.kind = 'fba_unread' and m.name = 'fba'))
                           and i.closed_at is null) as known
            from stream m)
        select workspace_id, store_id, name, last, silent and not known as silent, told
        from heard where (silent and not known) <> told order by store_id, name""",
        now=now,
        rounds=rounds,
        daily_rounds=daily_rounds,
        orders_least=least["orders"],
        orders_usual=usual["orders"],
        products_least=least["products"],
        products_usual=usual["products"],
        full_least=least["full"],
        fba_least=least["fba"],
        fba_usual=usual["fba"],
    )
