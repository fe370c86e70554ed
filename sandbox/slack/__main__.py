"""Run a local Slack workspace as a process of its own: `python -m sandbox.slack manifest.yml`.

SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET say which secrets the workspace expects;
the app is started with the same ones. When it stands, one line `ready ADDRESS` is printed.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.slack.app import AppIdentity
from sandbox.slack.delivery_http import HttpDelivery
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace


def main() -> int:
    """Serve until SIGINT or SIGTERM; exit 2 with one readable line on bad settings."""
    options = _options()
    try:
        manifest = Manifest.load(options.manifest)
        app = _identity(os.environ)
    except (OSError, TypeError, ValueError) as problem:
        sys.stderr.write(f"sandbox.slack: {problem}\n")
        return 2
    asyncio.run(_serve(Workspace(manifest, app=app), options.host, options.port, options.url))
    return 0


async def _serve(workspace: Workspace, host: str, port: int, url: str | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(workspace, host, port))
        if url:
            delivery = HttpDelivery(url, workspace.app.signing_secret, workspace.now)
            stack.push_async_callback(delivery.close)
            workspace.deliver_through(delivery)
        sys.stdout.write(f"ready {address}\n")
        sys.stdout.flush()
        await stopping.wait()


def _identity(environment: Mapping[str, str]) -> AppIdentity:
    names = {
        "bot_token": "SLACK_BOT_TOKEN",
        "app_token": "SLACK_APP_TOKEN",
        "signing_secret": "SLACK_SIGNING_SECRET",
    }
    given = {field: environment[name] for field, name in names.items() if environment.get(name)}
    return AppIdentity(**given)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox.slack", description="A local Slack workspace.")
    parser.add_argument("manifest", type=Path, help="the app's manifest.yml")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--url", help="deliver by signed HTTP to this URL, not by Socket Mode")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
