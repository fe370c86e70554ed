"""Inputs in modals and messages: what stands in them, what is sent, what is kept."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.slack.delivery import Envelope, Outcome
from sandbox.slack.errors import CannotDo
from sandbox.slack.manifest import Manifest
from sandbox.slack.people import Person
from sandbox.slack.workspace import Workspace
from tests.slack_sandbox.tiny_app import MANIFEST, button, modal, option, plain, text_input


class Desk:
    """A workspace whose app acknowledges everything, and what it was sent."""

    def __init__(self) -> None:
        self.workspace = Workspace(Manifest.parse(MANIFEST))
        self.workspace.deliver_through(self)
        self.sent: list[dict[str, Any]] = []
        # What the app answers.
        self.answer: dict[str, Any] | None = None
        self.person = self.workspace.person("manager")

    async def send(self, envelope: Envelope, seconds: float) -> Outcome:
        """Acknowledge at once."""
        self.sent.append(envelope.payload)
        return Outcome(answer=self.answer)

    def show(self, *blocks: dict[str, Any], channel: str | None = None, **more: Any) -> None:
        """Open a modal with these blocks."""
        view = modal("form", *blocks, **more)
        trigger = self.workspace.triggers.issue(self.person.id, channel=channel)
        self.workspace.views.open(self.workspace.triggers.look_at(trigger), view)

    def update(self, *blocks: dict[str, Any]) -> None:
        """Update the open modal."""
        view = self.workspace.views.top(self.person.id)
        assert view is not None
        self.workspace.views.update(view, modal("form", *blocks))

    def state(self) -> dict[str, Any]:
        """Return what stands in the open modal, as {action_id: entry}."""
        assert self.person.modal is not None
        values = self.person.modal["state"]["values"]
        return {name: entry for block in values.values() for name, entry in block.items()}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A fresh desk."""
    desk = Desk()
    yield desk
    await desk.workspace.stop()


def field(kind: str, action_id: str, *, optional: bool = True, **more: Any) -> dict[str, Any]:
    """Return an input block with an element of any kind."""
    dispatch = {"dispatch_action": more.pop("dispatch_action")} if "dispatch_action" in more else {}
    return {
        "type": "input",
        "block_id": f"b_{action_id}",
        "label": plain(action_id),
        "optional": optional,
        "element": {"type": kind, "action_id": action_id, **more},
        **dispatch,
    }


async def test_empty_values(desk: Desk) -> None:
    """Every element has its place in the state before anybody touched it."""
    two = [option("a"), option("b")]
    desk.show(
        field("plain_text_input", "text"),
        field("email_text_input", "mail"),
        field("url_text_input", "url"),
        field("number_input", "number", is_decimal_allowed=True),
        field("static_select", "one", options=two),
        field("external_select", "ext"),
        field("radio_buttons", "radio", options=two),
        field("checkboxes", "checks", options=two),
        field("multi_static_select", "many", options=two),
        field("multi_external_select", "exts"),
        field("users_select", "user"),
        field("multi_users_select", "users"),
        field("conversations_select", "conversation"),
        field("multi_conversations_select", "conversations"),
        field("channels_select", "channel"),
        field("multi_channels_select", "channels"),
        field("datepicker", "date"),
        field("timepicker", "time"),
        field("datetimepicker", "moment"),
        field("rich_text_input", "rich"),
        field("file_input", "file"),
        {"type": "actions", "elements": [button("go")]},
    )
    found = {
        name: [v for k, v in entry.items() if k != "type"] for name, entry in desk.state().items()
    }
    lists = {"checks", "many", "exts", "users", "conversations", "channels", "file"}
    assert found == {name: [[]] if name in lists else [None] for name in found}
    assert "go" not in found, "buttons have no state"
    assert len(found) == 21


