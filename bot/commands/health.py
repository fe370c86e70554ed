"""`doctor`."""

from __future__ import annotations

import argparse
import sys

from bot.doctor import examine
from bot.settings import Settings


async def doctor(settings: Settings, _: argparse.Namespace) -> int:
    """Print what is well and what is wrong; 1 when anything is."""
    wrong = 0
    async for finding in examine(settings):
        wrong += finding.problem is not None
        sys.stdout.write(f"{'wrong' if finding.problem else 'ok':5}  {finding.part}")
        sys.stdout.write(f": {finding.problem}\n" if finding.problem else "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{wrong} things are wrong.\n" if wrong else "Everything is well.\n")
    return 1 if wrong else 0
