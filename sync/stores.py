"""Stores: connected once their credentials were tried, told apart by their account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from connectors.errors import RateLimited, StoreError, Unavailable
from connectors.platform import Platform
from connectors.protocol import Account
from connectors.services import MemoryCredentials, Services
from storage import audit, credentials, facts, fba, limits, returning, stores, turn_ons
from storage.facts import NO_FIGURES, StoreFigures
from storage.fba import MarketplaceRow
from storage.queue import work_key
from storage.rows import StoreRow, TurnOnRow
from sync.deps import Deps
from sync.incidents import IncidentKind, resolve
from sync.stocking import consent_of, with_missing
from sync.store_names import meant, told_apart


class ConnectProblem(Exception):
    """A store cannot be connected so; `field` names the value to correct, if it is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class TurnOnProgress:
    """How far turning a store's sync on is; or off, where it returns to earlier numbers first."""

    phase: Literal["orders", "reading", "fba", "returning"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """One store as the Store List shows it; `called`: as it is told apart from the others."""

    id: int
    name: str
    called: str
    platform: str
    account_id: str
    platform_title: str
    sync_status: str
    health: str
    orders_read_at: datetime | None
    pushed_at: datetime | None
    importing: bool
    listings: int
    linked: int
    unlinked: int
    agree: int
    on_the_way: int
    unexplained: int
    uncounted: int
    refused: int
    left_alone: int
    new: int
    turning_on: TurnOnProgress | None
    ships: bool = True  # else its platform does it all, and that stock is only followed
    fba: tuple[MarketplaceRow, ...] = ()  # where FBA is followed, or was
    sold_out: int = 0  # left alone, since the store does not renew; so is what is expired
    expired: int = 0
    not_stocked: int = 0  # items at locations with a warehouse, left alone
    stocks_items: bool = False  # a person agreed that they are stocked once counted
    waiting_since: datetime | None = None  # since when the oldest number is on its way

    @property
    def targets(self) -> int:
        """All places that sync is to keep right."""
        return self.agree + self.on_the_way + self.unexplained + self.uncounted + self.refused


async def connect_store(
    deps: Deps,
    *,
    workspace_id: int,
    actor: str,
    platform: str,
    values: Mapping[str, str],
    base_url: str | None = None,
    settings: Mapping[str, Any] | None = None,
    link: str | None = None,
) -> StoreRow:
    """Try the credentials with the store, keep them, and begin to import its products.

    Asks the store, so it may take seconds. Raises ConnectProblem.
    """
    given = dict(settings or {})
    account, kept = await _try(deps, platform, values, base_url, given)
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        held = await stores.by_account(session, workspace_id, platform, account.id)
        if held is not None and held.disconnected_at is None:
            raise ConnectProblem(
                f"{account.name} is connected already, as the store {held.name}. To renew its"
                " access, use Reconnect; to connect another store, sign in to that one."
            )
        store_id = await stores.add(
            session,
            workspace_id=workspace_id,
            platform=platform,
            account_id=account.id,
            name=account.name,
            currency=account.currency,
            base_url=base_url,
            settings=given,
            actor=actor,
            now=now,
            scopes=account.scopes,
        )
        await limits.save(session, store_id, buffer=0, maximum=PLATFORMS[platform].traits.most)
        await credentials.save(session, deps.vault, store_id, kept)
        await audit.record(
            session, workspace_id, actor, "store.connect", now, subject=account.name, link=link
        )
        await _wake(session, deps, store_id, ["products"])
        row = await stores.load(session, store_id)
    if row is None:  # it was added in this very transaction
        raise ConnectProblem("The store could not be saved. Try again.")
    return row


async def reconnect_store(
    deps: Deps,
    *,
    workspace_id: int,
    actor: str,
    store_id: int,
    values: Mapping[str, str],
    link: str | None = None,
) -> StoreRow:
    """Give a store new credentials of the same account, and go on at once.

    Raises ConnectProblem, also when they belong to another account.
    """
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise ConnectProblem("This store is no longer connected. Connect it anew.")
    account, kept = await _try(deps, store.platform, values, store.base_url, store.settings)
    if account.id != store.account_id:
        raise ConnectProblem(
            f"These credentials belong to {account.name}, another account than {store.name}."
            f" Sign in to {store.name}, or connect {account.name} as a store of its own."
        )
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await credentials.save(session, deps.vault, store_id, kept)
        await stores.update_account(
            session,
            store_id,
            name=account.name,
            currency=account.currency,
            scopes=account.scopes,
        )
        await stores.set_health(session, store_id, "ok")
        await resolve(
            session,
            deps.queue,
            workspace_id=workspace_id,
            store_id=store_id,
            kinds=[IncidentKind.NEEDS_RECONNECT, IncidentKind.ACCESS_ENDS],
            now=now,
        )
        await audit.record(
            session, workspace_id, actor, "store.reconnect", now, subject=store.name, link=link
        )
        work = ["orders", "products", "push", *(["fba"] if store.tracks_fba else [])]
        await _wake(session, deps, store_id, work)
        row = await stores.load(session, store_id)
    if row is None:  # it was read above
        raise ConnectProblem("This store is no longer connected. Connect it anew.")
    return row


async def consented(
    deps: Deps,
    platform: str,
    values: Mapping[str, str],
    query: Mapping[str, str],
    base_url: str | None,
) -> Mapping[str, str]:
    """Make credentials of what a person came back with from the platform's own page.

    `values`: what they typed before, and what was remembered. Asks the platform, so it may
    take seconds. Raises ConnectProblem.
    """
    with _told(PLATFORMS[platform]):
        return await deps.finish_consent(platform, values, query, base_url)


async def _wake(session: AsyncSession, deps: Deps, store_id: int, work: list[str]) -> None:
    for kind in work:
        await deps.queue.enqueue(
            session, kind, key=work_key(kind, store_id), hurry=True, store_id=store_id
        )


async def _try(
    deps: Deps,
    platform: str,
    values: Mapping[str, str],
    base_url: str | None,
    settings: Mapping[str, Any],
) -> tuple[Account, Mapping[str, str]]:
    """Ask the store who it is, with credentials that nobody has saved yet.

    Returns the account and the credentials to save: renewing may have replaced some,
    and a refresh token that was used serves no second time.
    """
    kept = MemoryCredentials(values)
    with _told(PLATFORMS[platform]):
        async with deps.try_credentials(
            platform, values, base_url, settings, Services(kept)
        ) as connector:
            return await connector.check(), kept.values


@contextmanager
def _told(platform: Platform) -> Iterator[None]:
    """Turn what a store answered into what to do. Raises ConnectProblem."""
    try:
        yield
    except RateLimited as error:
        text = f"{error} Try again in a minute; nothing was saved."
        raise ConnectProblem(text) from error
    except Unavailable as error:
        typed = any(one.address for one in platform.every_field)
        slip = error.field or (typed and not error.sent)
        look = "Check the address" if slip else "Wait a minute"
        raise ConnectProblem(
            f"{platform.title} gave no usable answer: {error} {look} and try again; nothing was saved.",
            field=error.field,
        ) from error
    except StoreError as error:
        raise ConnectProblem(str(error), field=error.field) from error


Figures = Mapping[int, StoreFigures]  # by store


async def count_stores(deps: Deps, workspace_id: int) -> Figures:
    """Count the listings and targets of a workspace's stores, which looks at each of them."""
    async with deps.database.at_once() as session:
        return await _figures(session, workspace_id)


async def _figures(session: AsyncSession, workspace_id: int) -> Figures:
    return await with_missing(session, workspace_id, await facts.of_stores(session, workspace_id))


async def list_stores(
    session: AsyncSession, workspace_id: int, figures: Figures | None = None
) -> list[StoreSummary]:
    """List a workspace's stores with all that the Store List shows of them.

    `figures`: counted just now; all else is read anew in any case.
    """
    if figures is None:
        figures = await _figures(session, workspace_id)
    runs = await turn_ons.running_of_workspace(session, workspace_id)
    followed = await fba.of_workspace(session, workspace_id)
    rows = await stores.of_workspace(session, workspace_id)
    called = told_apart(rows)
    return [
        await _summary(
            session,
            store,
            called[store.id],
            figures.get(store.id, NO_FIGURES),
            runs.get(store.id),
            followed.get(store.id, ()),
        )
        for store in rows
    ]


_PHASES: Mapping[str, Literal["orders", "fba"]] = {"orders": "orders", "fba": "fba"}


async def _progress(session: AsyncSession, run: TurnOnRow) -> TurnOnProgress:
    if run.phase == "returning":
        back = await returning.progress(session, run.store_id)
        return TurnOnProgress("returning", back.done, back.total)
    seen = await turn_ons.progress(session, run.store_id)
    return TurnOnProgress(_PHASES.get(run.phase, "reading"), seen.known, seen.total)


async def _summary(
    session: AsyncSession,
    store: StoreRow,
    called: str,
    figures: StoreFigures,
    run: TurnOnRow | None,
    places: Sequence[MarketplaceRow],
) -> StoreSummary:
    return StoreSummary(
        id=store.id,
        name=store.name,
        called=called,
        platform=store.platform,
        account_id=store.account_id,
        platform_title=PLATFORMS[store.platform].title,
        sync_status=store.sync_status,
        health=store.health,
        orders_read_at=store.orders_read_at,
        pushed_at=store.pushed_at,
        importing=store.products_full_at is None,
        listings=figures.listings,
        linked=figures.linked,
        unlinked=figures.listings - figures.linked,
        agree=figures.agree,
        on_the_way=figures.on_the_way,
        waiting_since=figures.waiting_since,
        unexplained=figures.unexplained,
        uncounted=figures.uncounted,
        refused=figures.refused,
        left_alone=figures.left_alone,
        new=figures.new if store.sync_status != "off" else 0,
        sold_out=figures.sold_out,
        expired=figures.expired,
        not_stocked=figures.not_stocked,
        stocks_items=consent_of(store) is not None,
        turning_on=None if run is None else await _progress(session, run),
        ships=store.ships,
        fba=tuple(places),
    )


async def find_stores(
    session: AsyncSession, workspace_id: int, text: str, figures: Figures | None = None
) -> list[StoreSummary]:
    """Find the stores that what a person typed may mean; all of them where nothing was typed."""
    return meant(await list_stores(session, workspace_id, figures), text)
