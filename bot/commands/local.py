"""`demo` and `story`: the one place of the product that knows the sandbox."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.settings import Settings
from sandbox import demo as pages
from sandbox.story.run import story as told
from sandbox.story.serving import Place

ROOT = Path(__file__).resolve().parent.parent.parent


async def demo(_settings: Settings, args: argparse.Namespace) -> int:
    """Open the local Slack and seven stores in the browser, and stay up."""
    return await pages.demo(_place(), sys.stdout, browse=not args.no_browser)


async def story(_settings: Settings, _args: argparse.Namespace) -> int:
    """Play the story, and end."""
    return await told(_place(), sys.stdout)


def _place() -> Place:
    return Place((sys.executable, "-m", "bot.cli"), ROOT, ROOT / "manifest.yml")
