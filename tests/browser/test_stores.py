"""The page of the stores: a sale that travels, trouble that is switched on, a shopper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium.webdriver.remote.webelement import WebElement

from sandbox.demo.merchant import COUNTER, HARBOUR
from tests.browser.tab import Tab

SOLD = "TRAY-BLUE"  # at the market counter, and at Bay Supply
TRAVELS_WITHIN = 30.0  # seconds; a sale takes two or three


@pytest.fixture
def stores(mara: Tab) -> Tab:
    mara.open("/stores")
    mara.until("the shelves", lambda: len(mara.find(".store")) == 7)
    return mara


def _row(tab: Tab, store: str, sku: str, place: str | None = None) -> WebElement:
    there = "" if place is None else f"[data-place='{place}']"
    (row,) = tab.find(f"#store-{store} tr[data-sku='{sku}']{there}")
    return row


def shows(tab: Tab, store: str, sku: str, place: str | None = None) -> int:
    number = _row(tab, store, sku, place).find_elements("css selector", "td.number")[1]
    return int(number.text)


def turn_bay_supply_on(slack: Tab) -> None:
    """Walk through its wizard, with the numbers of the market counter."""
    slack.reads("Bay Supply")
    slack.press("Turn on sync", near="Bay Supply")
    slack.submit("Next")
    slack.tick("Don't copy")
    slack.submit("Next")
    slack.tick(COUNTER)
    slack.submit("Next")
    slack.reads("What the store's listings will show")
    slack.submit("Turn on sync")
    slack.press("Close")


def _press(tab: Tab, store: str, sku: str, label: str, place: str | None = None) -> None:
    def pressed() -> bool:
        for one in _row(tab, store, sku, place).find_elements("tag name", "button"):
            if (one.get_attribute("aria-label") or "").startswith(label):
                one.click()
                return True
        return False

    tab.until(f"{label} {sku}", pressed)


def test_a_newcomer_sees_a_sale_travel(open_tab: Callable[..., Tab]) -> None:
    """Turn a second store on, and buy in the first: both show it, and agree with ours."""
    slack = open_tab()
    turn_bay_supply_on(slack)
    slack.until("both to be on", lambda: slack.main.count("Sync On") == 2, TRAVELS_WITHIN)

    stores = open_tab()
    stores.open(f"/stores?sku={SOLD}")
    stores.until("the shelves", lambda: len(stores.find(".store")) == 7)
    before = shows(stores, "north-harbour", SOLD, COUNTER)
    stores.until(
        "Bay Supply to show the counter's stock",
        lambda: shows(stores, "bay-supply", SOLD) == before,
        TRAVELS_WITHIN,
    )
    _press(stores, "north-harbour", SOLD, "Buy", COUNTER)
    stores.until(
        "the sale to arrive at Bay Supply",
        lambda: shows(stores, "bay-supply", SOLD) == before - 1,
        TRAVELS_WITHIN,
    )
    stores.until(
        "both stores to agree with ours",
        lambda: (
            [one.get_attribute("data-store") for one in stores.find("#strip li.agrees")]
            == ["north-harbour", "bay-supply"]
        ),
        TRAVELS_WITHIN,
    )
    watched = [one.text for one in stores.find("#strip .watched")]
    assert f"{COUNTER}: shows {before - 1}, ours {before - 1}" in watched


def test_an_order_is_sent_cancelled_and_refunded(stores: Tab) -> None:
    before = shows(stores, "north-harbour", "TOWEL-BLUE", HARBOUR)
    _press(stores, "north-harbour", "TOWEL-BLUE", "Buy", HARBOUR)
    _open(stores, "orders-north-harbour")
    stores.until("the order", lambda: _orders(stores, "TOWEL-BLUE"))
    stores.until(
        "its number", lambda: shows(stores, "north-harbour", "TOWEL-BLUE", HARBOUR) == before - 1
    )
    stores.until("Cancel", lambda: _act(stores, "TOWEL-BLUE", "Cancel"))
    stores.until("it to be closed", lambda: "closed" in _orders(stores, "TOWEL-BLUE")[0].text)
    stores.until(
        "its unit back", lambda: shows(stores, "north-harbour", "TOWEL-BLUE", HARBOUR) == before
    )


def _open(tab: Tab, key: str) -> None:
    def opened() -> bool:
        (summary,) = tab.find(f"summary[data-key='{key}']")
        if summary.find_element("xpath", "..").get_attribute("open") is None:
            summary.click()
        return True

    tab.until(key, opened)


def _orders(tab: Tab, sku: str) -> list[WebElement]:
    return [one for one in tab.find("#store-north-harbour .orders li") if sku in one.text]


def _act(tab: Tab, sku: str, words: str) -> bool:
    for one in _orders(tab, sku)[0].find_elements("tag name", "button"):
        if one.text == words:
            one.click()
            return True
    return False


def test_trouble_is_switched_on_told_and_switched_off(stores: Tab) -> None:
    _open(stores, "faults-north-harbour")
    stores.until("the switch", lambda: _flip(stores, "north-harbour", "error_before"))
    stores.until(
        "the trouble in the heading",
        lambda: "error_before" in stores.find("#store-north-harbour")[0].text,
    )
    stores.open("/?as=manager&at=stock-alerts")
    stores.until(
        "the alert", lambda: "North Harbour" in stores.main and "answer" in stores.main, 60
    )
    stores.open("/stores")
    stores.until("the shelves", lambda: len(stores.find(".store")) == 7)
    _open(stores, "faults-north-harbour")
    stores.until("the switch", lambda: _flip(stores, "north-harbour", "error_before"))
    stores.open("/?as=manager&at=stock-alerts")
    stores.until("the recovery", lambda: "Recovered" in stores.main, 120)


def _flip(tab: Tab, store: str, kind: str) -> bool:
    found = tab.find(f"#store-{store} [data-key='fault-{store}-{kind}']")
    if found:
        found[0].click()
    return bool(found)


def test_a_shopper_buys_until_told_to_stop(stores: Tab) -> None:
    stores.find("#shopper option[value='1']")[0].click()
    stores.until("a purchase", lambda: "1 x " in stores.find("#shopper small")[0].text)
    stores.until("the choice", lambda: stores.find("#shopper option[value='']"))[0].click()
    stores.until(
        "rest", lambda: stores.tell("document.querySelector('#shopper select').value") == ""
    )
