"""Methods about channels and what was said in them."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method
from sandbox.slack.methods.pages import page
from sandbox.slack.models import Channel, Message

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

_TYPES: Final = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": ""}
_SCOPE_WORD: Final = {"public": "channels", "private": "groups", "im": "im"}
_READ: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")


def _channel(workspace: "Workspace", args: Args, right: str) -> Channel:
    """Return the channel asked for, if the app may know it and has the scope for its kind."""
    channel = workspace.directory.channels.get(args.text("channel") or "")
    if channel is None or (channel.kind != "public" and not _is_in(workspace, channel)):
        raise Refused("channel_not_found")
    needed = f"{_SCOPE_WORD[channel.kind]}:{right}"
    if needed not in workspace.manifest.scopes:
        provided = ",".join(sorted(workspace.manifest.scopes))
        raise Refused("missing_scope", needed=needed, provided=provided)
    return channel


def _is_in(workspace: "Workspace", channel: Channel) -> bool:
    return workspace.app.bot_user_id in channel.members


def _as_payload(workspace: "Workspace", channel: Channel) -> dict[str, Any]:
    home = workspace.directory.home.id
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": home,
            "user": channel.person,
            "is_user_deleted": False,
        }
    private = channel.kind == "private"
    note = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": home,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "is_ext_shared": False,
        "shared_team_ids": [home],
        "pending_connected_team_ids": [],
        "is_member": _is_in(workspace, channel),
        "topic": dict(note),
        "purpose": dict(note),
        "previous_names": [],
    }


def _info(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = _channel(workspace, args, "read")
    body = _as_payload(workspace, channel)
    if args.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"ok": True, "channel": body}


def _listed(workspace: "Workspace", args: Args) -> list[dict[str, Any]]:
    words = (args.text("types") or "public_channel").split(",")
    if any(word not in _TYPES for word in words):
        raise Refused("invalid_types")
    kinds = {_TYPES[word] for word in words}
    return [
        _as_payload(workspace, channel)
        for channel in workspace.directory.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or _is_in(workspace, channel))
        and not (channel.is_archived and args.flag("exclude_archived"))
    ]


def _list(workspace: "Workspace", args: Args) -> dict[str, Any]:
    return page(_listed(workspace, args), args, "channels")


def _of_user(workspace: "Workspace", args: Args) -> dict[str, Any]:
    user = args.text("user") or workspace.app.bot_user_id
    theirs = [
        body
        for body in _listed(workspace, args)
        if user in workspace.directory.channels[body["id"]].members
    ]
    return page(theirs, args, "channels")


def _members(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = _channel(workspace, args, "read")
    return page(sorted(channel.members), args, "members")


def _open(workspace: "Workspace", args: Args) -> dict[str, Any]:
    if "channel" in args:
        channel = workspace.directory.channels.get(args.text("channel") or "")
        if channel is None or channel.kind != "im":
            raise Refused("channel_not_found")
        return {"ok": True, "channel": {"id": channel.id}}
    people = (args.text("users") or "").split(",")
    if people == [""]:
        raise Refused("users_list_not_supplied")
    if len(people) > 1:
        # Groups of several people are no part of this stand-in.
        raise Refused("too_many_users")
    user = workspace.directory.users.get(people[0])
    if user is None or user.is_bot:
        raise Refused("user_not_found")
    channel = workspace.directory.direct(user.id)
    body = _as_payload(workspace, channel) if args.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": body}


def _join(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = workspace.directory.channels.get(args.text("channel") or "")
    if channel is None:
        raise Refused("channel_not_found")
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    workspace.join(channel, workspace.app.bot_user_id)
    return {"ok": True, "channel": _as_payload(workspace, channel)}


def _within(messages: list[Message], args: Args) -> list[Message]:
    oldest, latest = args.text("oldest"), args.text("latest")
    inclusive = args.flag("inclusive")

    def fits(message: Message) -> bool:
        at_edge = message.ts in (oldest, latest)
        if at_edge:
            return inclusive
        return (not oldest or float(message.ts) > float(oldest)) and (
            not latest or float(message.ts) < float(latest)
        )

    return [message for message in messages if fits(message)]


def _history(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = _channel(workspace, args, "history")
    if not _is_in(workspace, channel):
        raise Refused("not_in_channel")
    messages = _within(workspace.messages.in_channel(channel.id), args)[::-1]
    bodies = [workspace.messages.as_payload(message) for message in messages]
    answer = page(bodies, args, "messages")
    more = bool(answer["response_metadata"]["next_cursor"])
    return {**answer, "has_more": more, "pin_count": 0}


def _replies(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = _channel(workspace, args, "history")
    thread = workspace.messages.replies(channel.id, args.text("ts") or "")
    if not thread:
        raise Refused("thread_not_found")
    bodies = [workspace.messages.as_payload(message) for message in _within(thread, args)]
    answer = page(bodies, args, "messages")
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"])}


_NO_CHANNEL: Final = {"channel": "channel_not_found"}
_LIST_ARGS: Final = ("cursor", "exclude_archived", "limit", "team_id", "types")
_RANGE_ARGS: Final = (
    "cursor",
    "include_all_metadata",
    "inclusive",
    "latest",
    "limit",
    "oldest",
)

METHODS: Final = (
    Method(
        "conversations.list",
        _list,
        optional=_LIST_ARGS,
        scopes=_READ,
        tier=2,
        errors=frozenset({"invalid_cursor", "invalid_limit", "invalid_types"}),
    ),
    Method(
        "users.conversations",
        _of_user,
        optional=(*_LIST_ARGS, "exclude_muted", "user"),
        scopes=_READ,
        tier=3,
        errors=frozenset({"invalid_cursor", "invalid_limit", "invalid_types"}),
    ),
    Method(
        "conversations.info",
        _info,
        required=("channel",),
        optional=("include_locale", "include_num_members"),
        scopes=_READ,
        tier=3,
        errors=frozenset({"channel_not_found"}),
        missing=_NO_CHANNEL,
    ),
    Method(
        "conversations.members",
        _members,
        required=("channel",),
        optional=("cursor", "limit"),
        scopes=_READ,
        tier=4,
        errors=frozenset({"channel_not_found", "invalid_cursor", "invalid_limit"}),
        missing=_NO_CHANNEL,
    ),
    Method(
        "conversations.open",
        _open,
        optional=("channel", "prevent_creation", "return_im", "users"),
        scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
        tier=3,
        errors=frozenset(
            {"channel_not_found", "users_list_not_supplied", "too_many_users", "user_not_found"}
        ),
    ),
    Method(
        "conversations.join",
        _join,
        required=("channel",),
        scopes=("channels:join",),
        tier=3,
        errors=frozenset(
            {"channel_not_found", "method_not_supported_for_channel_type", "is_archived"}
        ),
        missing=_NO_CHANNEL,
    ),
    Method(
        "conversations.history",
        _history,
        required=("channel",),
        optional=_RANGE_ARGS,
        scopes=_HISTORY,
        tier=3,
        errors=frozenset({"channel_not_found", "not_in_channel", "invalid_cursor"}),
        missing=_NO_CHANNEL,
    ),
    Method(
        "conversations.replies",
        _replies,
        required=("channel", "ts"),
        optional=_RANGE_ARGS,
        scopes=_HISTORY,
        tier=3,
        errors=frozenset({"channel_not_found", "thread_not_found", "invalid_cursor"}),
        missing={**_NO_CHANNEL, "ts": "thread_not_found"},
    ),
)
