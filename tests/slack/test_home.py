"""The Home tab: what each role sees, and many stores."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from sandbox.shopify import Fault
from sync.incidents import IncidentKind, report
from tests.slack.office import Office, shown


async def test_the_store_list_by_role(office: Office) -> None:
    home = await office.home(office.manager)
    assert "Store List" in home
    assert "No store is connected yet" in home
    store = await office.world.connect("alpha")
    home = await office.home(office.manager)
    assert "*Alpha*  ·  Shopify  ·  *Sync Off*" in home
    assert "Turn on sync" in home
    assert "Turn on sync" not in await office.home(office.operator)
    await office.world.turn_on(store, "copy")
    home = await office.home(office.viewer)
    assert "*Sync On*" in home
    assert "*2 of 2 agree*, 0 on their way, 0 unexplained" in home


async def test_a_dead_token_shines_at_the_top_with_its_button(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    office.world.shops["alpha"].token = "shpat_other"
    await office.world.run(timedelta(minutes=2))
    home = await office.home(office.manager)
    assert "Open incidents: 1" in home
    assert home.index("Open incidents") < home.index("*Alpha*")
    assert "Needs reconnect" in home
    await office.click(office.manager, "reconnect")
    assert "/connect/" in str(office.manager.modal)


async def test_what_is_on_its_way_says_since_when(office: Office) -> None:
    world = office.world
    await world.turn_on(await world.connect("alpha"), "copy")
    await world.rest()
    world.shops["alpha"].faults.switch_on(Fault(kind="error_before", only="mutation"))
    await world.adjust("MUG", 1)
    since = int(world.clock.now().timestamp())
    await world.run(timedelta(minutes=10))
    await world.adjust("CUP", 1)
    await world.run(timedelta(minutes=5))
    said = await office.slash(office.viewer, "status")
    assert f"2 on their way (oldest since <!date^{since}^" in said
    world.shops["alpha"].faults.clear()
    await world.rest(timedelta(minutes=20))
    assert "*2 of 2 agree*, 0 on their way, 0" in await office.slash(office.viewer, "status")


async def test_a_guest_is_told_why_there_is_no_dashboard(office: Office) -> None:
    await office.world.connect("alpha")
    home = await office.home(office.slack.person("guest"))
    assert "full members of this workspace only" in home
    assert "Alpha" not in home


async def test_many_stores_are_paged(office: Office) -> None:
    async with office.world.database.transaction() as session:
        await session.execute(
            text("""
                insert into store (workspace_id, platform, account_id, name, connected_at)
                select :workspace, 'shopify', n::text, 'Shop ' || to_char(n, 'FM000'), now()
                from generate_series(1, 60) n"""),
            {"workspace": office.world.workspace_id},
        )
    home = await office.home(office.manager)
    seen = {line for line in home.split("\n") if line.startswith("*Shop")}
    assert "page 1 of 3" in home
    for _ in range(2):
        await office.click(office.manager, "home_page", on="home")
        home = shown(office.manager.home)
        seen |= {line for line in home.split("\n") if line.startswith("*Shop")}
    assert len(seen) == 60
    await office.click(office.manager, "home_page_back", on="home")
    assert "page 2 of 3" in shown(office.manager.home)
    told = set(_stores(await office.slash(office.manager, "status")))
    for _ in range(2):
        await office.click(office.manager, "status_page", on="message")
        told |= set(_stores(shown(office.manager.ephemerals()[-1])))
    assert len(told) == 60
    await office.click(office.manager, "status_page_back", on="message")
    assert "Page 2 of 3" in shown(office.manager.ephemerals()[-1])


def _stores(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("*Shop")]


async def test_names_of_stores_stay_text(office: Office) -> None:
    await office.world.connect("alpha")
    await office.rows("update store set name = '<!channel> & <@U1>'")
    home = await office.home(office.manager)
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in home
    assert "<!channel>" not in home


async def test_a_channel_that_has_vanished_is_no_secret(office: Office) -> None:
    async with office.world.database.transaction() as session:
        await report(
            session,
            office.world.queue,
            workspace_id=office.world.workspace_id,
            store_id=None,
            kind=IncidentKind.ALERT_PATH,
            subject="C9",
            facts={"channel": "C9", "problem": "is_archived"},
            now=office.world.clock.now(),
        )
    said = "Alerts cannot be posted in their channel C9 (is_archived)"
    assert said in await office.home(office.viewer)
    await office.world.connect("alpha")
    assert said in await office.slash(office.viewer, "status")
