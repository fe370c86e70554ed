"""Whatever a store calls its things, what is shown stays within Slack's limits."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.escape import duration, escape, short, when
from bot.slack.views import (
    adjust,
    alerts,
    counting,
    flow,
    home,
    kit,
    lifecycle,
    limits,
    low,
    product,
    transfer,
    undo,
    unlinked,
)
from bot.slack.views.home import Dashboard
from flows import engine, relocate, turn_on
from flows import lifecycle as life
from sandbox.slack.blockkit import characters, check_message, check_view
from sandbox.slack.blockkit.limits import BLOCKS_TEXT
from storage.facts import ListingView, ProductRow, WarehouseLevel
from storage.incidents import IncidentRow
from storage.prospects import Shift
from storage.rows import StoreRow
from storage.undo import Act as DoneAct
from storage.undo import UndoLine
from storage.unlinked import Counts, UnlinkedListing
from storage.warehouses import WarehouseRow
from sync.count_lines import Planned
from sync.counting import CountPlan
from sync.incidents import IncidentKind
from sync.limits import Limits
from sync.place_changes import Kind
from sync.plan import PlaceMove
from sync.sheet_lines import SheetLine
from sync.show import ProductView
from sync.store_limits import LimitsPlan, Shifted
from sync.stores import StoreSummary
from sync.transfer import Side, Transfer, TransferPlan
from sync.undo import Refused, UndoPlan
from tests.unit.flows.made import facts, location, plan, store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DRAFT = engine.Draft(UUID(int=1), 1, "review", {}, 0)

# Text as stores hold it: markup, emoji, long, empty of sense, never empty.
NAMES = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["<!channel>", "*bold* _it_ `x`", "&lt;", "x" * 255, "☕" * 100, "a\nb"]
)


def valid(view: Any) -> None:
    problems = check_view(view.to_dict())
    assert not problems, problems


def valid_answer(answer: tuple[str, list[Any]]) -> None:
    text, blocks = answer
    message = {"text": text, "blocks": [block.to_dict() for block in blocks]}
    problems = check_message(message)
    assert not problems, problems
    assert characters(message["blocks"]) <= BLOCKS_TEXT


@given(name=NAMES, other=NAMES)
def test_every_step_is_a_valid_view(name: str, other: str) -> None:
    held = store(
        store_name=name,
        locations=(location(1, other), location(2, name)),
        warehouses=(WarehouseRow(7, name, 3, [other]),),
    )
    for step in ("review", "copy", "map.0", "take.0", "orders", "open_units", "gap", "plan"):
        answers = {
            "mode": "copy" if step == "take.0" else "keep",
            "location-1": "link:7",
            "location-2": "link:7",
            "open_orders": {"orders": 1, "units": 2, "by_ref": {}},
        }
        draft = replace(DRAFT, step=step, answers=answers)
        made = replace(facts(replace(held, was_on=step == "gap")), plan=None)
        shown, result = turn_on.step(draft, made, None)
        valid(flow.render(shown, result))
        if isinstance(result, engine.ShowForm):
            errors = dict.fromkeys([c.key for c in result.choices()], other) | {"": name}
            valid(flow.render(shown, replace(result, errors=errors)))


@settings(deadline=None)
@given(name=NAMES, other=NAMES, places=st.booleans(), many=st.sampled_from([1, 45]))
def test_every_step_of_changing_places_is_a_valid_view(
    name: str, other: str, places: bool, many: int
) -> None:
    held = store(
        store_name=name,
        sync_status="on",
        has_locations=places,
        locations=(location(1, other if places else ""), location(2, name, active=places)),
        warehouses=(WarehouseRow(7, name, 3, [other]),),
    )
    kinds: tuple[Kind, ...] = ("linked", "moved", "summed", "left_out", "set_aside")
    moves = tuple(
        PlaceMove(kind, name if places else "", (other,), (name, other))
        for kind in kinds[: len(kinds) if places else 4]
        for _ in range(many)
    )
    made = replace(facts(held), plan=plan(moves=moves, confirmed=True))
    for step in (
        "map.0",
        "warehouses",
        "copy",
        "take.0",
        "orders",
        "open_units",
        "plan",
        "confirm",
    ):
        answers = {
            "mode": "keep" if step == "open_units" else "copy",
            "location-1": "link:7",
            "location-2": "link:7",
            "warehouses": ["link:7"],
            "open_orders": {"orders": 1, "units": 2, "asked": None},
        }
        shown, result = relocate.step(replace(DRAFT, step=step, answers=answers), made, None)
        valid(flow.render(shown, result))
    valid(flow.render(DRAFT, relocate.ended(made)))


@settings(max_examples=30, deadline=None)  # up to 120 options each
@given(name=NAMES, count=st.sampled_from([0, 1, 9, 10, 98, 99, 100, 120]), mode=st.booleans())
def test_every_choice_of_warehouses_is_a_valid_view(name: str, count: int, mode: bool) -> None:
    houses = tuple(WarehouseRow(number, name, 3, [name]) for number in range(1, count + 1))
    held = store(
        store_name=name, has_locations=False, locations=(location(1, ""),), warehouses=houses
    )
    chosen = ["new", *(f"link:{house.id}" for house in houses)]
    for step in ("warehouses", "receives"):
        for values in (chosen, []):
            answers = {"mode": "copy" if mode else "keep", "warehouses": values}
            draft = replace(DRAFT, step=step, answers=answers)
            shown, result = turn_on.step(draft, facts(held), None)
            valid(flow.render(shown, result))
            assert isinstance(result, engine.ShowForm)
            errors = {one.key: name for one in result.questions()}
            valid(flow.render(shown, replace(result, errors=errors)))


@settings(max_examples=30, deadline=None)  # up to 120 options each
@given(name=NAMES, count=st.integers(1, 120), act=st.sampled_from(life.Act))
def test_every_window_about_a_stores_life_is_valid(name: str, count: int, act: life.Act) -> None:
    status = "paused" if act == life.Act.RESUME else "on"
    one = life.Store(1, name, status, turning_on=False, open_orders=1, open_units=2)
    stores = [replace(one, id=number) for number in range(1, count + 1)]
    for chosen in (None, "1", "99", life.EVERY):
        valid(lifecycle.render(act, name, life.ask(act, stores, chosen)))
    valid(lifecycle.render(act, name, life.outcome(act, stores)))


@given(name=NAMES, number=st.sampled_from([1, 20, 21, 300]))
def test_what_was_done_to_many_stores_is_told_in_one_message(name: str, number: int) -> None:
    stores = [f"{n} {name}" for n in range(1, number + 1)]
    told = lifecycle.told({"act": "pause", "actor": "U1", "stores": stores})
    valid_answer(told)
    assert ("and 280 more" in told[0]) is (number == 300)


@given(name=NAMES, number=st.sampled_from([0, 7, 999_999_999]))
def test_the_windows_of_a_stores_limits_are_valid(name: str, number: int) -> None:
    held: dict[str, Any] = dict.fromkeys(field.name for field in fields(StoreRow))
    held |= {"id": 1, "name": name, "platform": "shopify"}
    held |= {"buffer": number, "maximum": number or None}
    row = StoreRow(**{**held, "sync_status": "paused"})
    wanted = Limits(0, number or None)
    sample = tuple(Shifted(name, name, number, 0) for _ in range(10))
    valid(limits.form(row, wanted, problem=name))
    valid(limits.confirm(row, wanted, LimitsPlan(number, {"to_zero": number}, sample)))


@given(name=NAMES)
def test_an_alert_states_the_fact_and_pings_nobody(name: str) -> None:
    for kind in IncidentKind:
        row = incident(kind, name)
        assert alerts.text(row).strip()
        for block in alerts.message(row, NOW):
            said = str(block.to_dict())
            assert "<!channel>" not in said
        alerts.message(replace(row, closed_at=NOW + timedelta(minutes=12)), NOW)


def incident(kind: str, name: str) -> IncidentRow:
    return IncidentRow(
        id=1,
        workspace_id=1,
        store_id=1,
        store_name=name,
        kind=kind,
        subject="",
        facts={
            "said": name,
            "sku": name,
            "title": name,
            "items": [{"sku": name, "title": name, "ours": 1, "theirs": 2, "reason": name}] * 20,
        },
        opened_at=NOW,
        last_at=NOW,
        repeats=3,
        closed_at=None,
        acknowledged_by="U1",
        snoozed_until=NOW + timedelta(hours=1),
        channel=None,
        message_ts=None,
    )


# Each example renders five pages of up to 100 blocks, at the speed of whatever machine it is.
@settings(max_examples=30, deadline=None)
@given(name=NAMES, count=st.integers(0, 70), incidents=st.integers(0, 130))
def test_home_never_outgrows_its_blocks(name: str, count: int, incidents: int) -> None:
    one = summary(name)
    board = Dashboard(
        stores=[replace(one, id=number) for number in range(count)],
        incidents=[incident("drift", name)] * incidents,
        resumable={1},
        role="manager",
        alert_channel="C1",
    )
    pages = [home.home(board, page) for page in range(5)]
    for view in pages:
        valid(view)
    if incidents:
        assert f"Open incidents: {incidents}" in str(pages[0].to_dict())
    assert home.home(board, -5).to_dict() == home.home(board, 0).to_dict()


def summary(name: str) -> StoreSummary:
    return StoreSummary(
        id=1,
        name=name,
        called=name,
        platform="shopify",
        account_id="1",
        platform_title="Shopify",
        sync_status="off",
        health="needs_reconnect",
        orders_read_at=None,
        pushed_at=NOW,
        importing=False,
        listings=1_000,
        linked=10,
        unlinked=990,
        agree=1,
        on_the_way=2,
        unexplained=3,
        uncounted=4,
        refused=5,
        left_alone=0,
        new=6,
        turning_on=None,
    )


@given(name=NAMES)
def test_a_product_in_many_places_is_not_cut_off(name: str) -> None:
    listing = ListingView(name, name, name, 1, None, "agrees", name, None)
    level = WarehouseLevel(1, name, 10, 2, -8, counted=True)
    view = ProductView(1, name, name, (level,) * 60, (listing,) * 60)
    said, page = "", 0
    while True:
        blocks = product.product(view, page=page)
        valid_answer((product.text(view), blocks))
        said += "".join(
            str(block.to_dict()["text"]["text"]) for block in blocks if block.type == "section"
        )
        page += 1
        if f"More (page {page + 1} of" not in str([block.to_dict() for block in blocks]):
            break
    assert said.count("on hand") == 60
    valid(adjust.adjust(view, [WarehouseRow(n, name, 0, []) for n in range(150)]))


# Lists longer than any that can be pasted, in more stores than anybody has.
@given(name=NAMES, number=st.sampled_from([0, 1, 300]))
def test_the_windows_of_numbers_brought_in_are_valid(name: str, number: int) -> None:
    houses = [WarehouseRow(n, name, 0, []) for n in range(1, 80)]
    lines = tuple(Planned(n, n, name, name, 3, n, 1, counted=bool(n % 2)) for n in range(number))
    shifts = tuple(Shift(n, f"{name} {n}", name, name, None, 0, False, 1) for n in range(number))
    left_out = tuple(SheetLine(n, name, 1) for n in range(number))
    plan = CountPlan("count", 1, name, lines, left_out, number, shifts, (name,) * number)
    valid(counting.form(houses, warehouse_id=3, pasted="A,1\n" * 700, reason=name))
    valid(counting.confirm(UUID(int=1), plan, problem=name))
    level = WarehouseLevel(1, name, 10, 2, 8, counted=True)
    view = ProductView(1, name, name, (level,) * 60, (), low_level=number)
    wanted = Transfer(1, 2, 3, 999_999_999)
    valid(transfer.form(view, houses, entered=wanted, reason=name, problem=name))
    side = Side(name, 3, -4, -5)
    moved = TransferPlan(ProductRow(1, name, name), side, side, shifts)
    valid(transfer.confirm(wanted, name, moved))
    valid(transfer.moved(moved))
    valid(low.form(view))


@given(lines=st.lists(st.text(max_size=7_000), max_size=8))
def test_sections_hold_every_word(lines: list[str]) -> None:
    blocks = kit.sections(lines, "head")
    texts = [block.to_dict()["text"]["text"] for block in blocks]
    assert all(0 < len(text) <= kit.TEXT for text in texts)
    assert "".join("".join(texts).split()) == "".join(("head" + "".join(lines)).split())


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (720, "12 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (200_000, "2 days"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def test_escaping_and_shortening() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert short("abc", 3) == "abc"
    assert short("abcd", 3) == "ab…"
    assert when(None) == "never"
    assert when(NOW) == (
        f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} at {{time}}|23 Nov 2026 12:00 UTC>"
    )


def test_a_store_without_locations_is_told_of_without_them() -> None:
    def told(kind: str, **facts: Any) -> str:
        return alerts.text(replace(incident(kind, "Alpha"), facts=facts))

    assert "another place now" in told("new_location", count=1, names=[""])
    assert "1 new location" in told("new_location", count=1, names=["Depot"])
    view = ListingView("Alpha", "", "A mug", 3, 3, "agrees", None, None)
    shown = str([block.to_dict() for block in product.product(_product(view))])
    assert "Alpha: shows 3" in shown


def test_items_that_a_store_refuses_to_stock_are_told_with_their_location() -> None:
    items = [{"sku": "JAR", "title": "Cellar", "reason": "No."}]
    held = replace(
        incident("item_refused", "Alpha"), facts={"what": "stocking", "count": 2, "items": items}
    )
    said = str([block.to_dict() for block in alerts.message(held, NOW)])
    assert "refuses to stock 2 items at a location" in said
    assert "JAR (Cellar): No." in said


def _product(listing: ListingView) -> ProductView:
    level = WarehouseLevel(1, "Shelf", 3, 0, 3, counted=True)
    return ProductView(1, "MUG", "A mug", (level,), (listing,))


@given(name=NAMES, number=st.sampled_from([1, 30]))
def test_the_list_and_the_window_of_an_undo_are_valid(name: str, number: int) -> None:
    when = datetime(2026, 11, 23, tzinfo=UTC)
    done = DoneAct(1, "turn_on", "U1", name, when, 1, name, number, None, None)
    gone = DoneAct(2, "change", "system", name, when, None, None, 1, "U2", when)
    valid_answer(undo.page([done, gone] * 5, 3 * number, 1))
    line = UndoLine(1, 1, name, name, name, 3, 9, 0, recounted=False, alone=True, elsewhere=False)
    shift = Shift(1, name, name, name, None, 0, False, 1)
    left = Refused(line, "committed")
    plan = UndoPlan(done, (line,) * number, (left,) * number, (shift,) * number, name)
    valid(undo.confirm(plan, problem=name))
    valid(undo.undone(plan))


@given(name=NAMES, number=st.sampled_from([1, 50_000]))
def test_the_lists_of_unlinked_listings_are_valid(name: str, number: int) -> None:
    reasons = ("no_sku", "duplicate", "renamed", "ignored", "chosen")
    rows = [UnlinkedListing(n, 1, name, name, name, why, name) for n, why in enumerate(reasons)]
    counts = Counts(number, number, 1, number)
    valid_answer(unlinked.answer(rows * 2, counts, unlinked.Press(name, 1)))
    seen = [UnlinkedListing(1, 1, name, name, name, "platform", name)] * 10
    valid_answer(unlinked.answer(seen, counts, unlinked.Press(name, 0, unwritten=True)))
    valid(unlinked.link(unlinked.Press(name, 0, 1), rows[0]))
