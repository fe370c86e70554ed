"""One complete reading of a store's orders: pages into the ledger, then what waited for it."""

from __future__ import annotations

from datetime import datetime

from connectors.errors import StoreError
from connectors.protocol import Connector
from storage import stores, targets, turn_ons
from storage.rows import StoreRow
from sync import ledger, newcomers, returning, turning_on
from sync.deps import Deps
from sync.drift import judge_drift
from sync.order_page import take_in


async def read_pages(
    deps: Deps, store: StoreRow, connector: Connector, since: datetime | str
) -> bool:
    """Take in every order changed since, each page in one transaction with its cursor (R3).

    False when the store was disconnected meanwhile. An error says whether any page was new.
    """
    got_further = False
    try:
        async for page in connector.orders(since):
            async with deps.database.transaction() as session:
                # Read again under its lock: a poll that slept while sync was turned on
                # must book, not just remember.
                held = await stores.load(session, store.id, lock=True)
                if held is None or held.disconnected_at is not None:
                    return False
                await take_in(
                    session,
                    deps.queue,
                    store=held,
                    traits=connector.traits,
                    page=page.orders,
                    booking=held.sync_status != "off",
                    now=deps.clock.now(),
                )
                await stores.save_cursor(session, store.id, page.cursor)
            got_further = got_further or page.cursor != held.orders_cursor
    except StoreError as error:
        error.got_further = got_further
        raise
    return True


async def read_changes(deps: Deps, store: StoreRow, connector: Connector) -> None:
    """Read what changed since the last reading, from wherever that has come to by now."""
    begun = deps.clock.now()
    async with deps.database.transaction() as session:
        held = await stores.load(session, store.id)
    if held is None:
        return
    since = held.orders_from or held.orders_cursor or begun - connector.traits.order_history
    if await read_pages(deps, held, connector, since):
        await complete(deps, held, connector, begun)


async def complete(deps: Deps, store: StoreRow, connector: Connector, begun: datetime) -> None:
    """Note how far orders are read now, and do what waited for it."""
    traits = connector.traits
    read_to = begun + connector.skew - traits.order_lag - traits.clock_margin
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await stores.orders_complete(session, store.id, begun=begun, read_to=read_to)
        held = await stores.load(session, store.id, lock=True)
        if held is None:
            return
        settled = await targets.settle_probes(
            session, store.id, read_to=held.read_to or read_to, now=now
        )
        await targets.forget_windows(session, store.id, held.read_to or read_to)
        if held.sync_status != "off":
            await judge_drift(session, deps.queue, store=held, settled=settled, now=now)
        await ledger.wake_push(session, deps.queue, [store.id])
    await _book_what_is_known(
        deps, store.id, deps.clock.now() + connector.skew - traits.clock_margin
    )


async def _book_what_is_known(deps: Deps, store_id: int, store_now: datetime) -> None:
    """Make numbers ours that are now known to be shown, for whoever asked for that.

    `store_now` is the time on the store's clock, at the earliest.

    Apart from the readings that settled them: those lock targets, and stock comes
    before targets. A process that dies in between leaves it to the next reading.
    """
    async with deps.database.transaction() as session:
        held = await stores.load(session, store_id, lock=True)
        if held is None:
            return
        await newcomers.take_over(session, deps, held)
        run = await turn_ons.running(session, store_id)
        if run is not None and run.phase == "returning":
            await returning.advance(session, deps, held, run, store_now)
        elif run is not None:
            await turning_on.advance(session, deps, held, run)
