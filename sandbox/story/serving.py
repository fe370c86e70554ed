"""Local stores of any platforms, served on this machine, and how a bot is told of them."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.slack.workspace import Workspace
from sandbox.story.quick import ORDER_LAG
from sandbox.story.shopkeeper import Shopkeeper, keeper_of
from sandbox.story.trades import TRADES, Trade, trade_of

# A store's waits, shortened to what the local stores need; a real one's are minutes.
QUICK = {
    "orders_every_seconds": 1,
    "push_every_seconds": 1,
    "order_lag_seconds": ORDER_LAG + 0.3,
    "reading_age_seconds": 0.2,
    "clock_margin_seconds": 1,
    "abandoned_seconds": 5,
}

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Place:
    """Where the real bot is: the command line that starts it, from which folder, its manifest."""

    command: Sequence[str]
    root: Path
    manifest: Path


@asynccontextmanager
async def serving_stores(
    http: httpx.AsyncClient, shops: Sequence[Any]
) -> AsyncIterator[tuple[list[Shopkeeper], dict[str, dict[str, object]]]]:
    """Serve stores; yield who keeps each, in their order, and what new stores start with."""
    async with AsyncExitStack() as stack:
        keepers: dict[int, Shopkeeper] = {}
        new_stores: dict[str, dict[str, object]] = {}
        for trade in TRADES:
            own = [shop for shop in shops if trade_of(shop) is trade]
            if not own:
                continue
            address = await stack.enter_async_context(trade.serve(own))
            keepers |= {id(shop): keeper_of(http, address, shop) for shop in own}
            new_stores[trade.platform] = {
                "base_url": f"{address}/{_path(trade, own)}",
                **QUICK,
                **trade.settings,
            }
        yield [keepers[id(shop)] for shop in shops], new_stores


def _path(trade: Trade, own: Sequence[Any]) -> str:
    """Say where its stores are; one alone is named, for not every credential names its store."""
    return trade.path.format(shop=own[0].name) if len(own) == 1 else trade.path


def environment(
    workspace: Workspace, slack: str, home: Path, listen: str, new_stores: Mapping[str, object]
) -> dict[str, str]:
    """Say what a bot is started with: everything on this machine, its data in `home`."""
    # Slack's client and httpx take a proxy of the machine's even for the machine itself.
    direct = {name: "" for word in _PROXIES for name in (word, word.lower())}
    return {
        **direct,
        "STOCKROOM_DATA_DIR": str(home),
        "STOCKROOM_LISTEN": listen,
        "STOCKROOM_PUBLIC_URL": f"http://{listen}",
        "STOCKROOM_SECRET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "STOCKROOM_NEW_STORES": json.dumps(new_stores),
        "SLACK_API_URL": f"{slack}/api/",
        "SLACK_BOT_TOKEN": workspace.app.bot_token,
        "SLACK_APP_TOKEN": workspace.app.app_token,
        "DATABASE_URL": "",
        "STOCKROOM_POOLER": "",
        "SLACK_SIGNING_SECRET": "",
    }


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
