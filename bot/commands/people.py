"""`claim-code`: the way in for a manager, where no manager is there to name one."""

from __future__ import annotations

import argparse
import sys

from bot.commands.stores import ACTOR, workspace_of
from bot.compose import open_house
from bot.settings import Settings
from sync import people


async def claim_code(settings: Settings, args: argparse.Namespace) -> int:
    """Print a new code that makes whoever types it in Slack a manager."""
    async with open_house(settings) as house, house.deps.database.transaction() as session:
        workspace = await workspace_of(session, args.workspace)
        now = house.deps.clock.now()
        code = await people.new_claim_code(session, workspace.id, now, actor=ACTOR)
    sys.stdout.write(
        f"In Slack, type: /stock claim {code}\n"
        f"It makes one person of {workspace.name or workspace.team_id} a manager, once; earlier "
        "codes no longer work.\n"
    )
    return 0
