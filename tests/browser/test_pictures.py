"""Four pictures of the demo, for people who read about it first: `make pictures` keeps them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from sandbox.demo.merchant import HARBOUR
from tests.browser.conftest import Running
from tests.browser.tab import Tab

SIZE = (1200, 800)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: thrown away, unless STOCKROOM_PICTURES says where to keep them."""
    return Path(os.environ.get("STOCKROOM_PICTURES") or tmp_path)


def _looked_at(path: Path) -> None:
    """A picture that shows nothing has one colour."""
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > 50
        # Few colours make the pages: a palette keeps the file small.
        picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(path, optimize=True)


def test_the_home_tab_the_plan_the_stores_and_an_alert(
    running: Running, open_tab: Callable[..., Tab], folder: Path
) -> None:
    tab = open_tab(size=SIZE)
    tab.reads("Sync On")
    tab.picture(folder / "home.png")

    tab.press("Turn on sync", near="KilnAndCloth")
    tab.reads("Step 1 of 4")
    tab.tick("I agree: one price")
    tab.submit("Next")
    tab.tick("Don't copy")
    tab.submit("Next")
    tab.tick(HARBOUR)
    tab.submit("Next")
    tab.reads("What the store's listings will show")
    tab.picture(folder / "plan.png")
    tab.submit("Turn on sync")
    tab.press("Close")
    tab.until("both to be on", lambda: tab.main.count("Sync On") == 2, 60)

    stores = open_tab(size=SIZE)
    stores.open("/stores?sku=MUG-BLUE")
    stores.until("both to agree", lambda: len(stores.find("#strip li.agrees")) == 2, 60)
    running.do(running.store("shopify").act("sell", {"sku": "MUG-BLUE", "location": HARBOUR}))
    stores.until(
        "the sale", lambda: len(stores.find("#strip li.agrees")) == 2 and _sold(stores), 60
    )
    stores.picture(folder / "stores.png")

    running.do(running.store("etsy").act("token", {}))
    alerts = open_tab(at="stock-alerts", size=SIZE)
    alerts.reads("no longer sign in to KilnAndCloth", 60)
    alerts.picture(folder / "alert.png")
    for name in ("home", "plan", "stores", "alert"):
        _looked_at(folder / f"{name}.png")


def _sold(tab: Tab) -> bool:
    (sold,) = tab.find(f"#store-north-harbour tr[data-sku='MUG-BLUE'][data-place='{HARBOUR}']")
    (same,) = tab.find("#store-kiln-and-cloth tr[data-sku='MUG-BLUE']")
    numbers = [row.find_elements("css selector", "td.number")[1].text for row in (sold, same)]
    return numbers == ["11", "11"]
