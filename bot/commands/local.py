"""`demo` and `story`: the one place of the product that knows the sandbox."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.settings import Settings
from sandbox import demo as sandbox
from sandbox.story.world import Place

ROOT = Path(__file__).resolve().parent.parent.parent


async def demo(_settings: Settings, _args: argparse.Namespace) -> int:
    """Play the story, and stay up."""
    return await sandbox.demo(_place(), sys.stdout)


async def story(_settings: Settings, _args: argparse.Namespace) -> int:
    """Play the story, and end."""
    return await sandbox.story(_place(), sys.stdout)


def _place() -> Place:
    return Place((sys.executable, "-m", "bot.cli"), ROOT, ROOT / "manifest.yml")
