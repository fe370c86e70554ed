"""Every id that goes out in a view is one that a listener answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.ids import VALUE, Act, Call
from tests.slack.office import Office

INPUT_ONLY = {VALUE, Act.ANSWER}  # read from the submitted view; Slack reports no press of them


async def test_every_act_and_callback_has_a_listener(office: Office) -> None:
    for act in Act:
        if act in INPUT_ONLY:
            continue
        kind = "block_suggestion" if act.endswith("_search") else "block_actions"
        assert await _answered(
            office,
            {
                "type": kind,
                "action_id": act,
                "actions": [{"action_id": act, "block_id": "b", "type": "button"}],
                "block_id": "b",
            },
        ), act
    for call in Call:
        assert await _answered(
            office, {"type": "view_submission", "view": {"type": "modal", "callback_id": call}}
        ), call


async def test_what_was_shown_uses_no_other_ids(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.home(office.manager)
    await office.slash(office.manager, "alerts")
    await office.manager.close()
    await office.slash(office.manager, "connect shopify")
    await office.slash(office.manager, "turn-on")
    for _ in range(3):
        await office.submit(office.manager)
    await office.manager.close()
    await office.world.turn_on(store, "copy")
    await office.slash(office.operator, "adjust MUG")
    used = {
        act for surface in office.slack.inspector.surfaces for act in _action_ids(surface.payload)
    }
    assert used <= {*Act, VALUE}
    assert {Act.ANSWER, Act.WIZARD_FILE, Act.OPEN_LINK, VALUE} <= used
    calls = {
        surface.payload["callback_id"]
        for surface in office.slack.inspector.surfaces
        if surface.payload.get("callback_id")
    }
    assert calls <= set(Call)


async def _answered(office: Office, body: dict[str, Any]) -> bool:
    """Ask Bolt's own matchers whether a listener takes this request."""
    request = AsyncBoltRequest(mode="socket_mode", body=body)
    return any(
        [
            await listener.async_matches(req=request, resp=BoltResponse(status=200))
            for listener in office.app._async_listeners
        ]
    )


def _action_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "action_id" in value:
            yield value["action_id"]
        for inner in value.values():
            yield from _action_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _action_ids(inner)