async def test_initial_values_and_choices(desk: Desk) -> None:
    two = [option("a"), option("b")]
    desk.show(
        field("plain_text_input", "text", initial_value="x"),
        field("static_select", "one", options=two, initial_option=option("b")),
        field("checkboxes", "checks", options=two, initial_options=[option("a")]),
        field("conversations_select", "where", initial_conversation="C0GENERAL01"),
        field("timepicker", "time", initial_time="08:00", timezone="Asia/Tokyo"),
        field("datetimepicker", "moment"),
        field("users_select", "who"),
    )
    state = desk.state()
    assert state["text"]["value"] == "x"
    assert state["one"]["selected_option"]["value"] == "b"
    assert [o["value"] for o in state["checks"]["selected_options"]] == ["a"]
    assert state["where"]["selected_conversation"] == "C0GENERAL01"
    assert state["time"] == {
        "type": "timepicker",
        "selected_time": "08:00",
        "timezone": "Asia/Tokyo",
    }
    person = desk.person
    await person.choose("one", "a")
    await person.choose("checks", ["a", "b"])
    await person.choose("where", "#stock-alerts")
    await person.choose("moment", 1_800_000_000)
    await person.choose("who", "viewer")
    await person.type("text", "")
    assert desk.sent == [], "inputs that do not dispatch are silent"
    state = desk.state()
    assert state["one"]["selected_option"]["text"]["emoji"] is True, "the whole option object"
    assert len(state["checks"]["selected_options"]) == 2
    assert state["where"]["selected_conversation"] == "C0ALERTS001"
    assert state["moment"]["selected_date_time"] == 1_800_000_000
    assert state["who"]["selected_user"] == "U0VIEWER001"
    assert state["text"]["value"] is None
    with pytest.raises(CannotDo, match="no option 'c'"):
        await person.choose("one", "c")
    with pytest.raises(CannotDo, match="use type or click"):
        await person.choose("text", "c")


async def test_a_select_starts_from_the_channel_one_came_from(desk: Desk) -> None:
    where = field("conversations_select", "where", default_to_current_conversation=True)
    desk.show(where, channel="C0ALERTS001")
    assert desk.state()["where"]["selected_conversation"] == "C0ALERTS001"
    desk.show(where)
    assert desk.state()["where"]["selected_conversation"] is None


async def test_only_what_is_offered_can_be_chosen(desk: Desk) -> None:
    desk.show(
        field("conversations_select", "where", filter={"include": ["public", "private"]}),
        field("channels_select", "channel"),
        field("users_select", "who"),
    )
    await desk.person.choose("where", "#back-office")
    for action_id, answer in (("where", "app"), ("channel", "#back-office"), ("who", "nobody")):
        with pytest.raises(CannotDo):
            await desk.person.choose(action_id, answer)
    assert desk.state()["where"]["selected_conversation"] == "C0OFFICE001"


async def test_an_update_keeps_what_was_entered(desk: Desk) -> None:
    two = [option("a"), option("b")]
    desk.show(
        text_input("name"),
        text_input("other"),
        field("static_select", "one", options=two),
        field("static_select", "gone", options=two),
    )
    await desk.person.type("name", "typed")
    await desk.person.type("other", "typed")
    await desk.person.choose("one", "b")
    await desk.person.choose("gone", "b")
    renamed = {**text_input("other", initial_value="fresh"), "block_id": "b_renamed"}
    desk.update(
        text_input("name", initial_value="not applied"),
        renamed,
        field("static_select", "one", options=two),
        field("static_select", "gone", options=[option("a")]),
    )
    state = desk.state()
    assert state["name"]["value"] == "typed"
    assert state["other"]["value"] == "fresh", "another block_id starts anew"
    assert state["one"]["selected_option"]["value"] == "b"
    assert state["gone"]["selected_option"] is None, "the option is not offered any more"
    number = field("number_input", "name", is_decimal_allowed=False)
    desk.update({**number, "block_id": "b_name"})
    assert desk.state()["name"] == {"type": "number_input", "value": None}, "another type"


async def test_initial_values_are_not_applied_again_under_equal_ids(desk: Desk) -> None:
    """As Slack does: even an untouched field keeps what stood there; a new id shows the new."""
    desk.show(text_input("name", initial_value="old"))
    desk.update(text_input("name", initial_value="new"))
    assert desk.state()["name"]["value"] == "old"


