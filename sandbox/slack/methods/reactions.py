"""Methods about emoji reactions."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method
from sandbox.slack.models import Message

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _message(workspace: "Workspace", args: Args) -> Message:
    if not args.text("channel") or not args.text("timestamp"):
        raise Refused("no_item_specified")
    channel = workspace.directory.channels.get(args.text("channel") or "")
    if channel is None:
        raise Refused("channel_not_found")
    message = workspace.messages.find(channel.id, args.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    return message


def _add(workspace: "Workspace", args: Args) -> dict[str, Any]:
    message, name = _message(workspace, args), args.need("name", "invalid_name")
    people = message.reactions.setdefault(name, [])
    if workspace.app.bot_user_id in people:
        raise Refused("already_reacted")
    people.append(workspace.app.bot_user_id)
    workspace.messages.changed()
    return {"ok": True}


def _remove(workspace: "Workspace", args: Args) -> dict[str, Any]:
    message, name = _message(workspace, args), args.need("name", "invalid_name")
    people = message.reactions.get(name, [])
    if workspace.app.bot_user_id not in people:
        raise Refused("no_reaction")
    people.remove(workspace.app.bot_user_id)
    if not people:
        del message.reactions[name]
    workspace.messages.changed()
    return {"ok": True}


_ERRORS: Final = frozenset(
    {"channel_not_found", "invalid_name", "message_not_found", "no_item_specified"}
)

METHODS: Final = (
    Method(
        "reactions.add",
        _add,
        required=("channel", "name", "timestamp"),
        scopes=("reactions:write",),
        tier=3,
        errors=_ERRORS | {"already_reacted"},
        missing={"channel": "no_item_specified", "timestamp": "no_item_specified"},
    ),
    Method(
        "reactions.remove",
        _remove,
        required=("name",),
        optional=("channel", "file", "file_comment", "timestamp"),
        scopes=("reactions:write",),
        tier=2,
        errors=_ERRORS | {"no_reaction"},
    ),
)
