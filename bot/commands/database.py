"""`migrate` and `rotate-key`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.compose import database_url, open_house
from bot.settings import Settings
from storage import credentials, schema


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
