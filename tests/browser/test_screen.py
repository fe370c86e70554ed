"""What the page does as Slack does it: drafts, mistakes, menus, threads, narrow windows."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Running
from tests.browser.tab import Tab

STORE = "Tidewater"


def _first_step(tab: Tab) -> None:
    tab.reads(STORE)
    tab.press("Turn on sync", near=STORE)
    tab.reads("Step 1 of 4")


def test_back_keeps_answers_and_cancel_keeps_the_draft(mara: Tab) -> None:
    _first_step(mara)
    mara.submit("Next")
    mara.tick("Don't copy")
    mara.submit("Next")
    mara.reads("Step 3 of 4")
    mara.press("Back")
    mara.reads("Step 2 of 4")
    (chosen,) = mara.find("#modal input:checked")
    assert "Don't copy" in chosen.find_element(By.XPATH, "..").text
    mara.press("Cancel")
    mara.until("the modal to close", lambda: not mara.modal)
    mara.go("Home")
    mara.press("Resume", near=STORE)
    mara.reads("Step 2 of 4")
    mara.keys(Keys.ESCAPE)
    mara.until("the modal to close", lambda: not mara.modal)


def test_what_is_typed_stays_and_a_mistake_stands_under_its_field(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock adjust VASE-BLUE")
    mara.reads("Why?")
    mara.fill("Units", "many")
    mara.fill("Why?", "A parcel came back")
    mara.press("Save")
    assert mara.under("Warehouse") == "Please complete this required field."  # the client's own
    mara.choose("Warehouse", "Harbour warehouse")
    mara.press("Save")
    assert "number" in mara.under("Units")  # the app's
    (wrong,) = mara.find("#modal input[aria-invalid]")
    assert wrong.get_attribute("value") == "many"
    mara.fill("Units", "3")
    mara.press("Save")
    mara.until("the modal to end", lambda: not mara.find("#modal[open] footer .primary"))
    if mara.modal:
        mara.leave()
    assert "A parcel came back" in mara.answer_to("/stock why VASE-BLUE")


def test_one_types_on_once_a_window_is_closed(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock adjust VASE-BLUE")
    mara.reads("Why?")
    mara.leave()
    mara.keys("/stock show VASE-BLUE", Keys.ENTER)
    mara.reads("On hand = available + committed")


def test_an_option_is_suggested_by_the_app_and_taken_by_keys(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock unlinked reef-online.example")
    mara.press("Link to a product")
    mara.until("a field", lambda: mara.find("#modal [role='combobox']"))[0].click()
    mara.keys("Blue t")
    mara.until(
        "suggestions", lambda: len(mara.find("[role='listbox']:not([hidden]) [role='option']")) == 2
    )
    mara.keys(Keys.ARROW_DOWN, Keys.ENTER)
    mara.until(
        "the choice",
        lambda: mara.find("#modal [role='combobox']")[0].get_attribute("value") == "TEAPOT-BLUE",
    )


def test_the_command_menu_is_used_by_keys(mara: Tab) -> None:
    mara.go("# general")
    (field,) = mara.until("the composer", lambda: mara.find("#main .composer input"))
    field.send_keys("/stock st")
    menu = mara.until("the menu", lambda: mara.find(".menu:not([hidden]) li strong"))
    assert [one.text for one in menu] == ["/stock status", "/stock stores", "/stock stop-sell"]
    field.send_keys(Keys.ARROW_DOWN, Keys.TAB)
    assert field.get_attribute("value") == "/stock stores"
    field.send_keys(Keys.ENTER)
    mara.reads("KilnAndCloth")


def test_a_confirm_dialog_comes_before_the_act(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock unlinked reef-online.example")
    mara.reads("2 listings linked to no product")
    mara.press("Show one number on all")
    mara.agree("Cancel")
    mara.press("Show one number on all")
    mara.agree("Show one number on all")
    mara.until("both to be linked", lambda: "TWIN-1" in mara.answer_to("/stock show TWIN-1"))


def test_everybody_sees_what_is_theirs(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("viewer", "general")
    assert "manager" in tab.answer_to("/stock turn-on Tidewater")
    tab.become("guest")
    tab.until("the guest's own places", lambda: len(tab.find("nav li")) == 3)
    answer = tab.answer_to("/stock status")
    assert "North Harbour" not in answer


def test_the_inspector_tells_every_call_and_what_slack_refuses(running: Running, mara: Tab) -> None:
    mara.find("#inspector > summary")[0].click()
    mara.go("# general")
    mara.answer_to("/stock status")
    names = mara.until("calls", lambda: [one.text for one in mara.find("#inspector .name")])
    assert {"/stock", "response_url"} <= set(names)
    assert all(one.text.endswith(" ms") for one in mara.find("#inspector .ms"))
    running.demo.workspace.faults.refuse("views.publish", "internal_error")
    mara.go("Home")
    mara.until("Slack's own words", lambda: [one.text for one in mara.find("#inspector .error")])
    assert mara.find("#inspector .error")[0].text == "internal_error"


def test_a_command_that_is_none_says_so(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/nonsense")
    mara.until("the client's words", lambda: "not a valid command" in mara.find("#toast")[0].text)


def test_an_app_that_does_not_answer_shows_as_slack_shows_it(running: Running, mara: Tab) -> None:
    mara.reads("Connect a store")
    with running.demo.bot.standing_still():
        mara.press("Connect a store")
        mara.until("a sign of waiting", lambda: mara.find("#main button:disabled .spinner"))
        mara.until("a triangle beside the button", lambda: mara.find("#main .triangle"))
        mara.go("# general")
        mara.say("/stock status")
        mara.until("the words", lambda: "the app did not respond" in mara.find("#toast")[0].text)
    # It reads what waited; a window asked for by an act that is too old is not opened any more.
    assert "North Harbour" in mara.answer_to("/stock status")
    mara.go("Home")
    mara.press("Connect a store")
    mara.reads("Which platform is the store on")


def test_a_submission_without_an_answer_keeps_what_was_typed(running: Running, mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock adjust VASE-OCHRE")
    mara.reads("Why?")
    mara.choose("Warehouse", "Harbour warehouse")
    mara.fill("Units", "2")
    mara.fill("Why?", "A second look")
    with running.demo.bot.standing_still():
        mara.press("Save")
        mara.until("the banner", lambda: mara.find("#modal .banner"))
    assert "We had some trouble connecting" in mara.modal
    typed = [one.get_attribute("value") for one in mara.find("#modal .block.input input")]
    assert {"2", "A second look"} <= set(typed)


def test_a_picture_and_a_file_come_with_an_answer(mara: Tab) -> None:
    mara.go("# general")
    mara.say("/stock history MUG-BLUE")
    mara.until(
        "the picture of the level",
        lambda: mara.tell("[...document.querySelectorAll('figure img')].some(i => i.naturalWidth)"),
    )
    mara.say("/stock export")
    mara.go("Messages")
    (file,) = mara.until("the file", lambda: mara.find("a.file"))
    assert "The stock of every warehouse" in file.text
    assert str(file.get_attribute("download")).endswith(".csv")
    mara.until(
        "its content",
        lambda: mara.tell(
            "fetch(document.querySelector('a.file').href).then(a => a.text()).then("
            "t => t.startsWith('SKU,Title'))"
        ),
    )


def test_windows_stand_over_each_other(mara: Tab) -> None:
    mara.press("Connect a store")
    mara.reads("Which platform is the store on")
    mara.until("the menu", lambda: mara.find("#modal [role='combobox']"))[0].click()
    mara.keys("eb", Keys.ENTER)
    mara.reads("Open the page to connect your eBay store")
    mara.press("Close")
    mara.reads("Which platform is the store on")


def test_a_thread_is_read_and_written_in(mara: Tab) -> None:
    mara.go("# general")
    mara.say("Who counted the vases?")
    mara.until(
        "a way into the thread",
        lambda: mara.find("article.message:not(.only) .replies"),
    )[-1].click()
    (field,) = mara.until("the thread", lambda: mara.find("#thread .composer input"))
    field.send_keys("I did.", Keys.ENTER)
    mara.until("the reply", lambda: "I did." in mara.find("#thread .messages")[0].text)
    mara.until("its count", lambda: "1 reply" in mara.main)


def test_a_phone(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(size=(500, 800))  # Chromium's narrowest window
    _first_step(tab)
    width = tab.tell("document.documentElement.clientWidth")
    assert tab.tell("document.documentElement.scrollWidth") == width
    assert tab.find("#modal")[0].size["width"] == width
    tab.leave()
    tab.find("#menu")[0].click()
    tab.go("# general")
    assert "Only visible to you" in tab.answer_to("/stock status")
