"""What a merchant types and clicks in Slack on the way with a store, whatever its platform."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from connectors.catalog import PLATFORMS
from tests.platforms.sides import AMAZON, BIGCOMMERCE, EBAY, ETSY, WALMART, WOOCOMMERCE, Side
from tests.slack.office import Office, block_of, connect_url, fetch, modal, see, shown, title
from tests.slack.test_alerts import choose_channel

MINUTE = timedelta(minutes=1)
SUMS = (WOOCOMMERCE, BIGCOMMERCE, EBAY, WALMART, ETSY, AMAZON)
every = pytest.mark.parametrize("side", SUMS, ids=lambda side: side.key)


async def ask_for_page(office: Office, typed: str) -> str:
    await office.slash(office.manager, f"connect {typed}")
    return await connect_url(office, office.manager.ephemerals()[-1])


def filled_in(side: Side, office: Office, shop: str = "here", **changed: str) -> dict[str, str]:
    return {**side.credentials(office.world.shops[shop]), **changed}


async def connect(office: Office, side: Side, shop: str = "here") -> int:
    """Connect a store on the page; its id."""
    url = await ask_for_page(office, side.key)
    assert (await fetch(url, filled_in(side, office, shop)))[0] == 200
    await office.world.work()
    return int((await office.rows("select max(id) as id from store"))[0].id)


def a_while(side: Side) -> timedelta:
    """As long as a number needs until it is read back, however seldom orders may be asked for."""
    return 4 * MINUTE + PLATFORMS[side.key].orders_every


async def choose_alerts(office: Office) -> None:
    await choose_channel(office)
    await office.manager.close()


def told(office: Office) -> list[str]:
    """All that stands in the alert channel, the test message left out."""
    said = office.manager.messages("stock-alerts")
    return [shown(one) for one in said if "will tell failures here" not in one["text"]]


async def agree(office: Office, store: str) -> None:
    """Agree to whatever has to be agreed to at a store's platform."""
    stores = await office.rows("select name, platform from store")
    (platform,) = (row.platform for row in stores if row.name == store)
    for one in PLATFORMS[platform].agreements:
        if one.required:
            await office.manager.choose("answer", "yes", block_id=block_of(office.manager, one.key))


async def begin(office: Office, store: str, mode: str) -> str:
    """Go to the choice of warehouses; all that was read on the way."""
    await office.slash(office.manager, f"turn-on {store}")
    if title(office.manager) == "Before step 1":  # who ships
        block = block_of(office.manager, "fulfilment")
        await office.manager.choose("answer", "merchant", block_id=block)
        await office.submit(office.manager)
    read = shown(modal(office.manager))
    await agree(office, store)
    await office.submit(office.manager)
    await office.manager.choose("answer", mode, block_id=block_of(office.manager, "mode"))
    read += shown(modal(office.manager))
    await office.submit(office.manager)
    assert title(office.manager) == "Step 3 of 4"
    return read + shown(modal(office.manager))


async def pick(office: Office, *names: str) -> None:
    """Choose warehouses by their names."""
    block = block_of(office.manager, "warehouses")
    values = [value for one in names for value in values_of(office, block, one)]
    await office.manager.choose("answer", values, block_id=block)


def values_of(office: Office, block: str, name: str) -> list[str]:
    element = next(
        one["element"] for one in modal(office.manager)["blocks"] if one["block_id"] == block
    )
    options = [*element.get("options", [])]
    options += [one for group in element.get("option_groups", []) for one in group["options"]]
    return [one["value"] for one in options if one["text"]["text"] == name]


async def plan_rows(office: Office) -> list[dict[str, str]]:
    """Ask for the plan as a file and read it."""
    await office.click(office.manager, "wizard_file")
    [file] = office.manager.messages("app")[-1]["files"]
    content = office.slack.uploads.get(file["id"]).content
    assert content is not None
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def turned_on(office: Office, store: int) -> None:
    """Confirm the plan, and watch its one message until it says that sync is on."""
    name = (await office.world.summary(store)).name
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    await office.manager.close()
    seen: set[str] = set()
    for _ in range(60):
        await office.world.run(timedelta(seconds=10))
        await office.deliver()
        about = (f"Turning on sync for {name}", f"Sync is on for {name}")
        [text] = [text for text in told(office) if any(words in text for words in about)]
        seen.add(text)
        if "Sync is on" in text:
            break
    assert any("Turning on sync" in text for text in seen)
    assert "change stock only in Stockroom" in text
    assert (await office.world.summary(store)).sync_status == "on"


async def joined(office: Office, shop: str = "there") -> int:
    """Connect the Shopify shop and copy it into a warehouse of its own: 3 MUG, 5 CUP."""
    store = await office.world.connect(shop)
    await office.world.turn_on(store, "copy")
    return store
