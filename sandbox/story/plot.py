"""What happens in the story: one warehouse, two shops, and what can befall them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import TextIO

from sandbox.story.connect_page import fill_in
from sandbox.story.member import Json, StuckError, link_in, text_of
from sandbox.story.shopkeeper import Shopkeeper, sellable
from sandbox.story.tally import Tally, ledger, reckon
from sandbox.story.world import World

SETTLES_WITHIN = 45.0  # seconds for numbers to travel; they take two or three
LOOK_EVERY = 0.2  # seconds between two looks at a shop
ALERTS = "stock-alerts"
PLENTY = 8  # units that a product of the story has at least

Tell = Callable[[str], None]


class Teller:
    """Tells the story line by line, with the seconds since it began."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()

    def tell(self, words: str) -> None:
        self._out.write(f"[{time.monotonic() - self._began:5.1f} s] {words}\n")
        self._out.flush()


async def play(world: World, tell: Tell) -> Tally:
    """Play the whole story and return its reckoning. Raises StuckError where it does not go on."""
    tell("The bot is up: a Postgres of its own, connected to the local Slack.")
    untouched = [await _left_alone(shop) for shop in world.shops]
    await _begin(world, tell)
    await _connect(world, world.north, tell)
    await _copy_from_north(world, tell)
    await _connect(world, world.south, tell)
    await _south_joins(world, tell)
    await _sell_and_adjust(world, tell)
    await _token_dies(world, tell)
    await _power_cut(world, tell)
    tally = await _reckon(world, tell)
    if [await _left_alone(shop) for shop in world.shops] != untouched:
        raise StuckError("a listing that Stockroom must leave alone was written")
    return tally


async def _begin(world: World, tell: Tell) -> None:
    mara = world.mara
    if world.bot.claim_code is None:
        raise StuckError("the bot printed no claim code")
    await mara.ask(f"/stock claim {world.bot.claim_code}")
    tell("Mara types /stock claim and is the first manager.")
    await mara.open_home()
    await mara.press("Settings: alert channel", on="home")
    await mara.pick_channel(ALERTS)
    await mara.submit("Test and save")
    await _message(world, lambda text: "Stockroom will tell failures here" in text)
    await mara.leave_modal()
    tell(f"She chooses #{ALERTS} for alerts; the test message arrives.")


async def _connect(world: World, shop: Shopkeeper, tell: Tell) -> None:
    link = link_in(await world.mara.ask("/stock connect shopify"))
    await _type_credentials(world, shop, link)
    tell(f"She connects {shop.title} on the one-time page; no secret goes through Slack.")
    await _status(world, shop, lambda text: "not linked" in text)


