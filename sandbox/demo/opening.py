"""What has happened before a newcomer looks: a manager, an alert channel, connected stores."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from sandbox.demo.merchant import COUNTER, HARBOUR
from sandbox.slack.workspace import Workspace
from sandbox.story.connect_page import fill_in
from sandbox.story.member import Member, StuckError, link_in
from sandbox.story.plot import Tell
from sandbox.story.process import Bot
from sandbox.story.shopkeeper import Shopkeeper
from sandbox.story.waiting import until

ALERTS = "stock-alerts"
OFFICE = "back-office"  # where she types, so that the other channels are still clean
IN_SYNC_WITHIN = 45.0  # seconds; it takes a few


@dataclass(frozen=True)
class Demo:
    """What is up: the address of the pages, the bot, the stores' keepers."""

    address: str
    http: httpx.AsyncClient
    bot: Bot
    keepers: list[Shopkeeper]
    workspace: Workspace

    @property
    def mara(self) -> Member:
        """Whoever owns the business."""
        return Member(self.http, self.address, "manager")


async def open_up(demo: Demo, tell: Tell) -> None:
    """Let Mara connect every store, and turn the first one on. Raises StuckError."""
    await connect_all(demo, tell)
    first = demo.keepers[0]
    await _turn_on(demo.mara, first)
    tell(f"{first.title} is in sync; the others wait for you.")


async def connect_all(demo: Demo, tell: Tell) -> None:
    """Let Mara claim the bot, choose the alert channel, name Oskar, and connect every store."""
    mara, bot = demo.mara, demo.bot
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
    for keeper in demo.keepers:
        link = link_in(await mara.ask(f"/stock connect {keeper.platform}", OFFICE))
        await fill_in(demo.http, link, keeper.typed)
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

    async def told() -> bool:
        return words in await mara.ask(f"/stock status {shop.title}", OFFICE)

    await until(f"{shop.title}: {words}", told, within=IN_SYNC_WITHIN, every=1)
