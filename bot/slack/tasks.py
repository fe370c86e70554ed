"""Work that goes on after Slack has its answer: held until it ends, and never silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.lazy_listener.async_runner import AsyncLazyListenerRunner
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.util.utils import get_arg_names_of_callable

Failure = Callable[[Exception, AsyncBoltRequest], Awaitable[None]]

log = logging.getLogger(__name__)


class KeptTasks(AsyncLazyListenerRunner):
    """Runs Bolt's lazy listeners and our own follow-ups.

    asyncio itself keeps no hold of a running task, and Bolt would swallow what fails in one.
    """

    def __init__(self, on_failure: Failure) -> None:
        self.logger = log
        self._on_failure = on_failure
        self._running: set[asyncio.Task[None]] = set()

    def start(self, function: Callable[..., Awaitable[None]], request: AsyncBoltRequest) -> None:
        """Start a lazy listener; Bolt calls this."""
        self._keep(self._listen(function, request))

    def follow(
        self, work: Coroutine[Any, Any, None], failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        """Start work of our own; `failed` tells the person when it breaks."""
        self._keep(self._guard(work, failed))

    async def drain(self) -> None:
        """Wait until everything that runs, and what it starts, has ended."""
        while self._running:
            await asyncio.gather(*self._running)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _listen(
        self, function: Callable[..., Awaitable[None]], request: AsyncBoltRequest
    ) -> None:
        names = get_arg_names_of_callable(function)
        given = build_async_required_kwargs(
            logger=log,
            required_arg_names=names,
            request=request,
            response=None,
            this_func=function,
        )
        await self._guard(function(**given), lambda error: self._on_failure(error, request))

    async def _guard(
        self, work: Awaitable[None], failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # the last place that can tell anybody
            try:
                await failed(error)
            except Exception:
                log.exception("a failure could not be told to the person it met")
