"""`/stock why SKU`: the number as a sum that adds up, and the rule behind every store's number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack import why_words
from bot.slack.views.pages import pages
from bot.slack.views.why import why
from sandbox.shopify import Shop
from sandbox.slack.blockkit import check_message
from storage import ledger, warehouses
from storage.database import Database
from storage.facts import ProductRow
from storage.ledger import Movement
from storage.movements import KIND, KINDS, Entry
from storage.places import Place
from sync import ledger as posting
from sync import show
from sync.drift import settle_drift
from sync.show import find_row
from sync.transfer import Transfer, transfer
from sync.why import PlaceWhy, Reason, Why, add_up, explain, rules
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, open_office

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def printed(answer: str, warehouse: str) -> tuple[int, int, int, int]:
    """The terms of a warehouse's sum added up, and its available, committed and on hand."""
    part = answer[answer.index(f"*{warehouse}*") :]
    found = re.search(
        r"= \*(-?[\d,]+) available\*.*\n(-?[\d,]+) available \+ (-?[\d,]+) committed"
        r" = \*(-?[\d,]+) on hand\*",
        part,
    )
    assert found, answer
    terms = re.findall(r"^([+-][\d,]+) ", part[: found.start()], flags=re.MULTILINE)
    stated, again, committed, on_hand = (int(n.replace(",", "")) for n in found.groups())
    assert stated == again
    return sum(int(term.replace(",", "")) for term in terms), stated, committed, on_hand


async def undo(office: Office, sku: str, units: int) -> None:
    """Book what an undo books."""
    world = office.world
    product = (await office.rows("select id from product where sku = :sku", sku=sku))[0].id
    warehouse = await world.warehouse()
    async with world.database.transaction() as session:
        change_set = await ledger.add_change_set(
            session,
            workspace_id=world.workspace_id,
            store_id=None,
            kind="undo",
            actor=office.manager.id,
            note="Wrong shelf",
            now=world.clock.now(),
        )
        await posting.post(
            session,
            world.queue,
            workspace_id=world.workspace_id,
            movements=[
                Movement(product, warehouse, units, 0, "undo", f"undo:{change_set}", change_set)
            ],
            change_set_id=change_set,
            now=world.clock.now(),
        )


async def adjust(office: Office, sku: str, how: str, number: str, reason: str) -> None:
    await office.slash(office.operator, f"adjust {sku}")
    await office.operator.choose("value", how, block_id="how")
    await office.operator.type("value", number, block_id="number")
    await office.operator.type("value", reason, block_id="reason")
    await office.submit(office.operator)
    await office.operator.close()


async def move_away(office: Office, sku: str, units: int) -> None:
    """Carry some units to another warehouse, which no store shows."""
    world = office.world
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, sku)
        assert product is not None
        attic = await warehouses.add(session, world.workspace_id, "Attic", world.clock.now())
        main = next(one.warehouse_id for one in product.warehouses)
        await transfer(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            wanted=Transfer(product.id, main, attic, units),
            actor=office.operator.id,
            note="up the stairs",
            key="up",
        )


