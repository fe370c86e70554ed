"""`migrate`, `restored` and `rotate-key`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime

from bot.compose import database_url, open_house
from bot.settings import Settings
from storage import credentials, schema
from sync import lifecycle


async def migrate(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the database to this program's schema; doing it again changes nothing."""
    async with database_url(settings) as url:
        before = await asyncio.to_thread(schema.current, url)
        await asyncio.to_thread(schema.migrate, url)
    after = schema.head()
    changed = f"from {before or 'empty'} to {after}" if before != after else f"already at {after}"
    sys.stdout.write(f"The database's schema is up to date: {changed}.\n")
    return 0


async def rotate_key(settings: Settings, _: argparse.Namespace) -> int:
    """Encrypt every credential anew; the older keys may be dropped afterwards."""
    async with open_house(settings) as house, house.deps.database.transaction() as session:
        count = await credentials.rotate_all(session, house.deps.vault)
    sys.stdout.write(f"{count} sets of credentials are encrypted with the newest key.\n")
    return 0


async def restored(settings: Settings, _: argparse.Namespace) -> int:
    """Turn sync off for every store of a database that was put back from a backup."""
    async with open_house(settings) as house, house.deps.database.transaction() as session:
        stopped = await lifecycle.turn_off_restored(session, house.deps)
    for store in stopped:
        since = "never read" if store.orders_read_at is None else _moment(store.orders_read_at)
        sys.stdout.write(f"Sync is off for {store.name}; its orders were last read: {since}.\n")
    sys.stdout.write(
        "Start Stockroom, then turn sync on for each store in Slack: choose that the orders of the "
        "meantime count, and look at the plan. What people adjusted since the backup was made has "
        "to be entered again.\n"
        if stopped
        else "Sync is on for no store: nothing had to be turned off.\n"
    )
    return 0


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
