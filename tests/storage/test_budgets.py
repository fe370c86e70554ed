"""Budgets that every process shares."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from storage.budgets import StoredBudget
from storage.database import Database

HOUR = timedelta(hours=1)


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


async def test_a_budget_is_spent_and_comes_back_when_its_period_is_over(
    database: Database, time: Time
) -> None:
    budget = StoredBudget(database, time)
    begun = time.now
    for _ in range(5):
        assert await budget.take("feeds", 2, ceiling=10, period=HOUR) is None
        time.now += timedelta(minutes=5)
    assert await budget.take("feeds", 1, ceiling=10, period=HOUR) == begun + HOUR
    assert await budget.take("others", 10, ceiling=10, period=HOUR) is None
    time.now = begun + HOUR
    assert await budget.take("feeds", 10, ceiling=10, period=HOUR) is None
    assert await budget.take("feeds", 1, ceiling=10, period=HOUR) == time.now + HOUR


async def test_a_lower_ceiling_leaves_a_share_for_what_is_urgent(
    database: Database, time: Time
) -> None:
    budget = StoredBudget(database, time)
    assert await budget.take("calls", 8, ceiling=8, period=HOUR) is None
    assert await budget.take("calls", 1, ceiling=8, period=HOUR) is not None
    assert await budget.take("calls", 2, ceiling=10, period=HOUR) is None
    assert await budget.take("calls", 1, ceiling=10, period=HOUR) == time.now + HOUR


async def test_what_asks_for_more_than_there_ever_is_gets_nothing(
    database: Database, time: Time
) -> None:
    budget = StoredBudget(database, time)
    assert await budget.take("calls", 11, ceiling=10, period=HOUR) == time.now + HOUR
    assert await budget.take("calls", 10, ceiling=10, period=HOUR) is None


async def test_of_many_at_once_no_more_are_granted_than_there_are(
    database: Database, time: Time
) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    budgets = [StoredBudget(database, time), StoredBudget(other, time)]
    asked = [budgets[n % 2].take("calls", 1, ceiling=7, period=HOUR) for n in range(20)]
    answers = await asyncio.gather(*asked)
    await other.close()
    assert answers.count(None) == 7


async def test_periods_that_are_over_are_cleared_away(database: Database, time: Time) -> None:
    budget = StoredBudget(database, time)
    for number in range(30):
        await budget.take(f"listing {number}", 1, ceiling=250, period=HOUR)
    time.now += 2 * HOUR
    await budget.take("listing 3", 1, ceiling=250, period=HOUR)
    async with database.session() as session:
        names = (await session.execute(text("select name from budget"))).scalars().all()
    assert names == ["listing 3"]
