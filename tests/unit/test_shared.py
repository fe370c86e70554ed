"""Answers shared by many: never too old, never another's, and not for the few."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack.shared import FEW, OLDEST, RENEWED, Shared


class Source:
    """Counts up; says when it was asked, and answers when it may."""

    def __init__(self) -> None:
        self.time = 100.0
        self.begun: list[float] = []
        self.may = asyncio.Event()
        self.may.set()
        self.breaks = False
        self.shared: Shared[float] = Shared(lambda: self.time)

    async def work(self) -> float:
        self.begun.append(self.time)
        now = self.time
        await self.may.wait()
        if self.breaks:
            raise LookupError("the database is away")
        return now

    async def ask(self, key: int = 1) -> float:
        return await self.shared.get(key, self.work)

    async def crowd(self, key: int = 1) -> None:
        """Let so many ask that the next one shares."""
        for _ in range(FEW):
            await self.ask(key)


@pytest.fixture
async def source() -> Source:
    return Source()


async def test_a_few_each_get_an_answer_of_their_own_moment(source: Source) -> None:
    for asked in range(1, 10):
        source.time += OLDEST / FEW + 0.01
        assert await source.ask() == source.time
        assert len(source.begun) == asked


async def test_many_share_one_answer(source: Source) -> None:
    await source.crowd()
    before = len(source.begun)
    source.may.clear()
    crowd = [asyncio.create_task(source.ask()) for _ in range(50)]
    await asyncio.sleep(0)
    source.may.set()
    assert set(await asyncio.gather(*crowd)) == {source.time}
    assert len(source.begun) == before + 1


async def test_nobody_is_given_what_is_older_than_a_second_and_nobody_waits(
    source: Source,
) -> None:
    await source.crowd()
    await source.ask()
    begun = source.time
    for step in range(200):
        source.time = begun + 0.02 * step
        given = await source.ask()
        assert source.time - given < OLDEST
        assert step == 0 or given < source.time  # made ahead, by those who asked before
        for _ in range(3):
            await asyncio.sleep(0)  # others get their turn
    assert len(source.begun) <= FEW + 1 + 4 / RENEWED


async def test_a_slow_renewal_is_waited_for_when_the_last_answer_is_too_old(
    source: Source,
) -> None:
    await source.crowd()
    first = await source.ask()
    source.time += RENEWED
    for _ in range(FEW):
        source.may.clear()
        assert await source.ask() == first  # the renewal is under way
    source.time += OLDEST - RENEWED
    renewed = asyncio.create_task(source.ask())
    await asyncio.sleep(0)
    assert not renewed.done()
    source.may.set()
    assert await renewed > first


async def test_what_one_workspace_asked_is_given_to_no_other(source: Source) -> None:
    async def work(key: int) -> int:
        return key

    shared: Shared[int] = Shared(lambda: source.time)
    for _ in range(3 * FEW):
        for key in (1, 2):
            assert await shared.get(key, lambda key=key: work(key)) == key  # type: ignore[misc]


async def test_a_failure_is_told_to_those_who_wait_and_not_kept(source: Source) -> None:
    await source.crowd()
    source.breaks = True
    with pytest.raises(LookupError):
        await source.ask()
    source.breaks = False
    assert await source.ask() == source.time


async def test_one_who_gives_up_takes_nobody_elses_answer(source: Source) -> None:
    await source.crowd()
    source.may.clear()
    gone, stays = (asyncio.create_task(source.ask()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    source.may.set()
    assert await stays == source.time
