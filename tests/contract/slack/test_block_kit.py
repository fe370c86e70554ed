"""Our own words about Block Kit against the published limits, fixtures and cases."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from sandbox.slack.blockkit import check_message, check_view
from sandbox.slack.blockkit.blocks import BLOCKS, SURFACE_BLOCKS
from sandbox.slack.blockkit.elements import ELEMENTS
from sandbox.slack.blockkit.limits import LIMITS
from tests.contract.slack.invalid_cases import (
    IN_MESSAGES,
    IN_VIEWS,
    OF_UNSUPPORTED_BLOCKS,
    RELAXED,
    actions,
    asking,
    button,
    menu,
    plain,
    section,
    view,
)
from tests.contract.slack.official import official_errors, read_spec, slack_specs

# Fixtures of the generator that break a rule of Slack's own.
_NOT_VALID: Final = {
    "messages/webhook_message_basic": "one block_id twice",
    "messages/webhook_message_delete": "one block_id twice",
    "elements/rich_text_input_basic": "its initial value is a leaf, not a rich_text block",
    "elements/image_slack_file_id": "a file id has at least eight characters after its F",
}
# Objects no message or view of ours carries.
_ELSEWHERE: Final = ("objects/input_parameter", "objects/trigger", "objects/workflow")


def test_every_limit_is_the_published_one() -> None:
    published = dict(_flat(read_spec("block-kit/limits.json")))
    ours = {name: published.get(name) for name in LIMITS}
    assert ours == dict(LIMITS)


def test_no_block_stands_where_slack_does_not_show_it() -> None:
    published = read_spec("block-kit/surfaces.json")["surface_block_types"]
    for surface, kinds in SURFACE_BLOCKS.items():
        assert set(kinds) <= set(published[surface]), surface


def test_valid_fixtures_are_accepted() -> None:
    accepted = 0
    for name, fixture in _fixtures():
        if name in _NOT_VALID:
            continue
        refused = _refusals(name, fixture)
        if refused is None:
            continue
        assert refused == [], name
        accepted += 1
    assert accepted >= 70, "most fixtures are about blocks we support"


def test_invalid_cases_are_refused() -> None:
    for case, blocks in IN_MESSAGES.items():
        assert check_message({"blocks": blocks}), case
    for case, payload in IN_VIEWS.items():
        assert check_view(payload), case


def test_every_published_case_is_answered_for() -> None:
    published = {case["id"] for case in _cases()}
    unsupported = {case for case in published if case.startswith(OF_UNSUPPORTED_BLOCKS)}
    assert published == set(IN_MESSAGES) | set(IN_VIEWS) | RELAXED | unsupported


def test_the_cases_are_refused_for_their_own_reason() -> None:
    """Each case is one step over a limit: the same payload without it is accepted."""
    for good in (
        section(),
        actions(button(), menu()),
        actions(menu("overflow"), menu("checkboxes", action_id="c"), menu("radio_buttons")),
        [{"type": "markdown", "text": ""}],
    ):
        blocks = [{**block} for block in good]
        if any(e.get("type") == "radio_buttons" for b in blocks for e in b.get("elements", [])):
            blocks[0]["elements"][2]["action_id"] = "r"
        assert check_message({"blocks": blocks}) == []
    assert check_view(view(blocks=[])) == []
    assert check_view(view(blocks=asking(button()))) != []


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"blocks": section() * 51}, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            {"blocks": actions(menu("overflow", options=[]))},
            "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            {"blocks": section(text=plain("x" * 3001))},
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        ({"blocks": [{"type": "nope"}]}, "unsupported type: nope [json-pointer:/blocks/0/type]"),
        (
            {"blocks": actions(button(disabled=True))},
            "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]",
        ),
    ],
)
def test_messages_are_refused_in_slacks_words(payload: dict[str, Any], words: str) -> None:
    assert words in check_message(payload)


def test_views_are_refused_in_slacks_words() -> None:
    observed = [entry for entry in read_spec("payloads/observed_errors.json") if "body" in entry]
    by_reason = {entry["when"]: entry["body"] for entry in observed}
    missing = by_reason["missing fields"]["response_metadata"]["messages"]
    ours = [f"[ERROR] {line}" for line in check_view({})]
    assert sorted(ours) == sorted(missing)
    unknown = by_reason["unknown key in view"]["response_metadata"]["messages"]
    assert [f"[ERROR] {line}" for line in check_view(view(submit_disabled=True))] == unknown


def test_what_the_official_schema_refuses_we_refuse() -> None:
    """Both sides look at every published case; ours may be stricter, never laxer."""
    for blocks in IN_MESSAGES.values():
        assert official_errors({"blocks": blocks}, "message") or check_message({"blocks": blocks})
    for name, fixture in _fixtures():
        if not name.startswith("views/"):
            continue
        assert official_errors(fixture, fixture["type"]) == check_view(fixture) == [], name


def test_the_official_check_finds_faults() -> None:
    assert official_errors(view(), "modal") == []
    assert official_errors(view(title=plain("x" * 25)), "modal")
    assert official_errors(view(blocks=asking({"type": "plain_text_input"})), "modal")
    alert = {"type": "alert", "text": plain("Careful"), "level": "warning"}
    assert official_errors(view(blocks=[alert]), "modal") == []
    assert official_errors(view(blocks=[{**alert, "level": "loud"}]), "modal")
    assert official_errors({"blocks": [alert]}, "message")
    assert official_errors({"options": [{"text": plain("A"), "value": "x" * 151}]}, "options")


def test_procedural_rules() -> None:
    """The rules no schema can say, each with a neighbour that is accepted."""
    same = [{**section()[0], "block_id": "one"}] * 2
    assert _complains(check_message({"blocks": same}), "block_id")
    assert _complains(check_message({"blocks": actions(button(), button())}), "action_id")
    asks = asking({"type": "plain_text_input", "action_id": "say"})
    assert _complains(check_view(view(blocks=asks)), "missing required field: submit")
    assert check_view(view(blocks=asks, submit=plain("Go"))) == []
    chosen = {"text": plain("Z"), "value": "z"}
    wrong = actions(menu(initial_option=chosen))
    assert _complains(check_message({"blocks": wrong}), "must be one of the provided options")
    none_chosen = actions(menu("checkboxes", initial_options=[]))
    assert _complains(check_message({"blocks": none_chosen}), "provided options")
    focus = {"type": "plain_text_input", "action_id": "say", "focus_on_load": True}
    two = [*asking(focus), *asking({**focus, "action_id": "b"})]
    assert _complains(check_view(view(blocks=two, submit=plain("Go"))), "focus_on_load")
    where = {"type": "conversations_select", "action_id": "c", "response_url_enabled": True}
    assert check_view(view(blocks=asking(where), submit=plain("Go"))) == []
    assert _complains(check_view(view(blocks=actions(where))), "response_url_enabled")
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert check_message({"blocks": [table]}) == []
    assert _complains(check_message({"blocks": [table, table]}), "only_one_table_allowed")
    assert _complains(check_view(view(blocks=[table])), "unsupported type: table")
    many = [{"type": "markdown", "text": "x" * 7000}] * 2
    assert _complains(check_message({"blocks": many}), "markdown")
    file = asking({"type": "file_input", "action_id": "f"})
    assert check_view(view(blocks=file, submit=plain("Go"))) == []
    assert check_message({"blocks": file})
    dispatching = [{**file[0], "dispatch_action": True}]
    assert check_view(view(blocks=dispatching, submit=plain("Go")))
    focused = {"type": "multi_external_select", "action_id": "m", "focus_on_load": True}
    assert check_view(view(blocks=asking(focused), submit=plain("Go")))


def _complains(lines: list[str], words: str) -> bool:
    return any(words in line for line in lines)


def _flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, int]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _cases() -> list[dict[str, Any]]:
    tree = read_spec("block-kit/invalid-cases.json")
    return [case for part in tree.values() if isinstance(part, list) for case in part]


def _fixtures() -> Iterator[tuple[str, Any]]:
    folder = slack_specs() / "block-kit/fixtures/valid"
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        yield name, json.loads(path.read_text(encoding="utf-8"))


def _refusals(name: str, fixture: dict[str, Any]) -> list[str] | None:
    """Return what we refuse about a fixture, None if it is of a kind we do not support."""
    kind, _, _ = name.partition("/")
    if name.startswith(_ELSEWHERE):
        return None
    if kind == "views":
        return check_view(fixture)
    if kind == "messages":
        return check_message(fixture)
    if kind == "attachments":
        return check_message({"attachments": [fixture]})
    if kind == "blocks":
        return _refusals_of_block(fixture)
    if kind == "elements":
        return _refusals_of_element(fixture)
    if kind == "rich_text":
        return check_message({"blocks": [_in_rich_text(fixture)]})
    return _refusals_of_object(name, fixture)


def _refusals_of_block(block: dict[str, Any]) -> list[str] | None:
    if block["type"] not in BLOCKS:
        return None
    if block["type"] == "alert":
        return check_view(view(blocks=[block]))
    return check_message({"blocks": [block]})


def _refusals_of_element(element: dict[str, Any]) -> list[str] | None:
    if element["type"] == "image":
        return check_message({"blocks": section(accessory=element)})
    if element["type"] not in ELEMENTS:
        return None
    if element["type"] in ("button", "overflow"):
        return check_message({"blocks": actions(element)})
    return check_view(view(blocks=asking(element), submit=plain("Go")))


def _refusals_of_object(name: str, value: dict[str, Any]) -> list[str]:
    if name.startswith("objects/confirmation"):
        return check_message({"blocks": actions(button(confirm=value))})
    if name.startswith("objects/conversation_filter"):
        chooser = {"type": "conversations_select", "action_id": "c", "filter": value}
        return check_message({"blocks": actions(chooser)})
    if name.startswith("objects/dispatch"):
        element = {"type": "plain_text_input", "action_id": "a", "dispatch_action_config": value}
        return check_view(view(blocks=asking(element), submit=plain("Go")))
    if name.startswith("objects/option_group"):
        groups = {"type": "static_select", "action_id": "c", "option_groups": [value]}
        return check_message({"blocks": actions(groups)})
    if name.startswith("objects/option"):
        return check_message({"blocks": actions(menu(options=[value]))})
    assert name.startswith("objects/text"), name
    return check_message({"blocks": section(text=value)})


def _in_rich_text(part: dict[str, Any]) -> dict[str, Any]:
    if not part["type"].startswith("rich_text"):
        part = {"type": "rich_text_section", "elements": [part]}
    return {"type": "rich_text", "elements": [part]}
