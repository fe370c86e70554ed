"""The rest of the rules, one by one: drift, refusals, failures of a store, what is never written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.shopify import Fault
from storage import incidents as incident_rows
from sync import drift, refusals
from sync.incidents import open_incidents
from sync.orders_in import read_orders
from tests.engine.world import Crash, World


async def audit(world: World) -> None:
    """Let the next audit come round and its readings settle."""
    world.clock.time += timedelta(hours=6)
    await world.rest(timedelta(minutes=4))


async def only_incident(world: World) -> incident_rows.IncidentRow:
    async with world.database.transaction() as session:
        (found,) = await open_incidents(session, world.workspace_id)
    return found


async def test_r7_a_hand_edit_is_held_and_asked_about(synced: World) -> None:
    synced.shops["alpha"].set_by_hand("MUG", 12)
    await audit(synced)
    found = await only_incident(synced)
    assert found.kind == "drift"
    assert found.facts["items"] == [{"sku": "MUG", "title": "MUG", "ours": 10, "theirs": 12}]
    assert synced.shown("alpha", "MUG") == 12
    assert (await synced.summary(1)).unexplained == 1
    # A sale elsewhere goes out meanwhile, as a difference on top of what is held.
    synced.shops["beta"].sell("MUG", 3)
    await synced.rest(timedelta(minutes=3))
    assert synced.shown("alpha", "MUG") == 9


@pytest.mark.parametrize(("choice", "number"), [("put_back", 10), ("adopt", 12)])
async def test_drift_is_settled_by_a_person(synced: World, choice: str, number: int) -> None:
    synced.shops["alpha"].set_by_hand("MUG", 12)
    await audit(synced)
    found = await only_incident(synced)
    for once in (True, False):
        async with synced.database.transaction() as session:
            assert once is await drift.settle_drift(
                session,
                synced.deps(),
                workspace_id=synced.workspace_id,
                incident_id=found.id,
                choice="adopt" if choice == "adopt" else "put_back",
                actor="U1",
            )
    await synced.rest(timedelta(minutes=4))
    assert (await synced.level("MUG"))[2] == number
    assert {synced.shown(name, "MUG") for name in synced.shops} == {number}
    assert await synced.incidents() == [("drift", found.subject, False)]
    assert await synced.imbalances() == []


async def test_drift_that_goes_away_by_itself_is_closed(synced: World) -> None:
    synced.shops["alpha"].set_by_hand("MUG", 12)
    await audit(synced)
    synced.shops["alpha"].set_by_hand("MUG", 10)
    await audit(synced)
    assert [(kind, still) for kind, _, still in await synced.incidents()] == [("drift", False)]
    assert (await synced.summary(1)).agree == 2


async def test_r6_one_bad_item_never_holds_up_the_others(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.variant("MUG").item.mutable = False
    await synced.adjust("MUG", -1)
    await synced.adjust("CUP", -1)
    await synced.rest(timedelta(minutes=2))
    assert (alpha.available("MUG"), alpha.available("CUP")) == (10, 4)
    found = await only_incident(synced)
    assert found.kind == "item_refused"
    assert found.facts["items"][0]["sku"] == "MUG"
    assert found.facts["items"][0]["reason"]
    assert (await synced.summary(1)).refused == 1
    # R7: it is tried again by itself, and at once when a person asks for it.
    alpha.variant("MUG").item.mutable = True
    async with synced.database.transaction() as session:
        assert (
            await refusals.retry_refused(
                session, synced.deps(), workspace_id=synced.workspace_id, incident_id=found.id
            )
            == 1
        )
    await synced.rest(timedelta(minutes=2))
    assert alpha.available("MUG") == 9
    assert [(kind, still) for kind, _, still in await synced.incidents()] == [
        ("item_refused", False)
    ]


async def test_r7_a_refusal_is_about_all_that_are_refused(synced: World) -> None:
    alpha = synced.shops["alpha"]
    for sku in ("MUG", "CUP"):  # one after the other: two calls
        alpha.variant(sku).item.mutable = False
        await synced.adjust(sku, -1)
        await synced.rest(timedelta(minutes=2))
    found = await only_incident(synced)
    assert found.facts["count"] == 2
    assert [item["sku"] for item in found.facts["items"]] == ["CUP", "MUG"]
    for sku in ("MUG", "CUP"):
        alpha.variant(sku).item.mutable = True
    async with synced.database.transaction() as session:
        retried = await refusals.retry_refused(
            session, synced.deps(), workspace_id=synced.workspace_id, incident_id=found.id
        )
    assert retried == 2
    await synced.rest(timedelta(minutes=2))
    assert (alpha.available("MUG"), alpha.available("CUP")) == (9, 4)
    assert [still for _, _, still in await synced.incidents()] == [False]


async def test_r7_what_a_store_takes_at_last_is_refused_no_more(synced: World) -> None:
    alpha = synced.shops["alpha"]
    for sku in ("MUG", "CUP"):
        alpha.variant(sku).item.mutable = False
        await synced.adjust(sku, -1)
    await synced.rest(timedelta(minutes=2))
    alpha.variant("MUG").item.mutable = True
    await synced.rest(timedelta(hours=1))
    found = await only_incident(synced)
    assert found.facts["count"] == 1
    assert [item["sku"] for item in found.facts["items"]] == ["CUP"]


async def test_r7_a_refusal_is_over_when_the_number_needs_no_write_any_more(
    synced: World,
) -> None:
    alpha = synced.shops["alpha"]
    alpha.variant("MUG").item.mutable = False
    await synced.adjust("MUG", -1)
    await synced.rest(timedelta(minutes=2))
    assert (await only_incident(synced)).kind == "item_refused"
    await synced.adjust("MUG", 1)  # what the store shows all the time
    await synced.rest(timedelta(minutes=2))
    assert [still for _, _, still in await synced.incidents()] == [False]
    summary = await synced.summary(1)
    assert (summary.refused, summary.agree) == (0, 2)


async def test_r7_a_refused_item_is_never_suspended_for_ever(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.variant("MUG").item.mutable = False
    await synced.adjust("MUG", -1)
    await synced.rest(timedelta(minutes=2))
    alpha.variant("MUG").item.mutable = True
    await synced.rest(timedelta(minutes=15))
    assert alpha.available("MUG") == 9


async def test_r5_a_raise_waits_for_the_orders_a_drop_does_not(synced: World) -> None:
    await synced.adjust("MUG", -1)
    await synced.work()
    assert (synced.shown("alpha", "MUG"), synced.shown("beta", "MUG")) == (9, 9)
    await synced.adjust("CUP", 5)
    await synced.work()
    assert (synced.shown("alpha", "CUP"), synced.shown("beta", "CUP")) == (5, 5)
    await synced.run(timedelta(seconds=25))
    assert (synced.shown("alpha", "CUP"), synced.shown("beta", "CUP")) == (5, 5)
    await synced.rest(timedelta(minutes=3))
    assert (synced.shown("alpha", "CUP"), synced.shown("beta", "CUP")) == (10, 10)


async def test_r5_sales_elsewhere_every_minute_do_not_hold_a_raise_up(synced: World) -> None:
    """The guard counts from the newest increase, not from every change after it."""
    await synced.adjust("MUG", 100)
    for _ in range(3):
        synced.shops["beta"].sell("MUG")
        await synced.run(timedelta(seconds=60))
    assert synced.shown("alpha", "MUG") >= 100


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (lambda shop: shop.set_tracked("MUG", False), "untracked"),
        (lambda shop: shop.archive("MUG"), "archived"),
        (lambda shop: shop.set_status("MUG", "DRAFT"), "switched off"),
        (lambda shop: shop.rename_sku("MUG", "OTHER"), "renamed"),
        (lambda shop: shop.add_listing("mug", 1), "duplicate"),
    ],
)
async def test_r8_what_must_not_be_written_is_not(synced: World, act: object, word: str) -> None:
    assert callable(act)
    act(synced.shops["alpha"])
    synced.clock.time += timedelta(hours=24)  # the next full pass sees it
    await synced.rest(timedelta(minutes=4))
    before = synced.shops["alpha"].level
    numbers = [level.available for level in synced.shops["alpha"].levels()]
    await synced.adjust("MUG", -4)
    await synced.rest(timedelta(minutes=4))
    assert callable(before)
    assert numbers == [level.available for level in synced.shops["alpha"].levels()], word
    assert synced.shown("beta", "MUG") == 6


async def test_r8_nothing_is_written_while_paused(synced: World) -> None:
    from sqlalchemy import text

    async with synced.database.transaction() as session:
        await session.execute(text("update store set sync_status = 'paused' where id = 1"))
    await synced.adjust("MUG", -4)
    synced.shops["alpha"].sell("CUP")
    await synced.rest(timedelta(minutes=4))
    assert synced.shown("alpha", "MUG") == 10
    assert synced.shown("beta", "CUP") == 4  # orders are read all the same


async def test_r3_equal_stamps_over_a_page_edge_and_a_crash_between_pages(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.set_by_hand("CUP", 2000)
    for number in range(260):
        alpha.sell("CUP", lag=timedelta(seconds=number % 3))
    alpha.set_by_hand("CUP", 2000 - 260)
    synced.wire.faults["Orders"] = ["fine", "crash_after"]
    synced.clock.time += timedelta(seconds=10)
    with pytest.raises(Crash):
        await read_orders(synced.deps(), 1)
    await synced.rest(timedelta(minutes=2))
    assert (await synced.level("CUP"))[1] == 260


async def test_a_dead_token_is_one_incident_until_it_works_again(synced: World) -> None:
    alpha = synced.shops["alpha"]
    token = alpha.token
    alpha.rotate_token()
    await synced.rest(timedelta(minutes=4))
    assert (await synced.summary(1)).health == "needs_reconnect"
    assert [(kind, still) for kind, _, still in await synced.incidents()] == [
        ("needs_reconnect", True)
    ]
    alpha.rotate_token(token)
    await synced.rest(timedelta(minutes=20))
    assert (await synced.summary(1)).health == "ok"
    assert [(kind, still) for kind, _, still in await synced.incidents()] == [
        ("needs_reconnect", False)
    ]


@pytest.mark.parametrize("fault", ["error_before", "html", "cut_off", "missing_fields"])
async def test_r7_a_store_that_is_down_is_told_once_and_recovers(synced: World, fault: str) -> None:
    alpha = synced.shops["alpha"]
    alpha.faults.switch_on(Fault(kind=fault))  # type: ignore[arg-type]  # one of its words
    await synced.adjust("MUG", -2)
    await synced.rest(timedelta(minutes=12))
    assert ("store_down", "orders", True) in await synced.incidents()
    assert (await synced.summary(1)).health == "failing"
    alpha.faults.clear()
    await synced.rest(timedelta(minutes=30))
    assert all(not still for _, _, still in await synced.incidents())
    assert (await synced.summary(1)).health == "ok"
    assert synced.shown("alpha", "MUG") == 8


async def test_a_single_failure_is_everyday_life(synced: World) -> None:
    synced.shops["alpha"].faults.switch_on(Fault(kind="error_before", count=1))
    await synced.rest(timedelta(minutes=4))
    assert await synced.incidents() == []


async def test_r3_a_reading_that_breaks_off_again_and_again_gets_through(synced: World) -> None:
    """Hours of orders are waiting, and the store answers one page at a time."""
    alpha = synced.shops["alpha"]
    alpha.set_by_hand("CUP", 3000)
    for _ in range(1500):
        synced.clock.time += timedelta(seconds=8)
        alpha.sell("CUP")
    alpha.set_by_hand("CUP", 3000 - 1500)
    synced.wire.faults["Orders"] = ["fine", "lost", "lost", "lost"] * 6
    await synced.rest(timedelta(minutes=10))
    assert (await synced.level("CUP"))[1] == 1500
    assert synced.wire.faults["Orders"] == []
    assert "store_down" not in [kind for kind, _, _ in await synced.incidents()]
    assert (await synced.summary(1)).health == "ok"


async def test_r7_an_order_for_an_unknown_item_is_told(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.add_listing("FRESH", 3)
    alpha.sell("FRESH")
    await synced.run(timedelta(seconds=70))
    found = await only_incident(synced)
    assert (found.kind, found.facts["sku"]) == ("unknown_item_order", "FRESH")


async def test_r5_a_drop_waits_for_no_refused_raise(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.variant("MUG").item.mutable = False
    await synced.adjust("MUG", 20)
    await synced.rest(timedelta(minutes=60))
    alpha.variant("MUG").item.mutable = True
    await synced.adjust("MUG", -30)
    await synced.rest(timedelta(minutes=1))
    assert {synced.shown(name, "MUG") for name in synced.shops} == {0}
