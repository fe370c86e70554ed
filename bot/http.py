"""The web side: Slack's events, the connect page, and what a supervisor asks.

GET /healthz   200 while the process lives
GET /readyz    200 when every part is ready, else 503; the body names each part
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.failures import Failed

MAX_BODY = 1024**2  # bytes; Slack's largest view is 250 KB, twice encoded
SHUTDOWN = 10.0  # seconds that running requests get to finish
READY_WITHIN = 5.0  # seconds; a supervisor gives up on us about then

Check = Callable[[], Awaitable[str | None]]
"""Looks at one part: None when it is ready, else what is wrong, without secrets."""

log = logging.getLogger(__name__)


def web_application(routes: Iterable[web.RouteDef], checks: Mapping[str, Check]) -> web.Application:
    """Make the one aiohttp application that all routes live on."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        answers = await asyncio.gather(*(_answer(check) for check in checks.values()))
        wrong = any(answers)
        parts = {name: answer or "ok" for name, answer in zip(checks, answers, strict=True)}
        body = {"status": "not ready" if wrong else "ready", **parts}
        return web.json_response(body, status=503 if wrong else 200)

    application = web.Application(client_max_size=MAX_BODY, middlewares=[_plain_errors])
    application.add_routes([*routes, web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return application


@asynccontextmanager
async def serving(application: web.Application, listen: tuple[str, int]) -> AsyncIterator[int]:
    """Serve until the block ends, then let running requests finish; yields the port."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        site = web.TCPSite(runner, *listen)
        try:
            await site.start()
        except OSError as error:
            raise Failed(
                f"Cannot listen on {listen[0]}:{listen[1]} ({error.strerror}). "
                "Is another Stockroom running? STOCKROOM_LISTEN chooses another port."
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _answer(check: Check) -> str | None:
    try:
        return await asyncio.wait_for(check(), READY_WITHIN)
    except TimeoutError:
        return f"no answer within {READY_WITHIN:.0f} s"


@web.middleware
async def _plain_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer what nobody foresaw with a bare 500; the log has the rest."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a web request failed", extra={"route": str(request.match_info.route)})
        return web.Response(status=500, text="Something went wrong on our side.\n")
