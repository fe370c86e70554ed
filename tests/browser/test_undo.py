"""A first push is taken back: the store shows what it showed before, and its sync is off."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.demo.merchant import COUNTER
from tests.browser.tab import Tab
from tests.browser.test_stores import SOLD, TRAVELS_WITHIN, shows, turn_bay_supply_on

RETURNS_WITHIN = 120.0  # seconds; its orders are read once a minute


def test_turning_a_store_on_is_undone(open_tab: Callable[..., Tab]) -> None:
    stores = open_tab()
    stores.open(f"/stores?sku={SOLD}")
    stores.until("the shelves", lambda: len(stores.find(".store")) == 7)
    earlier = shows(stores, "bay-supply", SOLD)
    ours = shows(stores, "north-harbour", SOLD, COUNTER)
    assert earlier != ours

    slack = open_tab()
    turn_bay_supply_on(slack)
    stores.until(
        "Bay Supply to show our number",
        lambda: shows(stores, "bay-supply", SOLD) == ours,
        TRAVELS_WITHIN,
    )

    slack.go("# general")
    slack.say("/stock undo")
    slack.reads("sent Stockroom's numbers")
    slack.press("Undo ...", near="changes of stock by people")
    slack.reads("Goes back to")
    assert "nothing is written to it now" not in slack.modal, "what was never pushed is no news"
    slack.submit("Undo it")
    slack.reads("Undone")
    slack.leave()
    stores.until(
        "Bay Supply to show its earlier number",
        lambda: shows(stores, "bay-supply", SOLD) == earlier,
        RETURNS_WITHIN,
    )
    slack.go("# stock-alerts")
    slack.reads("Sync is off for Bay Supply", RETURNS_WITHIN)
    slack.reads("show their earlier number again")
