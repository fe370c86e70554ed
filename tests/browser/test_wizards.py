"""Each platform's wizard, clicked through from the Home tab to Sync On."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.demo.merchant import COUNTER, HARBOUR
from sandbox.demo.opening import connect_all
from tests.browser.conftest import Running
from tests.browser.tab import Tab

OPENING = connect_all  # nothing is in sync yet
IN_SYNC = 60.0  # seconds


def _begin(tab: Tab, store: str) -> None:
    tab.reads(store)
    tab.press("Turn on sync", near=store)
    tab.reads("Step 1 of")


def to_the_end(running: Running, tab: Tab, platform: str) -> None:
    """Press the last button, and see the store in sync on the Home tab, with every number."""
    store = running.store(platform)
    tab.submit("Turn on sync")
    tab.reads("Sync is being turned on")
    tab.press("Close")
    tab.until(
        f"{store.title} to be in sync",
        lambda: line_of(tab, store.title).endswith("Sync On"),
        IN_SYNC,
    )
    tab.until("every number to agree", lambda: "0 on their way, 0 unexplained" in tab.main, IN_SYNC)


def line_of(tab: Tab, title: str) -> str:
    return next((line for line in tab.main.splitlines() if line.startswith(title)), "")


def copy(tab: Tab, title: str) -> None:
    """Walk from the review to the plan with Copy, into a warehouse of the store's own."""
    tab.submit("Next")
    tab.tick(f"Copy from {title}")
    tab.submit("Next")
    tab.tick(f"New warehouse: {title}")
    tab.submit("Next")
    tab.reads("What the store's listings will show")


def test_shopify(running: Running, mara: Tab) -> None:
    _begin(mara, "North Harbour")
    mara.submit("Next")
    mara.tick("Copy from North Harbour")
    mara.submit("Next")
    mara.choose(HARBOUR, f"New warehouse: {HARBOUR}")
    mara.choose(COUNTER, f"New warehouse: {COUNTER}")
    mara.submit("Next")
    mara.reads("What the store's listings will show")
    to_the_end(running, mara, "shopify")


@pytest.mark.parametrize(
    ("platform", "title"),
    [
        ("etsy", "KilnAndCloth"),
        ("ebay", "Tidepool Finds"),
        ("woocommerce", "reef-online.example"),
        ("bigcommerce", "Tidewater"),
        ("walmart", "Bay Supply"),
    ],
)
def test_the_others(running: Running, mara: Tab, platform: str, title: str) -> None:
    _begin(mara, title)
    if platform == "etsy":
        mara.submit("Next")
        assert mara.under("Prices in other currencies") == "Please complete this required field."
        mara.tick("I agree: one price")
    copy(mara, title)
    to_the_end(running, mara, platform)


def test_amazon_both_ways(running: Running, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.reads("Dune Trading")
    tab.press("Turn on sync", near="Dune Trading")
    tab.tick("Both FBM and FBA")
    tab.submit("Next")
    copy(tab, "Dune Trading")
    tab.submit("Next")
    tab.submit("Next")
    tab.tick("US:")
    tab.tick("CA:")
    tab.submit("Next")
    to_the_end(running, tab, "amazon")
