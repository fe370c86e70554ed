"""Numbers that people bring in: counts and transfers at once, and whose they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storage import warehouses
from sync import show
from sync.counting import CountPlan, SheetProblem, book_sheet, plan_sheet
from sync.sheet_lines import SheetKind, read_sheet
from sync.transfer import Transfer, TransferProblem, plan_transfer, transfer
from tests.engine.world import World

UPSTAIRS = "Upstairs"


async def book(
    world: World,
    lines: str,
    *,
    kind: SheetKind = "count",
    seen: dict[int, int | None] | None = None,
    key: str = "k",
) -> CountPlan:
    house = await world.warehouse()
    async with world.database.transaction() as session:
        plan, _ = await book_sheet(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            warehouse_id=house,
            kind=kind,
            sheet=read_sheet(lines, kind),
            seen=seen,
            actor="U1",
            note="",
            key=key,
        )
    return plan


async def move(world: World, units: int, key: str) -> Any:
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, "MUG")
        houses = {h.name: h.id for h in await show.list_warehouses(session, world.workspace_id)}
        source = next(held for name, held in houses.items() if name != UPSTAIRS)
        assert product is not None
        return await transfer(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            wanted=Transfer(product.id, source, houses[UPSTAIRS], units),
            actor="U1",
            note="",
            key=key,
        )


@pytest.fixture
async def shelves(synced: World) -> World:
    """Both shops in sync with one warehouse (MUG 10, CUP 5), and an empty one beside it."""
    async with synced.database.transaction() as session:
        await warehouses.add(session, synced.workspace_id, UPSTAIRS, synced.clock.now())
    return synced


async def test_r1_deliveries_and_transfers_at_once_add_up(shelves: World) -> None:
    """Two people move seven of ten pieces at once: one of them is refused, nothing is lost."""
    done = await asyncio.gather(
        move(shelves, 7, "a"),
        move(shelves, 7, "b"),
        book(shelves, "CUP,4", kind="receive", key="c"),
        book(shelves, "cup,4", kind="receive", key="d"),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, TransferProblem)]
    assert [(one.code, one.available) for one in refused] == [("too_much", 3)]
    assert not [one for one in done if isinstance(one, Exception) and one not in refused]
    assert await shelves.level("CUP") == (13, 0, 13)
    await shelves.rest()
    for shop in ("alpha", "beta"):
        assert (shelves.shown(shop, "MUG"), shelves.shown(shop, "CUP")) == (3, 13)
    assert await shelves.imbalances() == []


async def test_r2_a_count_keeps_the_orders_that_were_booked_before_and_come_after(
    shelves: World,
) -> None:
    """Sold before the count, between look and booking, and after: each is taken off once."""
    alpha, beta = shelves.shops["alpha"], shelves.shops["beta"]
    alpha.sell("MUG", 1)
    await shelves.rest()
    async with shelves.database.transaction() as session:
        plan = await plan_sheet(
            session,
            shelves.deps(),
            workspace_id=shelves.workspace_id,
            warehouse_id=await shelves.warehouse(),
            kind="count",
            sheet=read_sheet("MUG,9", "count"),
        )
    assert [(x.before, x.after, x.available) for x in plan.lines] == [(10, 9, 8)]
    beta.sell("MUG", 1)
    await shelves.rest()
    await book(shelves, "MUG,9", seen=plan.seen())
    beta.sell("MUG", 1)
    await shelves.rest()
    assert await shelves.level("MUG") == (9, 3, 6)
    assert (shelves.shown("alpha", "MUG"), shelves.shown("beta", "MUG")) == (6, 6)
    # Now pieces come that the look did not see: nothing is booked over them unasked.
    await shelves.adjust("MUG", 5)
    with pytest.raises(SheetProblem, match="changed"):
        await book(shelves, "MUG,9", seen=plan.seen(), key="again")
    assert await shelves.level("MUG") == (14, 3, 11)
    # A delivery stands beside whatever moved.
    await book(shelves, "MUG,2", kind="receive", seen=plan.seen(), key="more")
    assert await shelves.level("MUG") == (16, 3, 13)


async def test_r13_another_workspace_has_neither_these_products_nor_these_warehouses(
    shelves: World,
) -> None:
    house, sheet = await shelves.warehouse(), read_sheet("MUG,1", "count")
    async with shelves.database.transaction() as session:
        found = await session.execute(
            text("""
                insert into workspace (team_id, name, created_at)
                values ('T2', 'Others', now()) returning id""")
        )
        others = int(found.scalar_one())
        theirs = await warehouses.add(session, others, "Theirs", shelves.clock.now())
        product = await show.find_product(session, shelves.workspace_id, "MUG")
        assert product is not None
        for warehouse_id, code in ((house, "gone"), (theirs, "faults")):
            with pytest.raises(SheetProblem, match=code):
                await plan_sheet(
                    session,
                    shelves.deps(),
                    workspace_id=others,
                    warehouse_id=warehouse_id,
                    kind="count",
                    sheet=sheet,
                )
        with pytest.raises(TransferProblem, match="unknown_product"):
            await plan_transfer(
                session, workspace_id=others, wanted=Transfer(product.id, house, theirs, 1)
            )
        with pytest.raises(TransferProblem, match="gone"):
            await plan_transfer(
                session,
                workspace_id=shelves.workspace_id,
                wanted=Transfer(product.id, house, theirs, 1),
            )


async def test_r14_what_lately_changed_counts_towards_what_is_kept_back(world: World) -> None:
    """A count in three parts is one count: the plan of the last says that it is kept back."""
    for number in range(60):
        world.shops["alpha"].add_listing(f"S{number:02}", 5)
    store = await world.connect("alpha", order_lag_seconds=30, reading_age_seconds=1)
    await world.turn_on(store, "copy")
    held = []
    for start in (0, 15, 30):
        lines = "\n".join(f"S{number:02},0" for number in range(start, start + 15))
        held.append((await book(world, lines, key=str(start))).held)
        await world.run(timedelta(minutes=2))
    assert held == [(), ("Alpha",), ("Alpha",)]
    await world.rest(timedelta(minutes=3))
    assert [world.shown("alpha", f"S{number:02}") for number in (0, 20, 40)] == [0, 5, 5]
