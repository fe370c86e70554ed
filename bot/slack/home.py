"""The Home tab, published anew whenever it is opened and after what changes it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.asking import Ask, on_action
from bot.slack.context import Refused, identify
from bot.slack.ids import Act
from bot.slack.surface import SlackSettings, Surface, web_client
from bot.slack.views.home import Dashboard, closed, home
from flows import relocate, turn_on
from storage import drafts
from storage.people import WorkspaceRow
from storage.rows import StoreRow
from sync import people
from sync.deps import Deps
from sync.incidents import open_incidents
from sync.people import Role
from sync.stores import list_stores

log = logging.getLogger(__name__)


def register(app: AsyncApp, surface: Surface) -> None:
    """Show the Home tab when it is opened, and turn its pages."""

    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") != "home":
            return
        try:
            asker = await identify(surface, body)
        except Refused as refusal:
            await surface.client.views_publish(user_id=event["user"], view=closed(str(refusal)))
        else:
            await publish(surface.deps, surface.client, asker.workspace, asker.user)

    async def at_once() -> None:
        """Bolt acks an event by itself."""

    app.event("app_home_opened")(ack=at_once, lazy=[opened])
    for act in (Act.HOME_PAGE, Act.HOME_PAGE_BACK):
        on_action(app, surface, act, "viewer", turn_page)


async def turn_page(ask: Ask) -> None:
    asker = ask.asker
    await publish(ask.surface.deps, ask.client, asker.workspace, asker.user, int(ask.value))


async def refresh(surface: Surface, workspace: WorkspaceRow, user: str) -> None:
    """Show somebody's Home tab anew after an act, which is done whether or not that works."""
    try:
        await publish(surface.deps, surface.client, workspace, user)
    except Exception:
        log.exception("the Home tab could not be refreshed", extra={"workspace": workspace.id})


def home_refresher(
    deps: Deps, settings: SlackSettings
) -> Callable[[int, str, StoreRow], Awaitable[None]]:
    """Make what shows a newly connected store on the person's Home tab at once."""
    client = web_client(settings)

    async def after(workspace_id: int, user: str, store: StoreRow) -> None:
        async with deps.database.transaction() as session:
            workspace = await people.load_workspace(session, workspace_id)
        if workspace is not None:
            await publish(deps, client, workspace, user)

    return after


async def publish(
    deps: Deps, client: AsyncWebClient, workspace: WorkspaceRow, user: str, page: int = 0
) -> None:
    """Draw somebody's Home tab as things stand now."""
    async with deps.database.transaction() as session:
        role: Role = await people.role_of(session, workspace.id, user)
        mine = await drafts.open_of(session, workspace.id, user, turn_on.FLOW)
        changing = await drafts.open_of(session, workspace.id, user, relocate.FLOW)
        board = Dashboard(
            stores=await list_stores(session, workspace.id),
            incidents=await open_incidents(session, workspace.id),
            resumable={draft.store_id for draft in mine},
            role=role,
            alert_channel=workspace.alert_channel,
            changing={draft.store_id for draft in changing},
        )
    await client.views_publish(user_id=user, view=home(board, page))
