"""States to begin in, and a world in one of them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests import databases
from tests.processes.states import State, States
from tests.processes.world import World, world

Begin = Callable[[State, int], AbstractAsyncContextManager[World]]


@pytest.fixture(scope="session")
def states(database_server: str, database_template: str) -> Iterator[States]:
    with ExitStack() as kept:
        yield States(database_server, database_template, kept)


@pytest.fixture
def begin(states: States, database_server: str, tmp_path: Path) -> Begin:
    """Begin in a state, with the seed of what people do; as often as one likes."""

    @asynccontextmanager
    async def one(state: State, seed: int) -> AsyncIterator[World]:
        with databases.fresh(database_server, await states.name(state)) as url:
            logs = Path(tempfile.mkdtemp(dir=tmp_path))
            async with world(url, logs, seed) as made:
                yield made

    return one