@pytest.mark.parametrize(
    ("block", "entered", "complaint"),
    [
        (field("number_input", "x", is_decimal_allowed=False), "1.5", "whole number"),
        (field("number_input", "x", is_decimal_allowed=True), "many", "valid number"),
        (field("number_input", "x", is_decimal_allowed=True), "NaN", "valid number"),
        (
            field("number_input", "x", is_decimal_allowed=True, min_value="-1"),
            "-1.01",
            "greater than or equal to -1",
        ),
        (field("email_text_input", "x"), "mara", "valid email"),
        (field("url_text_input", "x"), "example.com", "valid URL"),
        (field("plain_text_input", "x", max_length=2), "abc", "no more than 2"),
        (field("plain_text_input", "x", optional=False), "", "required field"),
    ],
)
async def test_the_client_checks_first(
    desk: Desk, block: dict[str, Any], entered: str, complaint: str
) -> None:
    desk.show(block)
    await desk.person.type("x", entered)
    await desk.person.submit()
    assert complaint in desk.person.errors["b_x"]
    assert desk.sent == []


@pytest.mark.parametrize(
    ("block", "entered"),
    [
        (field("number_input", "x", is_decimal_allowed=True, min_value="-1"), "-1.0"),
        (field("email_text_input", "x"), "mara@example.com"),
        (field("url_text_input", "x"), "https://example.com/a?b"),
        (field("plain_text_input", "x", max_length=3), "abc"),
        (field("plain_text_input", "x"), ""),
    ],
)
async def test_what_the_client_lets_through(
    desk: Desk, block: dict[str, Any], entered: str
) -> None:
    desk.show(block)
    await desk.person.type("x", entered)
    await desk.person.submit()
    assert desk.person.errors == {}
    assert [payload["type"] for payload in desk.sent] == ["view_submission"]


async def test_dispatching_inputs(desk: Desk) -> None:
    each = {"trigger_actions_on": ["on_character_entered"]}
    desk.show(
        field("plain_text_input", "enter", dispatch_action=True),
        field("plain_text_input", "each", dispatch_action=True, dispatch_action_config=each),
        field("static_select", "pick", dispatch_action=True, options=[option("a")]),
    )
    await desk.person.type("enter", "abc")
    assert desk.sent == []
    await desk.person.type("enter", "abc", enter=True)
    await desk.person.type("each", "a")
    await desk.person.choose("pick", "a")
    actions = [payload["actions"][0] for payload in desk.sent]
    assert [action["action_id"] for action in actions] == ["enter", "each", "pick"]
    assert actions[1]["value"] == "a"
    assert actions[2]["selected_option"]["value"] == "a"


async def test_elements_outside_inputs_always_send(desk: Desk) -> None:
    menu = {"type": "overflow", "action_id": "menu", "options": [option("x"), option("y")]}
    pick = {"type": "static_select", "action_id": "pick", "options": [option("a")]}
    section = {"type": "section", "text": plain("Pick"), "accessory": pick}
    desk.show(section, {"type": "actions", "elements": [menu]})
    await desk.person.choose("pick", "a")
    await desk.person.choose("menu", "y")
    first, second = desk.sent
    assert first["view"]["state"]["values"], "the state holds the new choice already"
    assert second["actions"][0]["selected_option"]["value"] == "y"
    assert set(desk.state()) == {"pick"}


