"""A demo that is up while a module is tested, and a real browser that looks at it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from sandbox.demo.opening import Demo, open_up
from sandbox.demo.run import Opening, up
from sandbox.story.run import throw_away
from sandbox.story.serving import Place
from sandbox.story.shopkeeper import Shopkeeper
from tests.browser.tab import Patient, Tab
from tests.contract.slack.official import official_errors_of

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
CHROMIUM, DRIVER = "chromium", "chromedriver"  # Debian's packages chromium and chromium-driver
UP_WITHIN = 120.0  # seconds; a demo takes about ten
# Without these Chromium calls its maker's servers, and needs what a bare machine lacks.
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@dataclass(frozen=True)
class Running:
    """A demo in a thread of its own; `do` runs something in its loop and returns the result."""

    demo: Demo
    loop: asyncio.AbstractEventLoop

    @property
    def address(self) -> str:
        return self.demo.address

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(UP_WITHIN)

    def store(self, platform: str) -> Shopkeeper:
        return next(one for one in self.demo.keepers if one.platform == platform)


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A demo of the module's own, begun by its OPENING; all it sent to Slack is looked over."""
    opening: Opening = getattr(request.module, "OPENING", open_up)
    place = Place((sys.executable, "-m", "bot.cli"), ROOT, ROOT / "manifest.yml")
    ready: Future[Running] = Future()
    stop = asyncio.Event()

    async def keep(home: Path) -> None:
        try:
            async with up(place, home, lambda _: None, opening=opening) as demo:
                ready.set_result(Running(demo, asyncio.get_running_loop()))
                await stop.wait()
        except BaseException as problem:
            if ready.done():
                raise
            ready.set_exception(problem)

    with throw_away() as home:
        thread = threading.Thread(target=lambda: asyncio.run(keep(home)))
        thread.start()
        try:
            made = ready.result(UP_WITHIN)
            yield made
            inspector = made.demo.workspace.inspector
            assert inspector.refusals() == []
            assert official_errors_of(inspector) == []
        finally:
            if ready.done() and not ready.exception():
                ready.result().loop.call_soon_threadsafe(stop.set)
            thread.join(UP_WITHIN)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which(CHROMIUM), shutil.which(DRIVER)
    if chromium is None or driver is None:
        pytest.fail("browser tests need Debian's packages chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for word in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(word)
    os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")
    made = webdriver.Chrome(options=options, service=Service(driver))
    made.error_handler = Patient()
    yield made
    made.quit()


@pytest.fixture
def open_tab(running: Running, browser: webdriver.Chrome) -> Iterator[Callable[..., Tab]]:
    """Open a window as somebody; at the end of the test the scripts must have had no trouble."""
    first = browser.current_window_handle
    opened: list[Tab] = []

    def tab(who: str = "manager", at: str = "app:home", size: tuple[int, int] = (1280, 900)) -> Tab:
        browser.switch_to.new_window("window")
        browser.set_window_size(*size)
        made = Tab(browser, running.address, browser.current_window_handle, who)
        made.open(f"/?as={who}&at={at}")
        opened.append(made)
        return made

    yield tab
    # What a store refuses is told to the person, and no mistake of the page.
    trouble = [
        line
        for line in logged(browser)
        if line["level"] == "SEVERE" and "Failed to load resource" not in line["message"]
    ]
    for handle in browser.window_handles:
        if handle != first:
            browser.switch_to.window(handle)
            browser.close()
    browser.switch_to.window(first)
    for one in opened:
        running.do(_close_modals(running, one.who))
    assert trouble == []


def logged(browser: webdriver.Chrome) -> list[dict[str, str]]:
    """Read what the scripts of the pages complained of."""
    lines: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return lines


@pytest.fixture
def mara(open_tab: Callable[..., Tab]) -> Tab:
    """Mara, a manager, on the Home tab."""
    return open_tab()


async def _close_modals(running: Running, who: str) -> None:
    person = running.demo.workspace.person(who)
    if person.modal is not None:
        await person.close(everything=True)
