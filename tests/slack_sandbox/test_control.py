"""The control API: what the story runner does from another process."""

from typing import Any

import httpx

from tests.slack_sandbox.fixtures import connected, serving
from tests.slack_sandbox.tiny_app import MANIFEST, TinyApp, over_sockets


async def test_a_story_from_outside() -> None:
    async with serving(MANIFEST) as workspace, over_sockets(TinyApp(workspace)):
        await connected(workspace)
        async with httpx.AsyncClient(base_url=workspace.base_url) as outside:
            overview = (await outside.get("/_sandbox/state")).json()
            assert overview["connections"] == 1
            assert "manager" in overview["people"]

            screen = await _do(outside, "slash", text="/tiny form")
            while not screen["modal"]:
                query = {"person": "manager", "after": screen["revision"]}
                screen = (await outside.get("/_sandbox/state", params=query)).json()
            assert screen["modal"]["callback_id"] == "form"
            screen = await _do(outside, "submit")
            assert screen["errors"] == {"b_name": "Please complete this required field."}
            await _do(outside, "type", action_id="name", text="Mara")
            screen = await _do(outside, "suggest", action_id="item", query="ab")
            assert screen["result"][0]["value"] == "ab-1"
            screen = await _do(outside, "submit")
            assert screen["modal"] is None

            log = (await outside.get("/_sandbox/log")).json()
            assert log["refused"] == 0
            assert "view_submission" in [record["name"] for record in log["records"]]


async def test_impossible_acts_are_said_to_be() -> None:
    async with serving(MANIFEST) as workspace:
        async with httpx.AsyncClient(base_url=workspace.base_url) as outside:
            for act, status in (
                ({"person": "manager", "verb": "submit"}, 409),
                ({"person": "manager", "verb": "click", "args": {"action_id": "x"}}, 409),
                ({"person": "manager", "verb": "click", "args": {"nonsense": 1}}, 409),
                ({"person": "nobody", "verb": "submit"}, 404),
                ({"person": "manager", "verb": "fly"}, 400),
            ):
                answer = await outside.post("/_sandbox/do", json=act)
                assert answer.status_code == status, act
                assert answer.json()["error"]
            assert (await outside.post("/_sandbox/do", content=b"{")).status_code == 400
            strange = await outside.get("/_sandbox/state", params={"after": "soon"})
            assert strange.status_code == 400


async def test_troubles_from_outside() -> None:
    async with serving(MANIFEST) as workspace, over_sockets(TinyApp(workspace)):
        await connected(workspace)
        async with httpx.AsyncClient(base_url=workspace.base_url) as outside:
            fault = {"kind": "refuse", "method": "auth.test", "error": "internal_error"}
            assert (await outside.post("/_sandbox/fault", json=fault)).status_code == 200
            token = {"Authorization": f"Bearer {workspace.app.bot_token}"}
            broken = (await outside.post("/api/auth.test", headers=token)).json()
            assert broken == {"ok": False, "error": "internal_error"}
            assert (await outside.post("/api/auth.test", headers=token)).json()["ok"] is True
            wrong = await outside.post("/_sandbox/fault", json={"kind": "earthquake"})
            assert wrong.status_code == 400
            await outside.post("/_sandbox/disconnect", json={})
            opened = workspace.inspector.calls
            await workspace.changes.until(lambda: len(opened("apps.connections.open")) >= 2, 5)
            await connected(workspace)


async def _do(outside: httpx.AsyncClient, verb: str, **args: Any) -> dict[str, Any]:
    act = {"person": "manager", "verb": verb, "args": args}
    answer = await outside.post("/_sandbox/do", json=act)
    assert answer.status_code == 200, answer.text
    screen: dict[str, Any] = answer.json()
    return screen