async def _copy_from_north(world: World, tell: Tell) -> None:
    mara, north = world.mara, world.north
    await mara.slash(f"/stock turn-on {north.title}")
    await mara.submit("Next")
    await mara.choose(f"Copy from {north.title}")
    await mara.submit("Next")
    await mara.choose(f"New warehouse: {north.location}")
    await mara.submit("Next")
    tell(f"She walks through the wizard of {north.title}: Copy, new warehouse, and reads the plan.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, north)
    tell(f"{north.title} is Sync On; its numbers are the ledger's now.")


async def _south_joins(world: World, tell: Tell) -> None:
    mara, north, south = world.mara, world.north, world.south
    await mara.open_home()
    await mara.press("Turn on sync", on="home")
    await mara.submit("Next")
    await mara.choose("Don't copy")
    await mara.submit("Next")
    await mara.choose(f"Link to {north.location}")
    await mara.submit("Next")
    tell(f"{south.title} joins the same warehouse: Don't copy, link, plan.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, south)
    ours, _ = sellable(await north.listings())

    async def same() -> bool:
        return sellable(await south.listings())[0] == ours

    await _until(f"{south.title} to show the warehouse's numbers", same)
    tell(f"{south.title} is Sync On and shows the warehouse's {len(ours)} numbers.")


async def _sell_and_adjust(world: World, tell: Tell) -> None:
    north, south = world.north, world.south
    first, second, third = await _plenty(north, 3)
    stood = await north.shows(first)
    await north.sell(first, 2)
    await _shows(south, first, stood - 2)
    tell(f"Somebody buys 2 x {first} at {north.title}: {south.title} shows {stood - 2} too.")

    stood = await south.shows(second)
    order = await south.sell(second, 3)
    await _shows(north, second, stood - 3)
    await south.cancel(order)
    await _shows(north, second, stood)
    tell(f"3 x {second} sold at {south.title} and cancelled: {north.title} followed both ways.")

    stood = await north.shows(third)
    await world.mara.slash(f"/stock adjust {third}")
    await world.mara.fill("Units", "12")
    await world.mara.fill("Why?", "A delivery")
    await world.mara.submit("Save")
    await world.mara.leave_modal()
    for shop in world.shops:
        await _shows(shop, third, stood + 12)
    tell(f"/stock adjust {third} by 12: both shops show {stood + 12}.")


async def _token_dies(world: World, tell: Tell) -> None:
    mara, north, south = world.mara, world.north, world.south
    await south.let_token_die()
    alert = await _message(world, lambda text: f"no longer sign in to {south.title}" in text)
    tell(f"The token of {south.title} dies: one message in #{ALERTS}, with what to do.")
    await _until("repeats in the alert's thread", lambda: _has_replies(world, alert))
    tell("It keeps failing: the repeats go to the thread, not to the channel.")

    (sku,) = await _plenty(north, 1)
    before, stood = await south.shows(sku), await north.shows(sku)
    await north.sell(sku, 1)
    seen = len((await mara.screen())["ephemerals"])
    await mara.press("Reconnect", on=ALERTS)
    answer: Json = await mara.until(
        "the link to reconnect",
        lambda screen: screen["ephemerals"][seen:] and screen["ephemerals"][-1],
    )
    if await south.shows(sku) != before:
        raise StuckError(f"{south.title} changed while nobody could sign in to it")
    await _type_credentials(world, south, link_in(text_of(answer)))
    tell("Mara presses Reconnect and types the new token on the page.")
    await _message(world, lambda text: "Recovered after" in text, ts=alert["ts"])
    told = [text_of(one) for one in (await mara.screen())["channels"][ALERTS]]
    if len([text for text in told if f"sign in to {south.title}" in text]) != 1:
        raise StuckError(f"not one message for one trouble: {told}")
    await _shows(south, sku, stood - 1)
    tell("The same message now says Recovered, and the sale made meanwhile has arrived.")


async def _power_cut(world: World, tell: Tell) -> None:
    north, south = world.north, world.south
    (sku,) = await _plenty(south, 1)
    stood = await south.shows(sku)
    await south.sell(sku, 1)
    await world.bot.kill()
    await south.sell(sku, 1)
    await world.bot.start()
    await _shows(north, sku, stood - 2)
    tell("kill -9 between two sales, and a new start: both are counted, once.")


async def _reckon(world: World, tell: Tell) -> Tally:
    """Compare until nothing differs, or nothing more can be expected to travel."""
    tell("Every number of both shops is read by plain HTTP and compared with the ledger.")
    deadline = time.monotonic() + SETTLES_WITHIN
    while True:
        tally = await reckon(world.shops, ledger(await world.bot.command("export")))
        if not tally.differing or time.monotonic() > deadline:
            return tally
        await asyncio.sleep(LOOK_EVERY)


# What people and shops are asked again and again -------------------------------------------


async def _type_credentials(world: World, shop: Shopkeeper, link: str) -> None:
    values = {"shop": f"{shop.name}.myshopify.com", "access_token": shop.token}
    await fill_in(world.http, link, values)


async def _status(world: World, shop: Shopkeeper, satisfied: Callable[[str], bool]) -> None:
    async def told() -> bool:
        return satisfied(await world.mara.ask(f"/stock status {shop.title}"))

    await _until(f"the status of {shop.title}", told)


async def _in_sync(world: World, shop: Shopkeeper) -> None:
    def told(text: str) -> bool:
        return "Sync On" in text and bool(re.search(r"\b0 on their way, 0 unexplained", text))

    await _status(world, shop, told)


async def _message(
    world: World, satisfied: Callable[[str], bool], *, ts: str | None = None
) -> Json:
    """Wait for a message of the alert channel whose words satisfy; `ts`: for this one to."""

    def look(screen: Json) -> Json | None:
        for message in screen["channels"][ALERTS]:
            if ts in (None, message["ts"]) and satisfied(text_of(message)):
                found: Json = message
                return found
        return None

    return await world.mara.until("a message in the alert channel", look, SETTLES_WITHIN)


async def _has_replies(world: World, alert: Json) -> bool:
    thread = await world.mara.thread(ALERTS, alert["ts"])
    return len(thread) > 1


async def _shows(shop: Shopkeeper, sku: str, number: int) -> None:
    async def right() -> bool:
        return await shop.shows(sku) == number

    await _until(f"{shop.title} to show {number} of {sku}", right)


async def _plenty(shop: Shopkeeper, count: int) -> list[str]:
    """Choose products that the shop has enough of."""
    kept, _ = sellable(await shop.listings())
    return [sku for sku, number in kept.items() if number >= PLENTY and sku.isascii()][:count]


async def _left_alone(shop: Shopkeeper) -> dict[str, list[int]]:
    """Read the numbers that Stockroom must never write, by title."""
    _, left = sellable(await shop.listings())
    titles = {title for titles in left.values() for title in titles}
    numbers: dict[str, list[int]] = {}
    for one in await shop.listings():
        if one["title"] in titles:
            numbers.setdefault(one["title"], []).append(one["available"])
    return numbers


async def _until(what: str, look: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + SETTLES_WITHIN
    while not await look():
        if time.monotonic() > deadline:
            raise StuckError(f"waited {SETTLES_WITHIN:.0f} s for {what}")
        await asyncio.sleep(LOOK_EVERY)
