"""Methods about the app's own messages."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.blockkit.limits import UPDATE_TEXT
from sandbox.slack.content import Content
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method
from sandbox.slack.models import Message

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _post_message(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = workspace.posting.channel_to_post_in(args.need("channel", "channel_not_found"))
    message = workspace.posting.post(
        channel,
        Content.read(args),
        source="chat.postMessage",
        thread_ts=args.text("thread_ts"),
        metadata=args.structure("metadata", "invalid_metadata_format"),
    )
    body = workspace.messages.as_payload(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": body}


def _post_ephemeral(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = workspace.posting.channel_to_post_in(args.need("channel", "channel_not_found"))
    user_id = args.text("user") or ""
    if user_id not in channel.members:
        raise Refused("user_not_in_channel")
    message = workspace.posting.whisper(
        channel,
        user_id,
        Content.read(args, longest=UPDATE_TEXT),
        source="chat.postEphemeral",
        thread_ts=args.text("thread_ts"),
    )
    return {"ok": True, "message_ts": message.ts}


def _own_message(workspace: "Workspace", args: Args, not_ours: str) -> Message:
    channel = workspace.posting.any_channel(args.text("channel") or "")
    message = workspace.messages.find(channel.id, args.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.from_app:
        raise Refused(not_ours)
    return message


def _update(workspace: "Workspace", args: Args) -> dict[str, Any]:
    message = _own_message(workspace, args, "cant_update_message")
    content = Content.read(args, longest=UPDATE_TEXT)
    workspace.posting.edit(message, content, source="chat.update")
    return {
        "ok": True,
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": workspace.messages.as_payload(message),
    }


def _delete(workspace: "Workspace", args: Args) -> dict[str, Any]:
    message = _own_message(workspace, args, "cant_delete_message")
    workspace.messages.remove(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def _get_permalink(workspace: "Workspace", args: Args) -> dict[str, Any]:
    channel = workspace.posting.any_channel(args.text("channel") or "")
    message = workspace.messages.find(channel.id, args.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    domain = workspace.directory.home.domain
    compact = message.ts.replace(".", "")
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{compact}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


_NO_CHANNEL: Final = {"channel": "channel_not_found"}
_CONTENT_ERRORS: Final = frozenset(
    {
        "channel_not_found",
        "invalid_blocks",
        "invalid_blocks_format",
        "no_text",
        "too_many_attachments",
    }
)
_POST_ERRORS: Final = _CONTENT_ERRORS | {
    "cannot_reply_to_message",
    "is_archived",
    "messages_tab_disabled",
    "not_in_channel",
}
_CONTENT_ARGS: Final = (
    "as_user",
    "attachments",
    "blocks",
    "link_names",
    "markdown_text",
    "metadata",
    "parse",
    "text",
)

METHODS: Final = (
    Method(
        "chat.postMessage",
        _post_message,
        required=("channel",),
        optional=(
            *_CONTENT_ARGS,
            "current_draft_last_updated_ts",
            "icon_emoji",
            "icon_url",
            "mrkdwn",
            "reply_broadcast",
            "thread_ts",
            "unfurl_links",
            "unfurl_media",
            "username",
        ),
        scopes=("chat:write",),
        tier="special",
        errors=_POST_ERRORS | {"invalid_metadata_format", "msg_blocks_too_long"},
        missing=_NO_CHANNEL,
    ),
    Method(
        "chat.postEphemeral",
        _post_ephemeral,
        required=("channel", "user"),
        optional=(*_CONTENT_ARGS, "icon_emoji", "icon_url", "thread_ts", "username"),
        scopes=("chat:write",),
        tier=4,
        errors=_POST_ERRORS | {"msg_too_long", "user_not_in_channel"},
        missing={**_NO_CHANNEL, "user": "user_not_in_channel"},
    ),
    Method(
        "chat.update",
        _update,
        required=("channel", "ts"),
        optional=(*_CONTENT_ARGS, "file_ids", "reply_broadcast", "unfurled_attachments"),
        scopes=("chat:write",),
        tier=3,
        errors=_CONTENT_ERRORS | {"cant_update_message", "message_not_found", "msg_too_long"},
        missing={**_NO_CHANNEL, "ts": "message_not_found"},
    ),
    Method(
        "chat.delete",
        _delete,
        required=("channel", "ts"),
        optional=("as_user",),
        scopes=("chat:write",),
        tier=3,
        errors=frozenset({"cant_delete_message", "channel_not_found", "message_not_found"}),
        missing={**_NO_CHANNEL, "ts": "message_not_found"},
    ),
    Method(
        "chat.getPermalink",
        _get_permalink,
        required=("channel", "message_ts"),
        tier="special",
        errors=frozenset({"channel_not_found", "message_not_found"}),
        missing={**_NO_CHANNEL, "message_ts": "message_not_found"},
    ),
)
