"""`run`, `bot`, `worker` and `clock`: the commands that stay."""

from __future__ import annotations

import argparse

from bot.runtime import Part, serve
from bot.settings import Settings


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Everything in one process; it migrates the database first."""
    return await serve(settings, *Part, migrate=True)


async def bot(settings: Settings, _: argparse.Namespace) -> int:
    """Slack and the web pages."""
    return await serve(settings, Part.BOT)


async def worker(settings: Settings, _: argparse.Namespace) -> int:
    """The work."""
    return await serve(settings, Part.WORKER)


async def clock(settings: Settings, _: argparse.Namespace) -> int:
    """The clock."""
    return await serve(settings, Part.CLOCK)
