"""A bare Bolt app, set up as ours is: aiohttp, signed requests, acks that leave at once.

`python -m bench.bare_app` serves it; it does nothing but acknowledge and answer. Its
wizard comes twice: one knows nothing, one keeps its draft in Postgres, as ours has to.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any

from aiohttp import web
from psycopg_pool import AsyncConnectionPool
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.slack.ids import COMMAND, Call

SAID = "Alpha: on"
KEPT = "kept_wizard"
VIEW = {
    "type": "modal",
    "callback_id": Call.WIZARD,
    "title": {"type": "plain_text", "text": "Step 2 of 4"},
    "submit": {"type": "plain_text", "text": "Next"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": SAID}}] * 6,
}


def bare_app(token: str, signing_secret: str, pool: AsyncConnectionPool) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    app = AsyncApp(signing_secret=signing_secret, authorize=authorize, process_before_response=True)

    async def just_ack(ack: AsyncAck) -> None:
        await ack()

    async def answer(respond: AsyncRespond) -> None:
        await respond(text=SAID, response_type="ephemeral")

    async def step(ack: AsyncAck) -> None:
        await ack(response_action="update", view=VIEW)

    async def kept_step(ack: AsyncAck, body: dict[str, Any]) -> None:
        draft = json.loads(body["view"]["private_metadata"])["draft"]
        async with pool.connection() as connection:
            await connection.execute(
                "select step, answers, revision from draft where id = %s for update", (draft,)
            )
            await connection.execute(
                "update draft set step = 'copy', revision = revision + 1 where id = %s", (draft,)
            )
        await ack(response_action="update", view=VIEW)

    app.command(COMMAND)(ack=just_ack, lazy=[answer])
    app.view(Call.WIZARD)(step)
    app.view(KEPT)(kept_step)
    return app


async def main(environment: Any = os.environ) -> None:
    token, secret = environment["SLACK_BOT_TOKEN"], environment["SLACK_SIGNING_SECRET"]
    async with AsyncConnectionPool(environment["DATABASE_URL"], min_size=2, open=False) as pool:
        await _serve(bare_app(token, secret, pool), environment["STOCKROOM_LISTEN"])


async def _serve(app: AsyncApp, listen: str) -> None:

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ready")

    application = web.Application()
    application.add_routes([web.post("/slack/events", events), web.get("/readyz", ready)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    host, _, port = listen.rpartition(":")
    await web.TCPSite(runner, host, int(port)).start()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
