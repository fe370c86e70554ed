"""Silence is an alarm: streams of stores that were not read for long, told once and once over."""

from __future__ import annotations

from datetime import timedelta

from storage import heartbeats
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve
from sync.work import USUAL, Work

DAILY_ROUNDS = 1.5  # of what comes once a day: half a day late
ROUNDS = 5  # rounds that did not come: one or two are lost to any restart
_OF_WORK: tuple[Work, ...] = ("orders", "products", "fba")  # `full` has no usual of its own
# However often a store is read, nobody is told before this.
LEAST = {
    "orders": timedelta(minutes=15),  # as a raise that waits (ENGINE A5)
    "products": timedelta(minutes=90),  # the day's full pass of a large store takes its time
    "full": timedelta(hours=24) * DAILY_ROUNDS,
    "fba": timedelta(minutes=90),  # a list of hundreds of pages, and one more try
}


async def watch_streams(deps: Deps) -> int:
    """Report streams that are silent, and close what is heard again; how many changed."""
    now = deps.clock.now()
    async with deps.database.exclusive("heartbeat"), deps.database.transaction() as session:
        usual: dict[str, timedelta] = {name: USUAL[name] for name in _OF_WORK}
        found = await heartbeats.changed(
            session,
            now=now,
            rounds=ROUNDS,
            daily_rounds=DAILY_ROUNDS,
            least=LEAST,
            usual=usual,
        )
        for stream in found:
            if stream.silent:
                await report(
                    session,
                    deps.queue,
                    workspace_id=stream.workspace_id,
                    store_id=stream.store_id,
                    kind=IncidentKind.STREAM_SILENT,
                    subject=stream.name,
                    facts={"stream": stream.name, "last": stream.last.isoformat()},
                    now=now,
                )
            else:
                await resolve(
                    session,
                    deps.queue,
                    workspace_id=stream.workspace_id,
                    store_id=stream.store_id,
                    kinds=[IncidentKind.STREAM_SILENT],
                    subject=stream.name,
                    now=now,
                )
    return len(found)
