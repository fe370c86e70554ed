"""Whole conversations between a person and a Bolt app, over both ways of delivery."""

from typing import Any

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
