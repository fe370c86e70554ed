"""One window of a browser, used as a person uses it: by what can be read on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.errorhandler import ErrorHandler
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

T = TypeVar("T")
PATIENCE = 20.0  # seconds a person waits for something to show
# The page was drawn anew between a look and a click: look again.
_AGAIN = (
    NoSuchElementException,
    StaleElementReferenceException,
    ElementClickInterceptedException,
    ElementNotInteractableException,
)
# What chromedriver says since Chrome 134 where the page went on between two of its own calls,
# in place of StaleElementReferenceException (teamcapybara/capybara issue 2800).
_WENT_ON = "does not belong to the document"


class Patient(ErrorHandler):
    """Tell an element of a page that went on by its own name, so that one looks again."""

    def check_response(self, response: dict[str, Any]) -> None:
        try:
            super().check_response(response)
        except WebDriverException as problem:
            if _WENT_ON in (problem.msg or ""):
                raise StaleElementReferenceException(problem.msg) from problem
            raise


class Tab:
    """A window at one of the demo's pages."""

    def __init__(self, browser: Chrome, address: str, handle: str, who: str) -> None:
        self.who = who
        self._browser = browser
        self._address = address
        self._handle = handle

    # Looking ------------------------------------------------------------------------------

    @property
    def browser(self) -> Chrome:
        """The browser, with this window in front."""
        if self._browser.current_window_handle != self._handle:
            self._browser.switch_to.window(self._handle)
        return self._browser

    @property
    def modal(self) -> str:
        """Everything the topmost modal says; empty where none is open."""
        return self._says("#modal[open]")

    @property
    def main(self) -> str:
        """Everything the Home tab or the channel says."""
        return self._says("#main")

    @property
    def everything(self) -> str:
        """All that stands on the page, whichever it is."""
        return self._says("body")

    def until(self, what: str, look: Callable[[], T], patience: float = PATIENCE) -> T:
        """Look until something shows, and return it."""
        wait = WebDriverWait(self.browser, patience, 0.1, ignored_exceptions=_AGAIN)
        try:
            found: T = wait.until(lambda _: look())
        except TimeoutException:
            seen = self.modal or self.everything
            raise AssertionError(f"waited {patience:.0f} s for {what}; sees:\n{seen}") from None
        return found

    def find(self, selector: str) -> list[WebElement]:
        """Find elements as they stand now."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def tell(self, script: str) -> object:
        """Ask the page itself."""
        answer: object = self.browser.execute_script(f"return {script}")
        return answer

    def reads(self, words: str, patience: float = PATIENCE) -> None:
        """Wait until the modal says so, or what is behind it where none is open."""
        self.until(f'"{words}"', lambda: words in (self.modal or self.main), patience)

    def picture(self, path: Path) -> None:
        """Keep what the window shows."""
        self.browser.save_screenshot(str(path))

    # Acting -------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Go to a page of the demo, or to another address."""
        self.browser.get(path if "://" in path else f"{self._address}{path}")

    def go(self, place: str) -> None:
        """Choose a channel, or one of the app's tabs."""
        self._click(f"//nav//li/button[starts-with(normalize-space(), {_quoted(place)})]", place)

    def say(self, text: str) -> None:
        """Type into the channel that is open, and send it."""
        field = self.until(
            "a field to type in",
            lambda: self.browser.find_element(By.CSS_SELECTOR, "#main .composer input"),
        )
        field.send_keys(text, Keys.ENTER)

    def press(self, words: str, *, near: str | None = None) -> None:
        """Press the button that says so; `near`: the first one after these words."""
        here = "//dialog[@open][last()]" if self.modal else "//*[@id='main']"
        there = f"//*[contains(text(), {_quoted(near)})]/following::" if near else "//"
        self._click(f"{here}{there}button[normalize-space()={_quoted(words)}]", words)

    def more(self, near: str, words: str) -> None:
        """Choose in the menu behind the dots that follow some words."""
        here = f"//*[@id='main']//*[contains(text(), {_quoted(near)})]/following::details"
        self._click(f"{here}/summary", "⋯")
        self._click(f"{here}[@open]//button[contains(., {_quoted(words)})]", words)

    def agree(self, words: str) -> None:
        """Answer the confirm dialog."""
        self._click(
            f"//dialog[@id='ask' and @open]//button[normalize-space()={_quoted(words)}]", words
        )

    def tick(self, words: str) -> None:
        """Choose a radio button or a box by its words, unless it is chosen already."""
        path = f"//*[@id='modal']//label[contains(., {_quoted(words)})]/input"

        def ticked() -> bool:
            box = self.browser.find_element(By.XPATH, path)
            if not box.is_selected():
                box.click()
            return self.browser.find_element(By.XPATH, path).is_selected()

        self.until(f'the choice "{words}"', ticked)

    def choose(self, label: str, *options: str) -> None:
        """Choose in the select of a label; several options where it takes them."""
        for option in options:
            self._click(f"//*[@id='modal']//input[@id={self._field(label)}]", label)
            self._click(
                f"//ul[@role='listbox' and not(@hidden)]/li[contains(., {_quoted(option)})]", option
            )

    def fill(self, label: str, text: str) -> None:
        """Type into the field of a label, instead of what stands there."""
        path = f"//*[@id='modal']//*[@id={self._field(label)}]"

        def typed() -> bool:
            field = self.browser.find_element(By.XPATH, path)
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(text)
            return True

        self.until(f'the field "{label}"', typed)

    def under(self, label: str) -> str:
        """Read what stands under the field of a label as its mistake."""
        path = f"//*[@id='modal']//div[*[contains(@class, 'label') and contains(., {_quoted(label)})]]/div[@role='alert']"
        return self.until(
            f'a mistake under "{label}"', lambda: self.browser.find_element(By.XPATH, path).text
        )

    def submit(self, words: str) -> None:
        """Press the modal's own button, and wait until something else stands there."""
        before = self.modal
        self._click(f"//*[@id='modal']//footer/button[normalize-space()={_quoted(words)}]", words)
        self.until("the modal to go on", lambda: self.modal != before)

    def leave(self) -> None:
        """Close the modal by its X."""
        self._click("//*[@id='modal']//button[@aria-label='Close']", "the X")
        self.until("the modal to close", lambda: not self.modal)

    def keys(self, *keys: str) -> None:
        """Press keys where the focus is."""
        self.browser.switch_to.active_element.send_keys(*keys)

    def become(self, name: str) -> None:
        """Act as somebody else from now on."""
        self._click(f"//select[@id='people']/option[@value={_quoted(name)}]", name)
        self.who = name

    def answer_to(self, command: str) -> str:
        """Send a command and read what only this person is answered."""
        only = "#main article.message.only"
        before = len(self.find(only))
        self.say(command)
        return self.until(
            f"an answer to {command}",
            lambda: "\n".join(one.text for one in self.find(only)[before:]),
        )

    def _says(self, selector: str) -> str:
        """Read what stands in a place; in one call, so that no redrawing falls into it."""
        return str(self.tell(f"document.querySelector('{selector}')?.innerText ?? ''"))

    def _field(self, label: str) -> str:
        return f"//*[@id='modal']//label[contains(., {_quoted(label)})]/@for"

    def _click(self, path: str, words: str) -> None:
        def clicked() -> bool:
            self.browser.find_element(By.XPATH, path).click()
            return True

        self.until(f'"{words}"', clicked)


def _quoted(words: str) -> str:
    """Write words into an XPath, which knows no escape."""
    return f'"{words}"' if "'" in words else f"'{words}'"