async def test_r1_the_printed_sum_is_the_sum_of_all_kinds_of_movements(office: Office) -> None:
    world, shop = office.world, office.world.shops["alpha"]
    store = await world.connect("alpha")
    shop.sell("MUG", 2)  # open when the number is copied
    world.clock.time += timedelta(minutes=5)
    await world.turn_on(store, "copy")
    sold = shop.sell("MUG", 3)
    cancelled = shop.sell("MUG", 1)
    await world.rest()
    shop.fulfil(sold)
    shop.cancel(cancelled)
    await world.rest()
    shop.refund(sold, "MUG", 1, "RETURN")
    await world.rest()
    await adjust(office, "MUG", "change", "-2", "damaged <!channel>")
    await adjust(office, "MUG", "count", "9", "recount")
    await undo(office, "MUG", 4)
    await adjust(office, "MUG", "received", "6", "a parcel")
    await move_away(office, "MUG", 6)
    await world.rest()
    shop.set_by_hand("MUG", 20)
    await world.run(timedelta(hours=26), step=timedelta(minutes=40))
    incident = (await office.rows("select id from incident where kind = 'drift'"))[0].id
    async with world.database.transaction() as session:
        assert await settle_drift(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            incident_id=incident,
            choice="adopt",
            actor=office.operator.id,
        )
    await world.rest()
    booked = await office.rows(f"select distinct {KIND} as kind from movement m")  # noqa: S608
    assert {row.kind for row in booked} == set(KINDS) - {"fba"}  # that one: test_fba.py

    answer = await office.slash(office.viewer, "why  mug ")
    terms, available, committed, on_hand = printed(answer, "Alpha main")
    assert (on_hand, committed, available) == await world.level("MUG")
    assert terms == available == shop.available("MUG") == 20
    assert committed == 2
    assert "+8 copied from Alpha by Stockroom" not in answer
    assert re.search(r"\+8 copied from Alpha by <@U0MANAGER01>, <!date", answer)
    assert "-4 sold in 2 orders: #1003 (-1), #1002 (-3)" in answer
    assert "+1 free again from 1 order, cancelled or made smaller: #1003 (+1)" in answer
    assert "+1 sent and put back from 1 order: #1002 (+1)" in answer
    assert "-2 adjusted “damaged &lt;!channel&gt;” by <@U0OPERATOR1>" in answer
    assert "counted on the shelf “recount” by <@U0OPERATOR1>" in answer
    assert "+6 arrived" in answer
    assert "-6 moved between warehouses" in answer
    assert "+4 undone “Wrong shelf” by <@U0MANAGER01>" in answer
    assert "taken over from Alpha, which showed another number by <@U0OPERATOR1>" in answer
    assert "2 units of 1 order were on the shelf, sold already" in answer
    assert "3 units of 1 order were sent: #1002 (3)" in answer
    assert "2 units of 1 order still to be sent: #1001 (2)" in answer
    assert "<!channel>" not in answer
    assert why_words.OUT_OF_STEP not in answer
    assert "Should show *20*: Alpha main 20" in answer
    assert "It shows what it should." in answer

    await office.rows("update stock set on_hand = on_hand + 1")
    assert why_words.OUT_OF_STEP in await office.slash(office.viewer, "why MUG")


async def test_why_names_what_was_read_and_the_nearest_skus(office: Office) -> None:
    await office.world.connect("alpha")
    answer = await office.slash(office.viewer, "why mugg<")
    assert "“mugg&lt;”" in answer
    assert "Did you mean MUG?" in answer
    assert "/stock why SKU" in await office.slash(office.viewer, "why")
    answer = await office.slash(office.viewer, "why MUG")
    assert why_words.NOT_COUNTED_ANYWHERE in answer
    assert "Sync is off for this store" in answer


async def test_the_rules_of_two_stores_stand_beside_their_numbers(
    office: Office, shops: list[Shop]
) -> None:
    world = office.world
    alpha = await world.connect("alpha")
    await world.turn_on(alpha, "copy")
    beta = await world.connect("beta")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await office.rows("update store set buffer = 2, maximum = 6 where id = :id", id=beta)
    await world.adjust("MUG", 1)
    answer = await office.slash(office.viewer, "why MUG")
    assert "Should show *11*: Beta main 11" in answer
    assert "Going up waits until the store's orders since" in answer
    await world.rest()
    answer = await office.slash(office.viewer, "why MUG")
    assert "Should show *6*: Beta main 11 - 2 kept back, 6 at most" in answer
    assert re.search(r"Last sent \*6\* <!date[^>]+>: acknowledged", answer)
    assert re.search(r"Shows \*6\*, last read back <!date", answer)
    assert "2 units kept back from this store" in answer
    assert "The store shows 6 units at most" in answer

    shops[0].sell("MUG", 11)
    shops[1].sell("MUG", 2)
    await world.rest()
    answer = await office.slash(office.viewer, "why MUG")
    assert "= *-2 available*  ·  *oversold*" in answer
    assert "Oversold by 2 units, so the store shows 0." in answer
    shops[0].set_tracked("MUG", False)
    await office.rows("update store set sync_status = 'paused' where id = :id", id=beta)
    await world.run(timedelta(minutes=20), step=timedelta(minutes=1))
    answer = await office.slash(office.viewer, "why MUG")
    assert "does not track this listing's stock" in answer
    assert "Sync is paused" in answer


