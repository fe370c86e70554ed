"""Pausing, resuming, turning off and disconnecting stores, from `/stock` and the Home tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import Option
from sqlalchemy.ext.asyncio import AsyncSession

from bot.slack import conversation, wizard, words
from bot.slack.asking import Ask, on_action, on_search, on_submit
from bot.slack.home import refresh
from bot.slack.ids import Act, Call, Field
from bot.slack.late import show_done
from bot.slack.surface import Surface
from bot.slack.views import lifecycle as views
from bot.slack.views.flow import groups_of
from bot.slack.views.kit import found_options
from flows import lifecycle as flow
from flows.engine import ShowForm
from flows.lifecycle import EVERY, FOR_ALL, Press, Store
from flows.lifecycle_words import CHOOSE_STORE
from storage import drafts, open_units, stores, turn_ons
from storage.rows import TurnOnRow
from sync import lifecycle
from sync.lifecycle import LifecycleProblem
from sync.stores import StoreSummary, find_stores, list_stores
from sync.telling import tell


def register(app: AsyncApp, surface: Surface) -> None:
    """Answer the menus, the choice of a store and the buttons that make it so."""
    for act in (Act.STORE_MENU, Act.RESUME_SYNC):
        on_action(app, surface, act, "manager", picked)
    on_action(app, surface, Act.STORE_ACT, "manager", confirmed)
    on_submit(app, surface, Call.WHICH_STORE, "manager", chosen)
    on_search(app, surface, Act.STORE_SEARCH, "manager", search)


async def search(ask: Ask) -> list[Option]:
    """Find stores that an act can be about, of more than a menu takes."""
    act, typed = views.read_metadata(ask.view)
    form = flow.ask(act, await _meant(ask, act, typed))
    choices = form.choices() if isinstance(form, ShowForm) else ()
    groups = [group for choice in choices for group in groups_of(choice)]
    return found_options(groups, ask.searched)


async def begin(ask: Ask, act: flow.Act, typed: str) -> None:
    """Open the window of an act for the stores whose name was typed, or for all."""
    together = typed.casefold() == EVERY and act in FOR_ALL
    narrowed = "" if together else typed
    found = await _meant(ask, act, narrowed)
    if not found:
        await ask.tell(words.no_store(typed) if narrowed else words.NO_STORES)
        return
    await _open(ask, act, found, narrowed, EVERY if together else None)


async def picked(ask: Ask) -> None:
    """Open the window of what was picked for a store on the Home tab."""
    changing = views.read_wizard(ask.value)
    if changing is not None:
        what, store_id = changing
        begin = wizard.follow_fba if what == views.FBA else wizard.change_places
        await begin(ask, store_id)
        return
    act, store = views.read_pick(ask.value)
    await _open(ask, act, await _meant(ask, act, ""), "", store)


async def chosen(ask: Ask, ack: AsyncAck) -> BoltResponse:
    """Go on with the store that was chosen; one that no longer fits is told."""
    act, typed = views.read_metadata(ask.view)
    store = views.read_store(ask.view)
    if not store:
        return await ack(response_action="errors", errors={str(Field.STORE): CHOOSE_STORE})
    result = flow.ask(act, await _meant(ask, act, typed), store)
    return await ack(response_action="update", view=views.render(act, typed, result))


async def confirmed(ask: Ask) -> None:
    """Do it, and show how things stand: a second click meets what the first one did."""
    press = Press.read(ask.value)
    async with ask.surface.deps.database.transaction() as session:
        await _make_so(session, ask, press)
        now = await _standing(session, ask, press)
    view = views.render(press.act, "", flow.outcome(press.act, now))
    await show_done(ask, ask.update(str(ask.view["id"]), view))
    await refresh(ask.surface, ask.asker.workspace, ask.asker.user)


async def _open(
    ask: Ask, act: flow.Act, found: Sequence[Store], typed: str, store: str | None
) -> None:
    if await ask.open(views.render(act, typed, flow.ask(act, found, store))) is None:
        await ask.tell(words.TOO_LATE)


async def _meant(ask: Ask, act: flow.Act, typed: str) -> list[Store]:
    """Load the stores that what was typed may mean."""
    workspace = ask.asker.workspace.id
    async with ask.surface.deps.database.transaction() as session:
        found = await find_stores(session, workspace, typed)
        ids = [store.id for store in found] if act == flow.Act.DISCONNECT else []
        waiting = await open_units.of_stores(session, ids) if ids else {}
    return [_seen(store, waiting.get(store.id)) for store in found]


def _seen(store: StoreSummary, waiting: open_units.OpenUnits | None = None) -> Store:
    return Store(
        id=store.id,
        name=store.called,
        platform=store.platform_title,
        sync_status=store.sync_status,
        turning_on=store.turning_on is not None,
        ships=store.ships,
        follows=any(place.tracked for place in store.fba),
        open_orders=waiting.orders if waiting else 0,
        open_units=waiting.units if waiting else 0,
    )


async def _standing(session: AsyncSession, ask: Ask, press: Press) -> list[Store]:
    """Load the stores of a press as they are now, also one that was disconnected."""
    workspace = ask.asker.workspace.id
    every = [_seen(store) for store in await list_stores(session, workspace)]
    if press.store_id is None:
        return every
    found = [store for store in every if store.id == press.store_id]
    if found:
        return found
    gone = await stores.load(session, press.store_id)
    if gone is None or gone.workspace_id != workspace:
        return []
    return [Store(gone.id, gone.name, "off", turning_on=False, connected=False)]


async def _make_so(session: AsyncSession, ask: Ask, press: Press) -> None:
    """Do what was pressed to each store that it fits, and tell of it, in one transaction."""
    fitting = [s for s in await _standing(session, ask, press) if flow.fits(press.act, s)]
    changed = []
    # In the order of their ids, so that two people who press at once wait instead of jamming.
    for store in sorted(fitting, key=lambda store: store.id):
        await stores.load(session, store.id, lock=True)
        run = await turn_ons.running(session, store.id)
        try:
            await _act(session, ask, press, store.id)
        except LifecycleProblem:  # somebody was faster; what stands then is shown
            continue
        if run is None:
            changed.append(store)
        else:
            await _tell(session, ask, press, [store], run)
    if changed:
        await _tell(session, ask, press, changed)


async def _act(session: AsyncSession, ask: Ask, press: Press, store_id: int) -> None:
    """Do it to one store. Raises LifecycleProblem."""
    deps = ask.surface.deps
    given: dict[str, Any] = {
        "workspace_id": ask.asker.workspace.id,
        "store_id": store_id,
        "actor": ask.asker.user,
    }
    match press.act:
        case flow.Act.PAUSE:
            await lifecycle.pause(session, deps, **given)
        case flow.Act.RESUME:
            await lifecycle.resume(session, deps, **given)
        case flow.Act.TURN_OFF:
            await lifecycle.turn_off(session, deps, **given)
        case flow.Act.DISCONNECT:
            await lifecycle.disconnect(session, deps, open_lines=press.open_lines, **given)
            for one in conversation.FLOWS:
                await drafts.close_of_store(session, store_id, one, ask.surface.now())


async def _tell(
    session: AsyncSession, ask: Ask, press: Press, of: list[Store], run: TurnOnRow | None = None
) -> None:
    """Let the channel know; what is still being turned on has its message edited instead."""
    act = "unfollow" if flow.unfollows(press.act, of[0]) else press.act
    names = [store.name for store in of]
    payload: dict[str, Any] = {"act": act, "stores": names, "actor": ask.asker.user}
    if run is not None:
        payload |= {"turn_on_id": run.id, "phase": run.phase}
    await tell(
        session,
        ask.surface.deps.queue,
        workspace_id=ask.asker.workspace.id,
        kind="store_changed" if run is None else "turn_on_stopped",
        payload=payload,
        now=ask.surface.now(),
    )
