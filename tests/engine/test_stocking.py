"""Items that are not stocked at a location: left alone, or stocked once a person agreed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.shopify.model import Location
from storage import locations, stores
from sync import lifecycle, plan, stocking
from sync.choices import Choices, Decision, LocationChoice
from sync.importing import import_products
from sync.newcomers import settle_newcomers
from sync.open_orders import read_open_orders
from sync.plan import PlanSummary, plan_csv
from sync.refusals import retry_refused
from sync.relocation import Relocated, confirm_change
from tests.engine.conftest import TIMES
from tests.engine.relocating import planned
from tests.engine.test_locations import available, change
from tests.engine.world import Crash, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cellar(world: World) -> Location:
    """A second location of alpha, where neither MUG nor CUP is stocked."""
    return world.shops["alpha"].add_location("Cellar")


async def made(world: World, store: int, cellar: Decision = "link") -> PlanSummary:
    """Plan to copy the main location; the cellar shows the same shelf, or its own, or nothing."""
    async with world.database.transaction() as session:
        places = {place.name: place.id for place in await locations.of_store(session, store)}
        found = await session.execute(
            text("""
                insert into warehouse (workspace_id, name, name_key, created_at)
                values (:workspace, 'Shelf', 'shelf', :now)
                on conflict (workspace_id, name_key) do update set name = 'Shelf' returning id"""),
            {"workspace": world.workspace_id, "now": world.clock.now()},
        )
        shelf = int(found.scalar_one())
    chosen = [LocationChoice(places["Main warehouse"], "link", shelf)]
    if "Cellar" in places:
        house = shelf if cellar == "link" else None
        chosen.append(LocationChoice(places["Cellar"], cellar, house))
    choices = Choices("copy", tuple(chosen), copy_from=(places["Main warehouse"],))
    orders = await read_open_orders(world.deps(), store)
    async with world.database.transaction() as session:
        return await plan.make_plan(session, world.deps(), store, choices, orders)


async def turn_on(world: World, store: int, held: PlanSummary, *, agreed: bool) -> None:
    async with world.database.transaction() as session:
        done = await plan.confirm_plan(
            session,
            world.deps(),
            plan_id=held.id,
            actor="U1",
            channel=None,
            workspace_id=world.workspace_id,
            stock_items=agreed,
        )
    assert isinstance(done, plan.Confirmed)
    await world.until_on(store)


async def begin(world: World, *, agreed: bool, cellar: Decision = "link") -> int:
    store = await world.connect("alpha", **TIMES)
    await turn_on(world, store, await made(world, store, cellar), agreed=agreed)
    return store


def at(world: World, place: Location) -> dict[str, int]:
    """What alpha shows at a location, by SKU; what is not stocked there is not in it."""
    return {
        level.item.sku or "": level.available
        for level in world.shops["alpha"].levels()
        if level.location is place
    }


def calls(world: World) -> int:
    return world.wire.calls.count("StockAt")


async def settled(world: World, store: int) -> None:
    await world.rest(4 * MINUTE)
    summary = await world.summary(store)
    assert (summary.on_the_way, summary.unexplained, summary.refused) == (0, 0, 0)
    assert [kind for kind, _, still in await world.incidents() if still] == []
    assert await world.imbalances() == []


async def test_r9_without_consent_nothing_is_stocked_and_status_counts_it(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    alpha.stock_at("MUG", cellar, 4)
    store = await world.connect("alpha", **TIMES)
    alpha.unstock("MUG", cellar)  # what an import saw there is over
    async with world.database.transaction() as session:
        await session.execute(text("update store set products_full_at = null"))
    await import_products(world.deps(), store)
    held = await made(world, store)
    assert [(one.place, one.items, one.counted, list(one.named)) for one in held.not_stocked] == [
        ("Cellar", 2, 2, ["CUP", "MUG"])
    ]
    assert held.counts == {"same": 2}
    assert [line.location for line in held.sample] == ["Main warehouse", "Main warehouse"]
    async with world.database.transaction() as session:
        whole = await plan_csv(session, held.id)
    assert "MUG,MUG,Cellar,not stocked there; would show this if you have it stocked,,10" in whole
    await turn_on(world, store, held, agreed=False)
    await world.rest(20 * MINUTE)
    summary = await world.summary(store)
    assert (summary.not_stocked, summary.stocks_items, summary.agree) == (2, False, 2)
    assert (calls(world), at(world, cellar)) == (0, {})
    await settled(world, store)


async def test_r10_r8_only_what_was_agreed_to_is_stocked_and_only_after_the_confirmation(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    alpha.stock_at("CUP", cellar, 7)  # its old number must not come back
    alpha.unstock("CUP", cellar)
    alpha.add_listing("FREE", 3, tracked=False)
    alpha.add_listing("OLD", 2, status="ARCHIVED")
    alpha.add_listing(None, 2)
    barn = alpha.add_location("Barn")
    robot = alpha.add_location("Robot store", fulfillment_service=True)
    shown: list[dict[str, int]] = []
    world.wire.after_call["StockAt"] = [lambda: shown.append(at(world, cellar))] * 2
    store = await world.connect("alpha", **TIMES)
    held = await made(world, store)
    assert [(one.place, one.items) for one in held.not_stocked] == [("Cellar", 2)]
    await world.rest(2 * MINUTE)
    assert calls(world) == 0
    await turn_on(world, store, held, agreed=True)
    await settled(world, store)
    assert {number for seen in shown for number in seen.values()} == {0}
    assert at(world, cellar) == {"MUG": 10, "CUP": 5}
    assert (at(world, barn), at(world, robot), calls(world)) == ({}, {}, 2)
    async with world.database.transaction() as session:
        row = await stores.load(session, store)
        noted = (await session.execute(text("select actor, act, detail from audit"))).all()
    assert row is not None
    agreed = stocking.consent_of(row)
    assert agreed is not None
    assert agreed.by == "U1"
    assert ("U1", "store.stocking", {"allowed": True, "plan": str(held.id)}) in [
        tuple(each) for each in noted
    ]
    summary = await world.summary(store)
    assert (summary.not_stocked, summary.stocks_items, summary.agree) == (0, True, 4)


async def test_r5_what_is_stocked_rises_only_past_the_orders_of_its_store(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    world.wire.after_call["StockAt"] = [lambda: alpha.sell("MUG", 4)]
    store = await begin(world, agreed=True)
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 6, "CUP": 5}
    mug = alpha.item("MUG").id
    written = [
        each["quantity"]
        for write in world.wire.writes
        for each in write["input"]["quantities"]
        if (each["inventoryItemId"], each["locationId"]) == (mug, cellar.id)
    ]
    assert written == [6]


@pytest.mark.parametrize(
    ("fault", "made_in_all"),
    # Whether an unanswered one was done is read, so it need not be made again.
    [("crash_before", 3), ("crash_after", 3), ("lost", 3), ("unanswered", 2)],
)
async def test_r11_a_call_that_was_cut_off_is_made_again(
    world: World, cellar: Location, fault: str, made_in_all: int
) -> None:
    world.wire.faults["StockAt"] = [fault]
    crashed = False
    try:
        store = await begin(world, agreed=True)
    except Crash:
        crashed, store = True, 1
    try:
        await world.rest(4 * MINUTE)
    except Crash:
        crashed = True
    assert crashed == fault.startswith("crash")
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5}
    assert calls(world) == made_in_all


async def test_r11_a_worker_that_dies_after_recording_leaves_a_number_to_be_read(
    world: World, cellar: Location
) -> None:
    """The row says stocked, and nothing about what is shown: it is read like any other."""
    store = await begin(world, agreed=True)
    await world.rest(4 * MINUTE)
    async with world.database.transaction() as session:
        await session.execute(text("update target set shown = null, audited_at = null"))
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5}


async def test_r6_r7_a_refused_item_holds_up_no_other_is_told_and_tried_again(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    robot = alpha.add_location("Robot store", fulfillment_service=True)
    alpha.add_listing("JAR", 9, at=[robot])
    store = await begin(world, agreed=True)
    await change(world, "JAR", "Main warehouse", 3)
    await world.rest(20 * MINUTE)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5}
    summary = await world.summary(store)
    assert (summary.refused, summary.on_the_way) == (2, 0)  # at the main location as well
    assert ("item_refused", "stocking", True) in await world.incidents()
    assert calls(world) <= 2 + 2 * 2  # it rests between two tries
    async with world.database.transaction() as session:
        incident = (await session.execute(text("select id, facts from incident"))).one()
    [main, below] = sorted(incident.facts["items"], key=lambda item: str(item["title"]))[::-1]
    assert (main["title"], below["title"]) == ("Main warehouse", "Cellar")
    assert "fulfillment service" in below["reason"]
    alpha.stock_at("JAR", alpha.locations[0])
    alpha.unstock("JAR", robot)
    async with world.database.transaction() as session:
        retried = await retry_refused(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            incident_id=incident.id,
        )
    assert retried == 2
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5, "JAR": 3}


async def test_items_that_come_later_are_stocked_once_they_are_counted(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    store = await begin(world, agreed=True, cellar="new")
    await settled(world, store)
    # In a warehouse of its own nothing is counted yet: nobody knows how many there are.
    assert (calls(world), (await world.summary(store)).not_stocked) == (0, 2)
    await change(world, "MUG", "Cellar", 4)
    alpha.add_listing("POT", at=[])
    await world.rest(20 * MINUTE)
    assert at(world, cellar) == {"MUG": 4}
    await change(world, "POT", "Cellar", 0)
    await world.rest(20 * MINUTE)
    assert at(world, cellar) == {"MUG": 4, "POT": 0}
    assert await available(world, "POT") == {"Cellar": 0}
    await settled(world, store)


async def test_r8_new_listings_are_asked_about_before_anything_is_stocked(
    world: World, cellar: Location
) -> None:
    """Stocked at one location by hand, its number is asked about as ever; then the other follows."""
    alpha = world.shops["alpha"]
    store = await begin(world, agreed=True)
    await settled(world, store)
    alpha.add_listing("POT", 6)
    await world.rest(18 * MINUTE)
    await change(world, "POT", "Main warehouse", 2)
    await world.rest(18 * MINUTE)
    assert (calls(world), alpha.available("POT")) == (2, 6)
    [waiting] = [each for each in await world.incidents() if each[2]]
    assert waiting[0] == "new_listings"
    async with world.database.transaction() as session:
        found = await session.execute(text("select id from incident where closed_at is null"))
        assert await settle_newcomers(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            incident_id=found.scalar_one(),
            choice="theirs",
        )
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5, "POT": 6}


async def test_what_was_agreed_can_be_taken_back_and_nothing_more_is_stocked(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    store = await begin(world, agreed=True)
    await settled(world, store)
    async with world.database.transaction() as session:
        await lifecycle.pause(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
    alpha.add_listing("POT", at=[])
    await import_products(world.deps(), store)
    await change(world, "POT", "Main warehouse", 3)
    await import_products(world.deps(), store)
    await world.rest(3 * MINUTE)
    assert calls(world) == 2  # R8: paused
    with pytest.raises(stocking.StockingProblem):  # R13
        async with world.database.transaction() as session:
            await stocking.look(session, world.workspace_id + 1, store)
    async with world.database.transaction() as session:
        await stocking.take_back(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U2",
        )
        await lifecycle.resume(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
    await change(world, "MUG", "Main warehouse", -1)
    await world.rest(20 * MINUTE)
    # What is stocked already is kept on.
    assert (calls(world), at(world, cellar)) == (2, {"MUG": 9, "CUP": 5})
    summary = await world.summary(store)
    assert (summary.not_stocked, summary.stocks_items) == (2, False)
    await settled(world, store)


async def test_r10_a_location_that_is_linked_later_is_asked_about_in_its_own_plan(
    world: World, cellar: Location
) -> None:
    store = await begin(world, agreed=False, cellar="none")
    assert (await world.summary(store)).not_stocked == 0
    held = await planned(world, store, mode="keep", Cellar="Main warehouse")
    assert [(one.place, one.items, one.counted) for one in held.not_stocked] == [("Cellar", 2, 2)]
    assert held.counts == {}
    async with world.database.transaction() as session:
        done = await confirm_change(
            session,
            world.deps(),
            plan_id=held.id,
            actor="U1",
            workspace_id=world.workspace_id,
            stock_items=True,
        )
    assert isinstance(done, Relocated)
    await settled(world, store)
    assert at(world, cellar) == {"MUG": 10, "CUP": 5}
