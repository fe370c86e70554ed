"""Whole conversations between a person and a Bolt app, over both ways of delivery."""

from typing import Any

import pytest

from sandbox.slack.errors import CannotDo
from sandbox.slack.people import Person
from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.fixtures import assert_nothing_refused
from tests.slack_sandbox.tiny_app import TinyApp, modal, text_input

Rig = tuple[Workspace, TinyApp]


def top(person: Person) -> dict[str, Any]:
    """Return the open modal."""
    assert person.modal is not None
    return person.modal


async def test_modal_from_command_to_close(rig: Rig) -> None:
    """slash -> modal -> own errors -> the app's errors -> update -> push -> close."""
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    opened = top(manager)

    await manager.submit()
    assert manager.errors == {"b_name": "Please complete this required field."}
    await manager.type("name", "a")
    await manager.type("count", "12")
    await manager.submit()
    assert manager.errors == {
        "b_name": "Please enter at least 2 characters.",
        "b_count": "Please enter a number less than or equal to 9.",
    }
    assert app.count("view_submission") == 0

    await manager.type("name", "Mara")
    await manager.type("count", "3")
    app.answers = [{"response_action": "errors", "errors": {"b_name": "Taken"}}]
    await manager.submit()
    assert manager.errors == {"b_name": "Taken"}
    assert manager.notice is None

    updated = modal("form", text_input("name"), text_input("second"))
    app.answers = [{"response_action": "update", "view": updated}]
    await manager.submit()
    assert manager.errors == {}
    assert top(manager)["id"] == opened["id"]
    assert top(manager)["hash"] != opened["hash"]
    values = top(manager)["state"]["values"]
    assert values["b_name"]["name"] == {"type": "plain_text_input", "value": "Mara"}
    assert values["b_second"]["second"] == {"type": "plain_text_input", "value": None}

    await manager.type("second", "x")
    app.answers = [{"response_action": "push", "view": modal("form", text_input("third"))}]
    await manager.submit()
    assert [view["previous_view_id"] for view in manager.modals] == [None, opened["id"]]
    await manager.close()
    assert top(manager)["id"] == opened["id"]
    await manager.submit()
    assert manager.modal is None
    assert app.last("view_submission")["view"]["state"]["values"]["b_second"] == {
        "second": {"type": "plain_text_input", "value": "x"}
    }
    assert_nothing_refused(workspace.inspector)


