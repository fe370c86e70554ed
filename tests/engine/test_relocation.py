"""Places linked, moved and left out while their store's sync stays on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.shopify.model import Location
from storage import locations, stores, warehouses
from sync import lifecycle
from sync.choices import Mode, OpenUnits
from sync.incidents import open_incidents
from sync.newcomers import settle_newcomers
from sync.plan import PlanProblem, PlanSummary
from sync.relocation import Relocated
from sync.show import find_product
from tests.engine.conftest import TIMES
from tests.engine.relocating import (
    MINUTE,
    confirm,
    houses,
    levels,
    planned,
    read_everything_again,
    relocate,
    rows,
    settled,
    shows,
)
from tests.engine.test_locations import available, change, link
from tests.engine.world import Crash, World


@pytest.fixture
async def store(world: World, cellar: Location) -> int:
    """Alpha in sync at its main location; its cellar is left out."""
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new", Cellar="none")
    await world.rest(4 * MINUTE)
    return store


async def test_r10_linking_later_with_copy_takes_what_is_shown(
    world: World, store: int, cellar: Location
) -> None:
    made = await planned(world, store, mode="copy", Cellar="new")
    assert [(m.kind, m.place, m.after) for m in made.moves] == [("linked", "Cellar", ("Cellar",))]
    assert [(v.sku, v.location, v.now, v.becomes) for v in made.sample] == [("POT", "Cellar", 4, 4)]
    assert await available(world, "POT") == {"Main warehouse": 7}
    assert isinstance(await confirm(world, made), Relocated)
    await settled(world, store)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 4}
    assert world.wire.writes == []
    await change(world, "POT", "Cellar", -1)
    await world.rest(3 * MINUTE)
    assert shows(world, cellar) == (7, 3)


async def test_linking_later_without_copy_shows_the_warehouses_number(
    world: World, store: int, cellar: Location
) -> None:
    made = await relocate(world, store, Cellar="Main warehouse")
    assert [(v.location, v.now, v.becomes) for v in made.sample] == [("Cellar", 4, 7)]
    await settled(world, store)
    assert shows(world, cellar) == (7, 7)
    assert await available(world, "POT") == {"Main warehouse": 7}


@pytest.mark.parametrize(
    ("mode", "answer", "after", "shown"),
    [
        # 4 stood in the cellar and 1 was sold: it shows 3, and one is still to be sent.
        ("copy", None, (4, 1), 3),
        ("keep", "in_numbers", (10, 1), 9),
        ("keep", "extra", (11, 1), 10),
    ],
)
async def test_open_lines_begin_when_their_place_is_linked_whatever_is_read_again(
    world: World,
    store: int,
    cellar: Location,
    mode: Mode,
    answer: OpenUnits | None,
    after: tuple[int, int],
    shown: int,
) -> None:
    alpha = world.shops["alpha"]
    alpha.sell("POT", 1, location=cellar)
    await world.rest(3 * MINUTE)
    assert "Cellar" not in await levels(world, "POT")
    house = "new"
    if mode == "keep":
        async with world.database.transaction() as session:
            attic = await warehouses.add(session, world.workspace_id, "Attic", world.clock.now())
            pot = await find_product(session, world.workspace_id, "POT")
        assert pot is not None
        await world.change(pot.id, attic, 10)
        house = "Attic"
    made = await relocate(world, store, mode=mode, open_units=answer, Cellar=house)
    assert (made.open_orders, made.open_units) == (1, 1)
    await settled(world, store)
    assert (await levels(world, "POT"))["Cellar"] == after
    assert shows(world, cellar)[1] == shown
    # All news once more (R2), then the parcel leaves: nothing is counted twice.
    await read_everything_again(world)
    assert (await levels(world, "POT"))["Cellar"] == after
    alpha.fulfil(alpha.orders[-1])
    await settled(world, store)
    assert (await levels(world, "POT"))["Cellar"] == (after[0] - 1, 0)
    assert shows(world, cellar)[1] == shown
    told = await rows(
        world,
        "select c.actor, c.kind from movement m join change_set c on c.id = m.change_set_id"
        " where m.cause = 'order'",
    )
    assert told == [("U1", "relocate")]


@pytest.mark.parametrize("seconds", [0, 45, 50, 70])
@pytest.mark.parametrize("mode", ["copy", "keep"])
async def test_r2_a_sale_at_any_moment_around_the_confirmation_counts_once(
    world: World, store: int, cellar: Location, mode: Mode, seconds: int
) -> None:
    """One is sold in the cellar; copied it began with 4, else with the 7 of its new warehouse."""
    alpha = world.shops["alpha"]
    at = world.clock.now() + timedelta(seconds=seconds)
    house = "new" if mode == "copy" else "Main warehouse"
    confirm_at = world.clock.now() + timedelta(seconds=50)
    made = await planned(world, store, mode=mode, open_units="in_numbers", Cellar=house)
    sold = False
    confirmed = False
    while world.clock.now() < at or not confirmed or not sold:
        if not sold and world.clock.now() >= at:
            alpha.sell("POT", 1, location=cellar)
            sold = True
        if not confirmed and world.clock.now() >= confirm_at:
            done = await confirm(world, made)
            confirmed = isinstance(done, Relocated)
            made = made if isinstance(done, Relocated) else done
        await world.run(timedelta(seconds=5))
    await settled(world, store)
    if mode == "copy":
        assert (await levels(world, "POT"))["Cellar"] == (4, 1)
        assert shows(world, cellar) == (7, 3)
    else:
        assert await levels(world, "POT") == {"Main warehouse": (7, 1)}
        assert shows(world, cellar) == (6, 6)
    alpha.cancel(alpha.orders[-1])
    await settled(world, store)
    assert shows(world, cellar) == ((7, 4) if mode == "copy" else (7, 7))


async def test_a_sale_after_the_question_is_an_ordinary_one(
    world: World, store: int, cellar: Location
) -> None:
    """The person said what waits was taken off already: of what came later nobody could know."""
    alpha = world.shops["alpha"]
    alpha.sell("POT", 1, location=cellar)
    await world.rest(2 * MINUTE)
    made = await planned(world, store, open_units="extra", Cellar="Main warehouse")
    alpha.sell("POT", 2, location=cellar)
    await world.run(MINUTE)
    assert isinstance(await confirm(world, made), Relocated)
    await settled(world, store)
    assert await levels(world, "POT") == {"Main warehouse": (8, 3)}
    assert shows(world, cellar) == (5, 5)


async def test_a_place_that_moves_with_copy_is_read_anew(
    world: World, store: int, cellar: Location
) -> None:
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    await change(world, "POT", "Cellar", 2)
    await settled(world, store)
    made = await relocate(world, store, mode="copy", Cellar="Main warehouse")
    assert [(m.kind, m.before) for m in made.moves] == [("moved", ("Cellar",))]
    await settled(world, store)
    # What the cellar shows is taken for both of them: it sets, it never adds.
    assert shows(world, cellar) == (6, 6)
    assert await available(world, "POT") == {"Main warehouse": 6, "Cellar": 6}


async def test_a_place_that_moves_without_copy_follows_its_new_warehouse(
    world: World, store: int, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    alpha.sell("POT", 1, location=cellar)
    await settled(world, store)
    made = await relocate(world, store, Cellar="Main warehouse")
    assert [(v.location, v.now, v.becomes) for v in made.sample] == [("Cellar", 3, 7)]
    await settled(world, store)
    assert shows(world, cellar) == (7, 7)
    # The order is followed in the warehouse that it was booked in.
    held = await rows(world, "select warehouse_id, committed from stock where committed > 0")
    alpha.fulfil(alpha.orders[-1])
    await settled(world, store)
    after = await rows(world, "select warehouse_id, on_hand, committed from stock")
    assert (held[0][0], 3, 0) in after
    assert shows(world, cellar) == (7, 7)


async def test_r8_a_place_left_out_keeps_its_number_and_its_orders_are_followed(
    world: World, store: int, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    alpha.sell("POT", 1, location=cellar)
    await settled(world, store)
    made = await relocate(world, store, Cellar="none")
    assert [(m.kind, m.place) for m in made.moves] == [("left_out", "Cellar")]
    assert made.counts == {"left_alone": 1}
    await change(world, "POT", "Cellar", 20)
    alpha.sell("POT", 1, location=cellar)
    await settled(world, store)
    assert shows(world, cellar) == (7, 2)
    assert (await levels(world, "POT"))["Cellar"] == (24, 1)
    alpha.fulfil(alpha.orders[-2])
    await settled(world, store)
    assert (await levels(world, "POT"))["Cellar"] == (23, 0)
    # Linked again, the order that came meanwhile begins, the earlier one is not booked twice.
    await relocate(world, store, mode="copy", Cellar="Cellar")
    await settled(world, store)
    assert (await levels(world, "POT"))["Cellar"] == (3, 1)
    assert shows(world, cellar) == (7, 2)


async def test_two_places_to_one_warehouse_copy_the_named_ones_number(
    world: World, store: int, cellar: Location
) -> None:
    """Nothing of what the warehouse held before is written to either of them in between."""
    alpha = world.shops["alpha"]
    barn = alpha.add_location("Barn")
    alpha.add_listing("PAN", 9, at=[alpha.locations[0], cellar, barn])
    alpha.set_by_hand("PAN", 3, cellar)
    alpha.set_by_hand("PAN", 5, barn)
    await world.rest(20 * MINUTE)
    async with world.database.transaction() as session:
        for incident in await open_incidents(session, world.workspace_id):
            if incident.kind == "new_listings":
                await settle_newcomers(
                    session,
                    world.deps(),
                    workspace_id=world.workspace_id,
                    incident_id=incident.id,
                    choice="theirs",
                )
    await world.rest(4 * MINUTE)
    async with world.database.transaction() as session:
        await warehouses.add(session, world.workspace_id, "Attic", world.clock.now())
    async with world.database.transaction() as session:
        pan = await find_product(session, world.workspace_id, "PAN")
    assert pan is not None
    await world.change(pan.id, (await houses(world))["Attic"], 40)
    made = await relocate(
        world, store, mode="copy", copy_from="Cellar", Cellar="Attic", Barn="Attic"
    )
    assert {(v.sku, v.location, v.becomes) for v in made.sample} >= {
        ("PAN", "Cellar", 3),
        ("PAN", "Barn", 3),
    }
    written: set[int] = set()
    for _ in range(30):
        await world.run(timedelta(seconds=10))
        written.add(alpha.available("PAN", barn))
    await settled(world, store)
    assert written == {5, 3}
    assert (alpha.available("PAN", cellar), alpha.available("PAN", barn)) == (3, 3)


async def test_the_other_places_are_kept_meanwhile(
    world: World, store: int, cellar: Location
) -> None:
    await relocate(world, store, mode="copy", Cellar="new")
    await change(world, "POT", "Main warehouse", -2)
    await world.run(timedelta(seconds=10))
    assert shows(world, cellar) == (5, 4)
    assert "Cellar" not in await available(world, "POT")
    await settled(world, store)


async def test_r11_a_crash_while_the_new_place_is_read_loses_nothing(
    world: World, store: int, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    alpha.sell("POT", 1, location=cellar)
    await world.rest(2 * MINUTE)
    await relocate(world, store, mode="copy", Cellar="new")
    world.wire.faults["Levels"] = ["crash_after"]
    world.wire.faults["Orders"] = ["crash_after"]
    crashes = 0
    for _ in range(40):
        try:
            await world.run(timedelta(seconds=5))
        except Crash:
            crashes += 1
    assert crashes
    await settled(world, store)
    assert (await levels(world, "POT"))["Cellar"] == (4, 1)


async def test_r10_what_changed_meanwhile_is_shown_again_and_twice_is_once(
    world: World, store: int, cellar: Location
) -> None:
    made = await planned(world, store, mode="copy", Cellar="new")
    await relocate(world, store, mode="copy", Cellar="Main warehouse")
    await world.rest(4 * MINUTE)
    assert await confirm(world, await planned(world, store, Cellar="new")) is not None
    with pytest.raises(PlanProblem) as gone:  # another plan was made for the store since
        await confirm(world, made)
    assert gone.value.code == "gone"
    held = await planned(world, store, Cellar="none")
    await relocated_behind(world, store)
    again = await confirm(world, held)
    assert isinstance(again, PlanSummary)
    assert isinstance(await confirm(world, again), Relocated)
    assert isinstance(await confirm(world, again), Relocated)
    assert len(await rows(world, "select 1 from audit where act = 'store.relocate'")) == 3
    with pytest.raises(PlanProblem) as same:
        await planned(world, store, Cellar="none")
    assert same.value.code == "same"


async def relocated_behind(world: World, store: int) -> None:
    """Link the cellar to another warehouse behind a plan's back."""
    async with world.database.transaction() as session:
        barn = await warehouses.add(session, world.workspace_id, "Barn", world.clock.now())
        place = next(p for p in await locations.of_store(session, store) if p.name == "Cellar")
        await locations.decide(session, place.id, "linked", barn)


