"""What befalls people: an access that dies under them, and two of them at work at once."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.demo.merchant import HARBOUR
from tests.browser.conftest import Running
from tests.browser.tab import Tab

TOLD_WITHIN = 60.0  # seconds


def test_a_dead_access_from_alert_to_reconnect_to_recovery(
    running: Running, open_tab: Callable[..., Tab]
) -> None:
    slack, stores, page = open_tab(at="stock-alerts"), open_tab(), open_tab()
    stores.open("/stores")
    stores.until("what opens it", lambda: stores.find("[data-key='keys-north-harbour']"))[0].click()
    stores.until("the button", lambda: stores.find("[data-key='token-north-harbour']"))[0].click()
    slack.reads("no longer sign in to North Harbour", TOLD_WITHIN)
    slack.press("Reconnect")
    slack.reads("Open the page", TOLD_WITHIN)

    page.open(running.do(_link(running)))
    page.until("the form", lambda: page.find("input[name='access_token']"))
    (shop,) = page.find("input[name='shop']")
    assert str(shop.get_attribute("value")).startswith("north-harbour")  # known already
    page.find("input[name='access_token']")[0].send_keys(running.do(_token(running)))
    page.find("form button")[0].click()
    page.until("the page's answer", lambda: "connected" in page.everything)
    slack.reads("Recovered after", TOLD_WITHIN)
    assert slack.main.count("no longer sign in to North Harbour") == 1  # one message, edited


async def _link(running: Running) -> str:
    """Read where the button leads that Mara sees: it opens a window of its own."""
    person = running.demo.workspace.person("manager")
    message = person.ephemerals()[-1]
    return next(
        str(element["url"])
        for block in message["blocks"]
        for element in block.get("elements", [])
        if "url" in element
    )


async def _token(running: Running) -> str:
    state, _ = await running.store("shopify").look()
    return str(state["token"])


def test_two_people_at_once(open_tab: Callable[..., Tab]) -> None:
    """Mara walks through a wizard while Oskar counts: neither disturbs the other."""
    mara, oskar = open_tab(), open_tab("operator", "general")
    mara.reads("Tidewater")
    mara.press("Turn on sync", near="Tidewater")
    mara.submit("Next")
    oskar.say("/stock adjust PLATE-SAGE")
    oskar.reads("Why?")
    mara.tick("Don't copy")
    oskar.choose("Warehouse", HARBOUR)
    mara.submit("Next")
    oskar.fill("Units", "4")
    mara.reads("Step 3 of 4")
    oskar.fill("Why?", "Found behind the shelf")
    oskar.press("Save")
    oskar.until("it to be saved", lambda: not oskar.find("#modal[open] footer .primary"))
    mara.press("Back")
    mara.reads("Step 2 of 4")
    if oskar.modal:
        oskar.leave()
    assert "Found behind the shelf" in oskar.answer_to("/stock why PLATE-SAGE")
