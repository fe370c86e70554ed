"""A store on Amazon that ships one way only: turned on to follow FBA, then for what is sent itself."""

from __future__ import annotations

from sandbox.demo.opening import connect_all
from tests.browser.conftest import Running
from tests.browser.tab import Tab
from tests.browser.test_wizards import IN_SYNC, copy, line_of, to_the_end

OPENING = connect_all  # nothing is in sync yet
DUNE = "Dune Trading"


def test_fba_alone_and_later_fbm_alone(running: Running, mara: Tab) -> None:
    mara.reads(DUNE)
    mara.until("products to be read", lambda: "Reading products" not in mara.main, IN_SYNC)
    mara.press("Turn on sync", near=DUNE)
    mara.tick("FBA: Amazon ships")
    mara.submit("Next")
    mara.reads("Step 1 of 3")
    mara.reads("Stockroom only follows FBA stock")
    mara.submit("Next")
    mara.submit("Next")
    assert mara.under("Marketplaces") == "Please complete this required field."
    mara.tick("US:")
    mara.submit("Next")
    mara.reads("copies the FBA stock of Dune Trading in US")
    mara.submit("Turn on sync")
    mara.reads("Sync is being turned on")
    mara.press("Close")
    mara.until("FBA to be followed", lambda: line_of(mara, DUNE).endswith("Sync On"), IN_SYNC)
    mara.reads("FBA US:", IN_SYNC)

    mara.more(DUNE, "Turn off sync")
    mara.reads("The FBA stock of Dune Trading is no longer copied")
    mara.press("Turn off sync")
    mara.agree("Turn off sync")
    mara.reads("Sync is off for Dune Trading")
    mara.press("Close")
    mara.until("sync to be off", lambda: line_of(mara, DUNE).endswith("Sync Off"))

    mara.press("Turn on sync", near=DUNE)
    mara.tick("FBM: you ship")
    mara.submit("Next")
    mara.reads("Step 1 of 4")
    copy(mara, DUNE)
    to_the_end(running, mara, "amazon")