async def test_a_listing_that_is_not_linked_is_named_with_its_reason(
    database: Database, clock: SimulatedClock
) -> None:
    """The SKU stands once in alpha, and twice in beta: those two belong to nothing."""
    made = []
    for name, skus in {"alpha": ["MUG"], "beta": ["MUG", " mug "]}.items():
        shop = Shop(name, now=clock.now)
        shop.add_location("Main")
        for sku in skus:
            shop.add_listing(sku, 4)
        made.append(shop)
    async with open_office(database, *made, clock=clock) as office:
        await office.world.turn_on(await office.world.connect("alpha"), "copy")
        beta = await office.world.connect("beta")
        await office.rows("update store set sync_status = 'on' where id = :id", id=beta)
        answer = await office.slash(office.viewer, "why MUG")
        assert answer.count("uses the SKU “MUG” on more than one listing") == 1
        assert answer.count("uses the SKU “ mug ” on more than one listing") == 1
        await office.rows("update store set disconnected_at = now() where id <> :id", id=beta)
        await office.rows("delete from product")
        await office.rows("update store set name = '<!channel>' where id = :id", id=beta)
        answer = await office.slash(office.viewer, "why mug")
        assert why_words.STRAYS in answer
        assert answer.count("&lt;!channel&gt;: Not linked: the store uses the SKU") == 2
        assert "No product has the SKU “MUG”" in await office.slash(office.viewer, "show MUG")


async def test_r13_another_workspace_sees_nothing_of_it(office: Office) -> None:
    world = office.world
    await world.turn_on(await world.connect("alpha"), "copy")
    async with world.database.transaction() as session:
        product = await find_row(session, world.workspace_id, "MUG")
        assert product is not None
        ours = await explain(session, world.workspace_id, product, world.clock.now())
        theirs = await explain(session, world.workspace_id + 1, product, world.clock.now())
    assert (len(ours.warehouses), len(ours.places)) == (1, 1)
    assert (theirs.warehouses, theirs.places) == ((), ())


async def test_pages_are_turned_in_place(database: Database, clock: SimulatedClock) -> None:
    """A shop of many locations, each with a warehouse: more than one message takes."""
    shop = Shop("wide", now=clock.now)
    places = [shop.add_location(f"Place {number:02}") for number in range(40)]
    shop.add_listing("MUG", 5)
    for place in places[1:]:
        shop.stock_at("MUG", place, 5)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.turn_on(await office.world.connect("wide"), "copy")
        first = await office.slash(office.viewer, "why MUG")
        assert "*Place 00*" in first
        assert "Wide, Place 39" not in first
        before = len(office.viewer.ephemerals())
        seen = [first]
        while any(
            element["action_id"] == "why_page"
            for block in office.viewer.ephemerals()[-1]["blocks"]
            for element in block.get("elements", ())
            if block["type"] == "actions"
        ):
            await office.click(office.viewer, "why_page", on="message")
            seen.append(str(office.viewer.ephemerals()[-1]))
        assert len(office.viewer.ephemerals()) == before
        every = "\n".join(seen)
        for number in range(40):
            assert every.count(f"*Place {number:02}*") == 1
            assert every.count(f"*Wide, Place {number:02}*") == 1
        await office.click(office.viewer, "why_page_back", on="message")
        assert str(office.viewer.ephemerals()[-1]["blocks"]) != seen[-1]


