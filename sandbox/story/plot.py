"""What happens in the story: warehouses, eight stores on seven platforms, what can befall them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from sandbox.amazon.sites import CA, US
from sandbox.story.connect_page import fill_in
from sandbox.story.member import Json, StuckError, link_in, text_of
from sandbox.story.shopkeeper import Shopkeeper
from sandbox.story.tally import Ledger, Tally, ledger, reckon
from sandbox.story.waiting import LOOK_EVERY, until
from sandbox.story.world import World

SETTLES_WITHIN = 45.0  # seconds for numbers to travel; they take two or three
# After a kill: a dead worker's jobs are queued anew after 30 s, and a write that it left without an
# answer, to a store that compares nothing, is looked at after 65 s, when nobody can still send it.
RECOVERS_WITHIN = 150.0
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
    untouched = [await _left_alone(shop) for shop in world.every_shop]
    await _begin(world, tell)
    await _connect(world, world.north, tell)
    await _copy_from_north(world, tell)
    await _connect(world, world.south, tell)
    await _south_joins(world, tell)
    await _connect(world, world.dune, tell, wait=False)  # its lists take a while
    await _connect(world, world.reef, tell)
    await _brings_its_own(world, world.reef, tell)
    await _connect(world, world.tide, tell)
    await _tide_joins_both(world, tell)
    for shop in (world.kiln, world.finds, world.bay):
        await _connect(world, shop, tell)
        await _brings_its_own(world, shop, tell)
    await _dune_ships_both_ways(world, tell)
    await _sell_and_adjust(world, tell)
    await _token_dies(world, tell)
    await _power_cut(world, tell)
    tally = await _reckon(world, tell)
    await _follows(world)
    if [await _left_alone(shop) for shop in world.every_shop] != untouched:
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


async def _connect(world: World, shop: Shopkeeper, tell: Tell, *, wait: bool = True) -> None:
    link = link_in(await world.mara.ask(f"/stock connect {shop.platform}"))
    await fill_in(world.http, link, shop.typed)
    tell(f"She connects {shop.title} ({shop.platform}) on the page; no secret goes through Slack.")
    if wait:
        await _status(world, shop, lambda text: "not linked" in text)


async def _copy_from_north(world: World, tell: Tell) -> None:
    mara, north = world.mara, world.north
    await mara.slash(f"/stock turn-on {north.title}")
    await mara.submit("Next")
    await mara.choose(f"Copy from {north.title}")
    await mara.submit("Next")
    await mara.choose(f"New warehouse: {world.warehouse}")
    await mara.submit("Next")
    tell(f"She walks through the wizard of {north.title}: Copy, new warehouse, and reads the plan.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, north)
    tell(f"{north.title} is Sync On; its numbers are the ledger's now.")


async def _south_joins(world: World, tell: Tell) -> None:
    mara, south = world.mara, world.south
    await mara.open_home()
    # The tab is drawn anew a moment after it opens: before, North's button stood there.
    await mara.until(
        f"{south.title} and one store in sync on the Home tab",
        lambda screen: all(
            words in text_of(screen["home"]) for words in (south.title, "Sync On", "Sync Off")
        ),
    )
    await mara.press("Turn on sync", on="home")
    await mara.submit("Next")
    await mara.choose("Don't copy")
    await mara.submit("Next")
    await mara.choose(f"Link to {world.warehouse}")
    await mara.submit("Next")
    tell(f"{south.title} joins the same warehouse: Don't copy, link, plan.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, south)
    world.north.warehouses = south.warehouses = (world.counter,)
    count = await _show_the_sums(world, south)
    tell(
        f"{south.title} is Sync On and shows the warehouse's {count} numbers; the warehouse is "
        f"called {world.counter} now."
    )


async def _brings_its_own(world: World, shop: Shopkeeper, tell: Tell) -> None:
    """A store with shelves of its own: their stock is copied, and what it shows is a sum."""
    mara = world.mara
    new = f"New warehouse: {shop.title}"
    await mara.slash(f"/stock turn-on {shop.title}")
    if shop.platform == "etsy":
        await mara.choose("I agree: one price")
    await mara.submit("Next")
    await mara.choose(f"Copy from {shop.title}")
    await mara.submit("Next")
    await mara.choose_all(new, world.counter)
    await mara.submit("Next")
    await mara.choose(new)
    await mara.submit("Next")
    plan = await _plan(world, f"the sum of {shop.title} and {world.counter}")
    [example] = re.findall(r"will show (\d+ \(\d+ \+ \d+\))", plan)[:1] or ["no sum"]
    tell(f"{shop.title}: Copy into a warehouse of its own; the plan adds up: {example}.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, shop)
    shop.warehouses = (shop.title, world.counter)
    count = await _show_the_sums(world, shop)
    tell(f"{shop.title} is Sync On and shows {count} numbers, each the sum of both warehouses.")


async def _tide_joins_both(world: World, tell: Tell) -> None:
    """A store without shelves of its own, which sells from both warehouses."""
    mara, reef, tide = world.mara, world.reef, world.tide
    await mara.slash(f"/stock turn-on {tide.title}")
    await mara.submit("Next")
    await mara.choose("Don't copy")
    await mara.submit("Next")
    await mara.choose_all(world.counter, reef.title)
    await mara.submit("Next")
    await mara.choose(world.counter)
    await mara.submit("Next")
    await _plan(world, f"the sum of {world.counter} and {reef.title}")
    tell(f"{tide.title} joins both warehouses: Don't copy, their sum, plan.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, tide)
    tide.warehouses = (world.counter, reef.title)
    count = await _show_the_sums(world, tide)
    tell(f"{tide.title} is Sync On and shows {count} numbers, the sums of both.")


async def _dune_ships_both_ways(world: World, tell: Tell) -> None:
    """A store that sends some goods itself, while Amazon sends others: those are only followed."""
    mara, dune = world.mara, world.dune
    new = f"New warehouse: {dune.title}"
    await _status(world, dune, lambda text: "not linked" in text)
    await mara.slash(f"/stock turn-on {dune.title}")
    await mara.choose("Both FBM and FBA")
    await mara.submit("Next")
    await mara.submit("Next")
    await mara.choose(f"Copy from {dune.title}")
    await mara.submit("Next")
    await mara.choose_all(new)
    await mara.submit("Next")
    await _plan(world, f"shows the stock of {dune.title}")
    await mara.submit("Next")
    await mara.submit("Next")
    await mara.choose_all("US:", "CA:")
    await mara.submit("Next")
    tell(f"{dune.title} ships itself, and lets Amazon ship: Copy, plan, then where FBA is used.")
    await mara.submit("Turn on sync")
    await mara.leave_modal()
    await _in_sync(world, dune)
    dune.warehouses = (dune.title,)
    count = await _show_the_sums(world, dune)
    followed = await _follows(world)
    tell(f"{dune.title} is Sync On: {count} numbers kept, {followed} of FBA followed.")

    sku = next(iter(await dune.kept_there(US)))
    await dune.send_in(sku, 99, US)
    await mara.ask(f"/stock sync now {dune.title}")
    await until(
        f"the FBA stock of {sku} to be copied",
        lambda: _copied(world, sku, 99),
        within=SETTLES_WITHIN,
    )
    tell(
        f"A parcel with {sku} reaches Amazon: /stock sync now copies it. Nothing is written there."
    )


async def _copied(world: World, sku: str, units: int) -> bool:
    available = await _ledger(world)
    return available.get(sku.casefold(), {}).get(f"{world.dune.title} FBA US") == units


async def _follows(world: World) -> int:
    """Compare what Amazon holds, read from itself, with the read-only warehouses; how many SKUs."""
    available = await _ledger(world)
    compared = 0
    for country, marketplace in (("US", US), ("CA", CA)):
        for sku, units in (await world.dune.kept_there(marketplace)).items():
            compared += 1
            ours = available.get(sku.casefold(), {}).get(f"{world.dune.title} FBA {country}")
            if ours != units:
                raise StuckError(f"Amazon holds {units} of {sku} for {country}, we say {ours}")
    wrong = await world.dune.trespasses()
    if wrong:
        raise StuckError(f"written to what Amazon sends: {wrong}")
    return compared


async def _sell_and_adjust(world: World, tell: Tell) -> None:
    north, south, reef, tide, kiln, finds, bay = world.shops
    first, second, third, fourth, fifth, sixth = await _plenty(world, 6)
    stood = await _stand(world, first)
    await north.sell(first, 2)
    await _moved(world.shops, first, stood, -2)
    tell(f"Somebody buys 2 x {first} at {north.title}: all seven stores follow.")

    stood = await _stand(world, second)
    order = await south.sell(second, 3)
    await _moved(world.shops, second, stood, -3)
    await south.cancel(order)
    await _moved(world.shops, second, stood, 0)
    tell(f"3 x {second} sold at {south.title} and cancelled: the others followed both ways.")

    stood = await _stand(world, third)
    await tide.sell(third, 2)
    await _moved(world.shops, third, stood, -2)
    tell(f"2 x {third} sold at {tide.title}: taken from {world.counter}, and all follow.")

    stood = await _stand(world, fourth)
    await reef.sell(fourth, 1)
    await _moved((reef, tide), fourth, stood, -1)
    await _moved((north, south, kiln, finds, bay), fourth, stood, 0)
    tell(f"1 x {fourth} sold at {reef.title}: {tide.title} follows, who sells from there too.")

    stood = await _stand(world, fifth)
    await world.mara.slash(f"/stock adjust {fifth}")
    await world.mara.choose(world.counter)
    await world.mara.fill("Units", "12")
    await world.mara.fill("Why?", "A delivery")
    await world.mara.submit("Save")
    await world.mara.leave_modal()
    await _moved(world.shops, fifth, stood, 12)
    tell(f"/stock adjust {fifth} by 12 in {world.counter}: all seven show 12 more.")

    for shop in (kiln, finds, bay):
        stood = await _stand(world, sixth)
        await shop.sell(sixth, 1)
        await _moved([shop], sixth, stood, -1)
        await _moved((north, south, reef, tide), sixth, stood, 0)
        tell(f"1 x {sixth} sold at {shop.title}: from its own shelves, and nobody else's move.")


async def _token_dies(world: World, tell: Tell) -> None:
    mara, north, south = world.mara, world.north, world.south
    await south.let_access_die()
    alert = await _message(world, lambda text: f"no longer sign in to {south.title}" in text)
    tell(f"The token of {south.title} dies: one message in #{ALERTS}, with what to do.")
    await until(
        "repeats in the alert's thread", lambda: _has_replies(world, alert), within=SETTLES_WITHIN
    )
    tell("It keeps failing: the repeats go to the thread, not to the channel.")

    (sku,) = await _plenty(world, 1)
    stood = await _stand(world, sku)
    await north.sell(sku, 1)
    seen = len((await mara.screen())["ephemerals"])
    await mara.press("Reconnect", on=ALERTS)
    answer: Json = await mara.until(
        "the link to reconnect",
        lambda screen: screen["ephemerals"][seen:] and screen["ephemerals"][-1],
    )
    if await south.shows(sku) != stood[south.title]:
        raise StuckError(f"{south.title} changed while nobody could sign in to it")
    await fill_in(world.http, link_in(text_of(answer)), south.typed)
    tell("Mara presses Reconnect and types the new token on the page.")
    await _message(world, lambda text: "Recovered after" in text, ts=alert["ts"])
    told = [text_of(one) for one in (await mara.screen())["channels"][ALERTS]]
    if len([text for text in told if f"sign in to {south.title}" in text]) != 1:
        raise StuckError(f"not one message for one trouble: {told}")
    # All of them: where one still follows, what comes next would be measured from a wrong number.
    await _moved(world.shops, sku, stood, -1)
    tell("The same message now says Recovered, and the sale made meanwhile has arrived.")


async def _power_cut(world: World, tell: Tell) -> None:
    south, tide = world.south, world.tide
    (sku,) = await _plenty(world, 1)
    stood = await _stand(world, sku)
    await south.sell(sku, 1)
    await world.bot.kill()
    await tide.sell(sku, 1)
    await world.bot.start()
    await _moved(world.shops, sku, stood, -2, within=RECOVERS_WITHIN)
    tell("kill -9 between two sales, and a new start: both are counted, once.")


async def _reckon(world: World, tell: Tell) -> Tally:
    """Compare until nothing differs, or nothing more can be expected to travel."""
    tell("Every number of all stores is read by plain HTTP and compared with the ledger.")
    deadline = time.monotonic() + SETTLES_WITHIN
    while True:
        tally = await reckon(world.every_shop, await _ledger(world))
        if not tally.differing or time.monotonic() > deadline:
            return tally
        await asyncio.sleep(LOOK_EVERY)


# What people and shops are asked again and again -------------------------------------------


async def _ledger(world: World) -> Ledger:
    return ledger(await world.bot.command("export"))


async def _plan(world: World, words: str) -> str:
    """Wait for a plan that says so, and read it."""

    def look(screen: Json) -> str | None:
        text = text_of(screen["modal"]) if screen["modal"] else ""
        return text if words in text else None

    return await world.mara.until(f"a plan with {words}", look)


async def _show_the_sums(world: World, shop: Shopkeeper) -> int:
    """Wait until a store shows what the ledger says of its warehouses; how many numbers."""
    available = await _ledger(world)
    deadline = time.monotonic() + SETTLES_WITHIN
    while (tally := await reckon([shop], available)).differing:
        if time.monotonic() > deadline:
            sums = " and ".join(shop.warehouses)
            raise StuckError(f"{shop.title} does not show the sum of {sums}: {tally.differing[:5]}")
        await asyncio.sleep(LOOK_EVERY)
    return tally.compared


async def _stand(world: World, sku: str) -> dict[str, int]:
    """Read what each store shows, by its title."""
    return {shop.title: await shop.shows(sku) for shop in world.shops}


async def _moved(
    shops: Iterable[Shopkeeper],
    sku: str,
    stood: Mapping[str, int],
    by: int,
    *,
    within: float = SETTLES_WITHIN,
) -> None:
    for shop in shops:
        await _shows(shop, sku, stood[shop.title] + by, within=within)


async def _status(world: World, shop: Shopkeeper, satisfied: Callable[[str], bool]) -> None:
    async def told() -> bool:
        return satisfied(await world.mara.ask(f"/stock status {shop.title}"))

    await until(f"the status of {shop.title}", told, within=SETTLES_WITHIN)


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


async def _shows(
    shop: Shopkeeper, sku: str, number: int, *, within: float = SETTLES_WITHIN
) -> None:
    async def right() -> bool:
        return await shop.shows(sku) == number

    await until(f"{shop.title} to show {number} of {sku}", right, within=within)


async def _plenty(world: World, count: int) -> list[str]:
    """Choose products that every store sells and has enough of."""
    first, *others = [(await shop.sellable())[0] for shop in world.shops]
    return [
        sku
        for sku, number in first.items()
        if number >= PLENTY
        and sku.isascii()
        and all(other.get(sku, 0) >= PLENTY for other in others)
    ][:count]


async def _left_alone(shop: Shopkeeper) -> dict[str, list[int | None]]:
    """Read the numbers that Stockroom must never write, by title; None where nobody counts."""
    _, left = await shop.sellable()
    titles = {title for titles in left.values() for title in titles}
    numbers: dict[str, list[int | None]] = {}
    for one in await shop.listings():
        if one["title"] in titles:
            numbers.setdefault(one["title"], []).append(one["available"])
    return numbers
