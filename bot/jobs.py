"""The work behind the jobs: which body each task runs, and the worker that runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.slack.outbox import deliver
from storage.queue import Queue
from storage.worker import Body
from sync.deps import Deps
from sync.fba import copy_fba
from sync.importing import import_products
from sync.orders_in import read_orders
from sync.push import push_store

StoreWork = Callable[[Deps, int], Awaitable[object]]

# The task's name is the kind of work in its key: one at a time per store and kind.
STORE_WORK: dict[str, StoreWork] = {
    "products": import_products,
    "orders": read_orders,
    "push": push_store,
    "fba": copy_fba,
}


def register(queue: Queue, deps: Deps, slack: AsyncWebClient) -> None:
    """Tell the queue what every task does."""

    async def outbox() -> None:
        with logs.about(action="outbox"):
            await deliver(deps, slack)

    for task, work in STORE_WORK.items():
        queue.register(task, _for_store(task, work, deps))
    queue.register("outbox", outbox)


async def run_worker(deps: Deps, slack: AsyncWebClient, stopping: asyncio.Event) -> None:
    """Run jobs until asked to stop, through any outage of the database."""
    register(deps.queue, deps, slack)
    await deps.queue.run_worker(stopping)


def _for_store(task: str, work: StoreWork, deps: Deps) -> Body:
    async def body(store_id: int) -> None:
        with logs.about(action=task, store=store_id):
            await work(deps, store_id)

    return body