async def test_actions_push_and_closing(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    await manager.type("name", "kept")
    await manager.click("more")
    await manager.until(lambda p: len(p.modals) == 2)
    action = app.last("block_actions")
    assert action["actions"][0]["type"] == "button"
    assert action["view"]["state"]["values"]["b_name"]["name"]["value"] == "kept"

    await manager.close()
    assert app.count("view_closed") == 0, "the pushed view did not ask to be told"
    assert top(manager)["state"]["values"]["b_name"]["name"]["value"] == "kept"
    await manager.close()
    assert manager.modal is None
    assert app.last("view_closed")["is_cleared"] is False
    assert app.last("view_closed")["view"]["state"]["values"]["b_name"]["name"]["value"] == "kept"
    assert_nothing_refused(workspace.inspector)


async def test_x_closes_the_whole_stack(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    await manager.click("more")
    await manager.until(lambda p: len(p.modals) == 2)
    await manager.close(everything=True)
    assert manager.modals == []
    assert app.last("view_closed")["is_cleared"] is True


async def test_confirm_dialog(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    await manager.click("risky", confirm=False)
    assert app.count("block_actions") == 0
    await manager.click("risky")
    assert app.last("block_actions")["actions"][0]["action_id"] == "risky"


async def test_external_select(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    assert await manager.suggest("item", "a") == [], "the query is shorter than asked for"
    assert app.count("block_suggestion") == 0
    offered = await manager.suggest("item", "ab")
    assert [option["value"] for option in offered] == ["ab-1", "ab-2"]
    with pytest.raises(CannotDo, match="no option 'zz'"):
        await manager.choose("item", "zz")
    await manager.choose("item", "ab-2")
    await manager.type("name", "Mara")
    await manager.submit()
    values = app.last("view_submission")["view"]["state"]["values"]
    assert values["b_item"]["item"]["selected_option"]["value"] == "ab-2"
    assert values["b_count"]["count"] == {"type": "number_input", "value": None}
    assert manager.modal is None


async def test_home(rig: Rig) -> None:
    workspace, app = rig
    viewer = workspace.person("viewer")
    await viewer.open_home()
    await viewer.until(lambda p: p.home)
    assert "view" not in app.last("app_home_opened")["event"]
    await viewer.click("home_button")
    action = app.last("block_actions")
    assert action["view"]["type"] == "home"
    assert action["user"]["id"] == viewer.id
    await viewer.open_home()
    assert app.last("app_home_opened")["event"]["view"]["id"] == action["view"]["id"]


async def test_command_answers(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny echo")
    assert manager.ephemerals()[-1]["text"] == "echoed"
    assert workspace.person("viewer").ephemerals() == []
    await manager.slash("/tiny shout")
    assert workspace.person("viewer").messages("general")[-1]["text"] == "shouted"
    await manager.slash("/tiny late")
    await manager.until(lambda p: p.ephemerals()[-1]["text"] == "later")
    body = app.last("/tiny")
    assert (body["text"], body["channel_name"]) == ("late", "general")
    await manager.slash("/nope")
    assert manager.notice is not None
    assert manager.notice.startswith("/nope is not a valid command.")
    await manager.slash("/whom @viewer in #general")
    assert app.last("/whom")["text"] == "<@U0VIEWER001> in <#C0GENERAL01|general>"
    await manager.slash("/whom <@viewer> & co")
    assert app.last("/whom")["text"] == "&lt;<@U0VIEWER001>&gt; &amp; co"
    await manager.slash("/tiny a & <b> &amp;")
    assert app.last("/tiny")["text"] == "a &amp; &lt;b&gt; &amp;amp;"


async def test_button_on_a_message(rig: Rig) -> None:
    workspace, app = rig
    manager, viewer = workspace.person("manager"), workspace.person("viewer")
    await manager.slash("/tiny post")
    await manager.until(lambda p: p.messages("stock-alerts"))
    posted = viewer.messages("stock-alerts")[-1]
    assert posted["text"] == "Look"
    await viewer.click("msg_button")
    await viewer.until(lambda p: p.ephemerals())
    assert viewer.ephemerals()[-1]["text"] == "pressed"
    assert app.last("block_actions")["message"]["ts"] == posted["ts"]
    assert viewer.messages("stock-alerts")[-1]["text"] == "Look", "not replaced unless asked"


async def test_late_acknowledgement_then_recovery(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    app.sleep_before_ack = 0.7
    await manager.slash("/tiny echo")
    assert manager.notice == (
        "/tiny failed because the app did not respond. "
        "Please try again or contact the app developer."
    )
    assert workspace.inspector.deliveries("/tiny")[-1].error == "operation_timeout"
    app.sleep_before_ack = 0.0
    await manager.slash("/tiny echo")
    assert not manager.notice
    assert manager.ephemerals()[-1]["text"] == "echoed"


async def test_command_nobody_listens_to(rig: Rig) -> None:
    workspace, _ = rig
    manager = workspace.person("manager")
    await manager.slash("/deaf")
    over_sockets = workspace.manifest.socket_mode
    reason = "did not respond" if over_sockets else 'with the error "http_client_error"'
    assert reason in str(manager.notice)
    await manager.slash("/tiny echo")
    assert manager.notice is None


async def test_a_bad_answer_keeps_the_modal(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.slash("/tiny form")
    await manager.until(lambda p: p.modal)
    await manager.type("name", "Mara")
    for answer in (
        {"response_action": "errors", "errors": {"b_more": "not an input"}},
        {"response_action": "update", "view": modal("form", title={"type": "plain_text"})},
    ):
        app.answers = [answer]
        await manager.submit()
        assert manager.notice == "We had some trouble connecting. Try again?"
        assert top(manager)["state"]["values"]["b_name"]["name"]["value"] == "Mara"
    assert [record.name for record in workspace.inspector.refusals()] == [
        "view_submission answer"
    ] * 2
    app.answers = [{"response_action": "clear"}]
    await manager.submit()
    assert manager.notice is None
    assert manager.modals == []


async def test_events_of_the_manifest(rig: Rig) -> None:
    workspace, app = rig
    manager = workspace.person("manager")
    await manager.say("@tiny hello", "general")
    assert app.count("app_mention") == 0, "the bot is not in #general"
    await manager.invite("general")
    await manager.until(lambda p: app.count("member_joined_channel"))
    ts = await manager.say("@tiny hello", "general")
    assert app.last("app_mention")["event"]["text"] == "<@U0STOCKROOM> hello"
    assert app.last("message")["event"]["channel_type"] == "channel"
    await manager.react("eyes", ts, "general")
    assert app.last("reaction_added")["event"]["item"] == {
        "type": "message",
        "channel": "C0GENERAL01",
        "ts": ts,
    }