async def test_choices_in_a_message_are_each_persons_own(desk: Desk) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    blocks = [{"type": "actions", "block_id": "row", "elements": [pick, button("go")]}]
    values = {"channel": "#stock-alerts", "text": "Pick", "blocks": blocks}
    await desk.workspace.web_api.call("chat.postMessage", values, desk.workspace.app.bot_token)
    viewer = desk.workspace.person("viewer")
    await desk.person.choose("pick", "a")
    await viewer.click("go")
    chosen, pressed = desk.sent
    assert chosen["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "a"
    assert pressed["state"]["values"]["row"]["pick"]["selected_option"] is None


async def test_which_button_is_meant(desk: Desk) -> None:
    rows = [
        {"type": "actions", "block_id": name, "elements": [button("open", value=name)]}
        for name in ("first", "second")
    ]
    desk.show(*rows)
    with pytest.raises(CannotDo, match="several open"):
        await desk.person.click("open")
    await desk.person.click("open", value="second")
    await desk.person.click("open", block_id="first")
    assert [payload["actions"][0]["value"] for payload in desk.sent] == ["second", "first"]
    with pytest.raises(CannotDo, match="there are: open"):
        await desk.person.click("close")


async def test_a_view_that_clears_the_stack_when_it_is_closed(desk: Desk) -> None:
    desk.show(text_input("below"), notify_on_close=True)
    views, person = desk.workspace.views, desk.person
    views.answer_push(person.id, modal("form", text_input("above"), clear_on_close=True))
    await person.close()
    assert person.modals == []
    (told,) = desk.sent
    assert (told["type"], told["is_cleared"]) == ("view_closed", True)
    assert told["view"]["blocks"][0]["block_id"] == "b_below"


async def test_an_answer_that_clears_takes_the_whole_stack(desk: Desk) -> None:
    desk.show(text_input("below"))
    views, person = desk.workspace.views, desk.person
    views.answer_push(person.id, modal("form", text_input("above")))
    desk.answer = {"response_action": "clear"}
    await person.type("above", "x")
    await person.submit()
    assert person.modals == []


async def test_only_events_of_the_manifest_are_sent(desk: Desk) -> None:
    await desk.person.open_home()
    assert [payload["event"]["type"] for payload in desk.sent] == ["app_home_opened"]
    settings = {**MANIFEST["settings"], "event_subscriptions": {"bot_events": []}}
    deaf = Workspace(Manifest.parse({**MANIFEST, "settings": settings}))
    deaf.deliver_through(desk)
    await deaf.person("manager").open_home()
    await deaf.person("manager").say("hello @tiny", "stock-alerts")
    assert len(desk.sent) == 1


async def test_one_reaction_per_person_and_emoji(desk: Desk) -> None:
    ts = await desk.person.say("hello", "stock-alerts")
    viewer = desk.workspace.person("viewer")
    for person in (desk.person, desk.person, viewer):
        await person.react("eyes", ts)
    assert viewer.messages("stock-alerts")[-1]["reactions"] == [
        {"name": "eyes", "users": [desk.person.id, viewer.id], "count": 2}
    ]


async def test_other_teams_and_guests(desk: Desk) -> None:
    foreign: Person = desk.workspace.person("foreign")
    await foreign.slash("/tiny hello")
    payload = desk.sent[-1]
    assert payload["team_id"] == "T0NEIGHBOUR"
    with pytest.raises(CannotDo, match="is not in"):
        await desk.workspace.person("guest").slash("/tiny hello", "stock-alerts")
    with pytest.raises(CannotDo, match="there is no channel"):
        await foreign.say("hello", "back-office")


async def test_direct_messages_are_taken_only_where_the_app_takes_them(desk: Desk) -> None:
    await desk.person.say("hello", "app")
    assert desk.person.messages("app")[-1]["text"] == "hello"
    home = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    features = {**MANIFEST["features"], "app_home": home}
    closed = Workspace(Manifest.parse({**MANIFEST, "features": features}))
    with pytest.raises(CannotDo, match="no direct messages"):
        await closed.person("manager").say("hello", "app")


async def test_broad_mentions_are_pointed_out(desk: Desk) -> None:
    call, token = desk.workspace.web_api.call, desk.workspace.app.bot_token
    for text in ("&lt;!channel&gt; shirt", "<!channel> shirt"):
        await call("chat.postMessage", {"channel": "#stock-alerts", "text": text}, token)
    escaped, raw = desk.workspace.inspector.calls("chat.postMessage")
    assert escaped.warnings == ()
    assert raw.warnings == ("mentions everybody: <!channel>",)


async def test_response_urls_of_a_submission(desk: Desk) -> None:
    desk.show(field("conversations_select", "where", response_url_enabled=True))
    await desk.person.choose("where", "#general")
    await desk.person.submit()
    (given,) = desk.sent[-1]["response_urls"]
    assert (given["action_id"], given["channel_id"]) == ("where", "C0GENERAL01")
    key = given["response_url"].rpartition("/")[2]
    desk.workspace.late_answers.receive(key, {"text": "hi", "response_type": "in_channel"})
    assert desk.person.messages("general")[-1]["text"] == "hi"
