"""What the clock looks at now and then: who has to be told of something by now."""

from __future__ import annotations

from sync.deps import Deps
from sync.digest import queue_digests
from sync.heartbeat import watch_streams


async def watch(deps: Deps) -> int:
    """Tell of silent streams and queue the digests that are due; how many."""
    return await watch_streams(deps) + await queue_digests(deps)