async def test_sync_that_was_turned_off_meanwhile_refuses(
    world: World, store: int, cellar: Location
) -> None:
    made = await planned(world, store, Cellar="new")
    async with world.database.transaction() as session:
        await lifecycle.turn_off(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
    with pytest.raises(PlanProblem) as off:
        await confirm(world, made)
    assert off.value.code == "off"


async def test_a_new_location_is_linked_without_turning_sync_off(world: World) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new")
    place = alpha.add_location("Cellar")
    alpha.add_listing("POT", 6, at=[place])
    await world.rest(35 * MINUTE)
    alpha.sell("POT", 2, location=place)
    await world.rest(2 * MINUTE)
    assert {kind for kind, _, _ in await world.incidents()} == {
        "new_location",
        "unknown_item_order",
    }
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    assert await levels(world, "POT") == {"Cellar": (6, 2)}
    summary = await world.summary(store)
    assert (summary.sync_status, summary.agree) == ("on", 3)


async def test_a_paused_store_is_written_once_it_is_resumed(
    world: World, store: int, cellar: Location
) -> None:
    given = {"workspace_id": world.workspace_id, "store_id": store, "actor": "U1"}
    async with world.database.transaction() as session:
        await lifecycle.pause(session, world.deps(), **given)  # type: ignore[arg-type]  # as they are
    await relocate(world, store, Cellar="Main warehouse")
    await world.rest(4 * MINUTE)
    assert shows(world, cellar) == (7, 4)
    async with world.database.transaction() as session:
        await lifecycle.resume(session, world.deps(), **given)  # type: ignore[arg-type]  # as they are
    await settled(world, store)
    assert shows(world, cellar) == (7, 7)


async def test_linking_a_place_lets_nothing_in_that_nobody_was_asked_about(
    world: World, store: int, cellar: Location
) -> None:
    """A new listing stands in both places and waits for an answer: it gets it for both."""
    alpha = world.shops["alpha"]
    alpha.add_listing("PAN", 9, at=[alpha.locations[0], cellar])
    await world.rest(20 * MINUTE)
    made = await relocate(world, store, mode="copy", Cellar="new")
    assert [view.sku for view in made.sample] == ["POT"]
    await world.rest(5 * MINUTE)
    assert (
        await rows(
            world,
            "select sku from listing where id in (select listing_id from target) and sku = 'PAN'",
        )
        == []
    )
    async with world.database.transaction() as session:
        [incident] = await open_incidents(session, world.workspace_id)
        await settle_newcomers(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            incident_id=incident.id,
            choice="theirs",
        )
    await settled(world, store)
    assert await available(world, "PAN") == {"Main warehouse": 9, "Cellar": 9}


async def test_what_is_kept_back_at_a_place_ends_with_it(
    world: World, store: int, cellar: Location
) -> None:
    """A number changed by hand waits for a decision; leaving its place out is one."""
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    world.shops["alpha"].set_by_hand("POT", 9, cellar)
    async with world.database.transaction() as session:
        await stores.audit_now(session, store)
    await world.rest(10 * MINUTE)
    assert [kind for kind, _, still in await world.incidents() if still] == ["drift"]
    await relocate(world, store, Cellar="none")
    await settled(world, store)
    assert shows(world, cellar) == (7, 9)


@pytest.mark.parametrize("word", ["none", "Main_warehouse"])
async def test_r11_a_place_changes_while_a_write_to_it_is_in_flight(
    world: World, store: int, cellar: Location, word: str
) -> None:
    await relocate(world, store, mode="copy", Cellar="new")
    await settled(world, store)
    world.wire.faults["SetQuantities"] = ["crash_after"]
    await change(world, "POT", "Cellar", -1)
    with pytest.raises(Crash):
        await world.run(timedelta(seconds=10))
    await relocate(world, store, mode="copy", Cellar=word.replace("_", " "))
    await settled(world, store)
    assert shows(world, cellar) == ((7, 3) if word == "none" else (3, 3))


async def test_r10_a_listing_that_came_to_a_place_meanwhile_is_shown_first(
    world: World, store: int, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    barn = alpha.add_location("Barn")
    await world.rest(20 * MINUTE)
    made = await planned(world, store, Cellar="none", Barn="Main warehouse")
    assert made.counts == {}
    alpha.add_listing("PAN", 9, at=[barn])
    await world.rest(20 * MINUTE)
    again = await confirm(world, made)
    assert isinstance(again, PlanSummary)
    assert again.counts == {"uncounted": 1}
    assert isinstance(await confirm(world, again), Relocated)
    await settled(world, store)
    assert alpha.available("PAN", barn) == 9
