"""The page of the local workspace, as it is served; what it does stands in tests/browser."""

import re
from pathlib import Path

import httpx
import pytest

from sandbox.slack import page
from tests.slack_sandbox.fixtures import serving
from tests.slack_sandbox.tiny_app import MANIFEST

FOLDER = Path(page.__file__).parent


async def test_the_page_and_all_it_asks_for_are_served_from_here() -> None:
    async with serving(MANIFEST) as workspace:
        async with httpx.AsyncClient(base_url=workspace.base_url) as http:
            answer = await http.get("/")
            assert answer.headers["content-type"].startswith("text/html")
            wanted = set(re.findall(r'(?:src|href)="(/page/[^"]+)"', answer.text))
            while wanted:
                path = wanted.pop()
                file = await http.get(path)
                assert (file.status_code, file.headers["cache-control"]) == (200, "no-cache"), path
                wanted |= {f"/page/{name}" for name in re.findall(r'from "\./([^"]+)"', file.text)}
            assert (await http.get("/page/nothing.js")).status_code == 404
            assert (await http.get("/page/../web.py")).status_code == 404


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_no_file_of_the_page_asks_anybody_else(path: Path) -> None:
    if path.suffix in (".js", ".html", ".css"):
        assert re.findall(r"https?://(?!\w*\$)[\w.]+", path.read_text(encoding="utf-8")) == []


async def test_the_overview_lists_who_and_what_there_is() -> None:
    async with serving(MANIFEST) as workspace:
        async with httpx.AsyncClient(base_url=workspace.base_url) as http:
            found = (await http.get("/_sandbox/state")).json()
    people = {one["name"]: one for one in found["directory"]["users"]}
    assert people["manager"]["real_name"] == "Mara Lindqvist"
    assert [one["real_name"] for one in people.values() if one["is_bot"]] == [found["app"]]
    assert {"general", "stock-alerts"} <= {one["name"] for one in found["directory"]["channels"]}
    assert found["directory"]["commands"][0]["name"] == "/tiny"
