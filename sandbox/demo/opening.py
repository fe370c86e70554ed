"""What has happened before a newcomer looks: a manager, an alert channel, connected stores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import httpx

from sandbox.demo.merchant import COUNTER, HARBOUR
from sandbox.story.connect_page import fill_in
from sandbox.story.member import Member, StuckError, link_in
from sandbox.story.process import Bot
from sandbox.story.shopkeeper import Shopkeeper

ALERTS = "stock-alerts"
OFFICE = "back-office"  # where she types, so that the other channels are still clean
IN_SYNC_WITHIN = 45.0  # seconds; it takes a few


async def open_up(
    http: httpx.AsyncClient,
    bot: Bot,
    mara: Member,
    keepers: Sequence[Shopkeeper],
    tell: Callable[[str], None],
) -> None:
    """Let Mara connect every store, and turn the first one on. Raises StuckError."""
    await connect_all(http, bot, mara, keepers, tell)
    await _turn_on(mara, keepers[0])
    tell(f"{keepers[0].title} is in sync; the others wait for you.")


async def connect_all(
    http: httpx.AsyncClient,
    bot: Bot,
    mara: Member,
    keepers: Sequence[Shopkeeper],
    tell: Callable[[str], None],
) -> None:
    """Let Mara claim the bot, choose the alert channel, name Oskar, and connect every store."""
    if bot.claim_code is None:
        raise StuckError("the bot printed no claim code")
    await mara.ask(f"/stock claim {bot.claim_code}", OFFICE)
    await mara.open_home()
    await mara.press("Settings: alert channel", on="home")
    await mara.pick_channel(ALERTS)
    await mara.submit("Test and save")
    await mara.leave_modal()
    await mara.slash("/stock people", OFFICE)
    await mara.pick_person("operator")
    await mara.choose("Operator")
    await mara.submit("Give this role")
    await mara.close_modal("is an operator now")
    for keeper in keepers:
        link = link_in(await mara.ask(f"/stock connect {keeper.platform}", OFFICE))
        await fill_in(http, link, keeper.typed)
        tell(f"Mara connects {keeper.title} ({keeper.platform}).")


async def _turn_on(mara: Member, shop: Shopkeeper) -> None:
    await _told(mara, shop, "not linked")
    await mara.slash(f"/stock turn-on {shop.title}", OFFICE)
    await mara.submit("Next")
    await mara.choose(f"Copy from {shop.title}")
    await mara.submit("Next")
    for place in (HARBOUR, COUNTER):
        await mara.choose(f"New warehouse: {place}")
    await mara.submit("Next")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _told(mara, shop, "0 on their way, 0 unexplained")


async def _told(mara: Member, shop: Shopkeeper, words: str) -> None:
    """Ask for a store's status until it says so."""
    deadline = time.monotonic() + IN_SYNC_WITHIN
    while words not in await mara.ask(f"/stock status {shop.title}", OFFICE):
        if time.monotonic() > deadline:
            raise StuckError(f"waited {IN_SYNC_WITHIN:.0f} s for {shop.title}: {words}")
        await asyncio.sleep(1)