PLACE = Place(
    store="Alpha", platform="shopify", settings={}, sync_status="on", fulfilment="merchant",
    health="ok", buffer=0, maximum=None, orders_read_at=NOW, location="Main", decision="linked", active=True, ours=True,
    sku="MUG", unlinked=None, state="active", offered=True, tracked=True, channel="merchant",
    warehouses=["Main"], parts=[5], in_sync=True, desired=5, shown=5, stopped=False, held=0, braked=0, returns_to=None,
    waits=False, in_flight=False, changed_there=False, reading_waits=False, unsure=False, rejected=None,
    retry_at=None, raised_at=None, unsettled_until=None, read_at=NOW, sent_value=5, sent_at=NOW,
    sent_outcome="applied", acked_value=5, acked_at=NOW,
)  # fmt: skip
LATER = NOW + timedelta(minutes=1)
CASES: dict[str, dict[str, Any]] = {
    "off": {"sync_status": "off"},
    "only_followed": {"fulfilment": "platform"},
    "paused": {"sync_status": "paused", "shown": 4},
    "unlinked_no_sku": {"unlinked": "no_sku"},
    "unlinked_duplicate": {"unlinked": "duplicate"},
    "unlinked_renamed": {"unlinked": "renamed"},
    "unlinked_ignored": {"unlinked": "ignored"},
    "fulfilled_elsewhere": {"channel": "fba"},
    "untracked": {"tracked": False},
    "not_on_sale": {"state": "archived", "offered": False},
    "not_renewed": {"state": "expired", "offered": False},
    "place_left_out": {"decision": "unlinked"},
    "place_undecided": {"decision": "open"},
    "place_inactive": {"active": False},
    "new_listing": {"in_sync": False, "desired": None},
    "uncounted": {"desired": None},
    "stopped agrees": {"stopped": True, "shown": 0},
    "taking_over": {"desired": None, "waits": True},
    "buffer agrees": {"buffer": 2, "desired": 3, "shown": 3},
    "maximum agrees": {"maximum": 4, "desired": 4, "shown": 4},
    "oversold agrees": {"parts": [-2], "desired": -2, "shown": 0},
    "buffer all_kept_back agrees": {"buffer": 9, "desired": -4, "shown": -1},
    "held as_decided": {"held": 2, "shown": 7},
    "returning on_its_way": {"returns_to": 9, "held": 2},
    "braked on_its_way": {"braked": 3, "shown": 9},
    "refused": {"shown": 6, "rejected": "No such item", "retry_at": LATER},
    "in_flight": {"shown": 6, "in_flight": True},
    "unknown reading_waits": {"shown": None, "reading_waits": True},
    "agrees": {},
    "agrees unsure": {"unsure": True},
    "needs_reconnect": {"shown": 6, "health": "needs_reconnect"},
    "changed_there": {"shown": 4, "changed_there": True},
    "raise_waits": {"shown": 4, "raised_at": NOW},
    "settling": {"shown": 6, "unsettled_until": LATER},
    "on_its_way": {"shown": 6},
}


@pytest.mark.parametrize(("codes", "differs"), CASES.items(), ids=list(CASES))
def test_every_rule_is_named_and_told(codes: str, differs: dict[str, Any]) -> None:
    place = replace(PLACE, **differs)
    found = tuple(rules(place, NOW))
    assert [reason.code for reason in found] == codes.split()
    blocks = why(Why(ProductRow(1, "MUG", "Mug"), (), (PlaceWhy(place, found),)))
    told = str([block.to_dict() for block in blocks])
    for reason in found:
        said = why_words.reason(reason, "\0").split("\0")[0]
        assert said in told
        assert "{" not in said


def test_no_rule_goes_without_a_case() -> None:
    assert {code for codes in CASES for code in codes.split()} == why_words.REASONS


def entry(number: int, kind: str | None, name: str) -> Entry:
    return Entry(
        warehouse_id=number, warehouse=name, on_hand=10**9, committed=0, counted=kind is not None,
        kind=kind, entries=10**6, kind_on_hand=10**9, kind_committed=0, own_on_hand=-(10**9),
        own_committed=10**9, at=NOW, actor="U1", note=name,
        order=name if kind in ("sold", "open", "sent") else None, store=name,
    )  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 30, 200])
@pytest.mark.parametrize("name", ["<!channel>", "☕" * 255, "x" * 300])
def test_every_page_is_a_valid_message(name: str, count: int) -> None:
    """Whatever things are called and however many there are, nothing is cut off or too long."""
    kinds: Callable[[int], list[str | None]] = lambda n: [*KINDS, "open"] if n % 7 else [None]  # noqa: E731
    houses = tuple(
        house
        for number in range(count)
        for house in add_up([entry(number, kind, f"{name}{number}") for kind in kinds(number)])
    )
    reason = Reason("refused", said=name * 3, at=NOW)
    places = tuple(
        PlaceWhy(replace(PLACE, store=f"{name}{n}", location=name), (reason,)) for n in range(count)
    )
    found = Why(ProductRow(1, name, name), houses, places)
    texts: list[str] = []
    for page in range(1000):
        blocks = [block.to_dict() for block in why(found, page)]
        if texts and str(blocks) == texts[-1]:
            break
        texts.append(str(blocks))
        assert not check_message({"text": "x", "blocks": blocks})
    every = "".join(texts)
    assert "<!channel>" not in every
    assert every.count("Should show") == count
    assert every.count("available +") == sum(1 for number in range(count) if number % 7)


def test_an_item_longer_than_a_page_goes_on_in_the_next() -> None:
    blocks = why(Why(ProductRow(1, "A", "B"), (), ()))
    filled = pages([blocks[:1] * 100, blocks[:1]])
    assert [len(page) for page in filled] == [45, 45, 11]
