"""A queue with the body of its one task."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.queue import Queue
from tests.storage.jobs import FAST, Body


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database, FAST)


@pytest.fixture
def body(queue: Queue) -> Body:
    body = Body()
    queue.register("push", body)
    return body
