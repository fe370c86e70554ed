"""Queries about undoing a first push: what stores showed before it, and how far they are back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one
from storage.targets import GOAL, UNSETTLED, WRITABLE

# Of a target `t`: it shows what it returns to, and nothing is under way that changes it.
_BACK = f"""
    greatest(t.shown, 0) = {GOAL} and t.attempt_id is null
    and coalesce({UNSETTLED} <= cast(:now as timestamptz), true)"""


async def remember(session: AsyncSession, store_id: int, change_set_id: int) -> None:
    """Note what each listing shows before our first push, which the change set stands for."""
    await session.execute(
        text("""
            update target set earlier = greatest(shown, 0), pushed_by_id = :act
            where store_id = :store and shown is not null"""),
        {"store": store_id, "act": change_set_id},
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A listing at a location of which a first push is to be undone.

    earlier  what it showed before the push
    sold     units that its own store took off since, as far as its orders are read
    left     why it stays as it is: `stopped`, `left_alone` since nothing may be written to it, or
             `unknown` since it came under our numbers later than the others
    """

    target_id: int
    sku: str
    location: str
    shown: int | None
    earlier: int
    sold: int
    left: str | None

    @property
    def returns_to(self) -> int:
        return self.earlier - self.sold

    @property
    def is_back(self) -> bool:
        """Say whether it shows that number already."""
        return self.left != "unknown" and self.shown == max(self.returns_to, 0)


async def earlier(session: AsyncSession, act_id: int) -> list[Earlier]:
    """Lock and read what a first push is to be undone of, by SKU.

    What was booked together with the push is in the earlier number.
    """
    return await fetch(
        session,
        Earlier,
        f"""
        with own as (
            select t.id, -sum(m.on_hand_delta - m.committed_delta) as sold
            from target t join location lo on lo.id = t.location_id
            join change_set c on c.id = t.pushed_by_id
            join order_line ol on ol.listing_id = t.listing_id
                               and coalesce(ol.location_remote_id, lo.remote_id) = lo.remote_id
            join movement m on m.product_id = t.product_id and m.order_line_id = ol.id
            where t.pushed_by_id = :act and m.cause = 'order' and m.change_set_id is null
              and m.at >= c.at
            group by t.id
        )
        select t.id as target_id, l.sku, lo.name as location, t.shown,
               coalesce(t.earlier, 0) as earlier, coalesce(own.sold, 0)::integer as sold,
               case when t.pushed_by_id is null then 'unknown'
                    when t.stopped then 'stopped'
                    when not coalesce({WRITABLE}, false) then 'left_alone' end as left
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id left join own on own.id = t.id
        where t.store_id = (select c.store_id from change_set c where c.id = :act)
          and coalesce(t.pushed_by_id = :act, true)
        order by l.sku_key, lo.name, t.id for update of t""",
        act=act_id,
    )


async def begin(session: AsyncSession, places: Sequence[Earlier], now: datetime) -> None:
    """Let listings return to what they showed, less what their own store sold since."""
    await session.execute(
        text(f"""
            update target t
            set returns_to = b.number, version = t.version + 1, made_at = :now,
                raised_at = case when b.number > {GOAL} then :now else t.raised_at end
            from unnest(cast(:ids as bigint[]), cast(:numbers as integer[])) as b (id, number)
            where t.id = b.id"""),
        {
            "ids": [place.target_id for place in places],
            "numbers": [place.returns_to for place in places],
            "now": now,
        },
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """How many of a store's listings are back, of how many."""

    done: int
    total: int


async def progress(
    session: AsyncSession, store_id: int, store_now: datetime | None = None
) -> Returned:
    """Count the listings that show what they return to, with nothing under way to them.

    Without the time on the store's clock, writes that may still land are not waited for.
    """
    found = await fetch_one(
        session,
        Returned,
        f"""
        select count(*) filter (where {_BACK}) as done, count(*) as total
        from target t where t.store_id = :store and t.returns_to is not null""",
        store=store_id,
        now=store_now,
    )
    return found or Returned(0, 0)


async def not_back(
    session: AsyncSession, store_id: int, store_now: datetime, *, limit: int
) -> list[str]:
    """Name the first listings that do not show what they return to, by SKU."""
    found = await session.execute(
        text(f"""
            select l.sku from target t join listing l on l.id = t.listing_id
            where t.store_id = :store and t.returns_to is not null
              and not coalesce({_BACK}, false)
            order by l.sku_key limit :limit"""),
        {"store": store_id, "now": store_now, "limit": limit},
    )
    return list(found.scalars())


async def forget(session: AsyncSession, store_id: int) -> None:
    """End what is under way to return, and forget what was shown before our push."""
    await session.execute(
        text("""
            with locked as (select id from target
                            where store_id = :store and pushed_by_id is not null
                            order by id for update)
            update target t set earlier = null, pushed_by_id = null, returns_to = null
            from locked where t.id = locked.id"""),
        {"store": store_id},
    )
