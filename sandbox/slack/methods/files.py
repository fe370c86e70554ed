"""Methods about uploading files."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method
from sandbox.slack.models import Channel

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _get_upload_url(workspace: "Workspace", args: Args) -> dict[str, Any]:
    length = args.number("length", 0)
    if length < 1:
        raise Refused("missing_argument")
    file = workspace.uploads.announce(args.need("filename", "missing_argument"), length)
    url = f"{workspace.base_url}/upload/v1/{file.upload_key}"
    return {"ok": True, "upload_url": url, "file_id": file.id}


def _complete_upload(workspace: "Workspace", args: Args) -> dict[str, Any]:
    wanted = args.structure("files")
    files = [
        workspace.uploads.complete(str(item.get("id")), item.get("title"))
        for item in (wanted if isinstance(wanted, list) else [])
        if isinstance(item, dict)
    ]
    if not files:
        raise Refused("file_not_found")
    bodies = [workspace.uploads.as_payload(file, workspace.base_url) for file in files]
    for channel in _places(workspace, args):
        if workspace.app.bot_user_id not in channel.members:
            raise Refused("not_in_channel")
        comment = args.text("initial_comment") or ""
        workspace.posting.share_files(channel, bodies, comment, args.text("thread_ts"))
    return {"ok": True, "files": bodies}


def _places(workspace: "Workspace", args: Args) -> list[Channel]:
    """Return where to share: one channel by its id, or several, where people's ids count too."""
    channel_id = args.text("channel_id")
    if channel_id:
        channel = workspace.directory.channels.get(channel_id)
        if channel is None:
            raise Refused("channel_not_found")
        return [channel]
    several = (args.text("channels") or "").split(",")
    return [workspace.posting.any_channel(place) for place in several if place]


def _info(workspace: "Workspace", args: Args) -> dict[str, Any]:
    file = workspace.uploads.get(args.text("file") or "")
    return {"ok": True, "file": workspace.uploads.as_payload(file, workspace.base_url)}


METHODS: Final = (
    Method(
        "files.getUploadURLExternal",
        _get_upload_url,
        required=("filename", "length"),
        optional=("alt_txt", "snippet_type"),
        scopes=("files:write",),
        tier=4,
        errors=frozenset({"missing_argument"}),
        missing={"filename": "missing_argument", "length": "missing_argument"},
    ),
    Method(
        "files.completeUploadExternal",
        _complete_upload,
        required=("files",),
        optional=(
            "blocks",
            "channel_id",
            "channels",
            "icon_emoji",
            "icon_url",
            "initial_comment",
            "thread_ts",
            "username",
        ),
        scopes=("files:write",),
        tier=4,
        errors=frozenset({"channel_not_found", "file_not_found", "not_in_channel"}),
        missing={"files": "file_not_found"},
    ),
    Method(
        "files.info",
        _info,
        required=("file",),
        optional=("count", "cursor", "limit", "page"),
        scopes=("files:read",),
        tier=4,
        errors=frozenset({"file_not_found"}),
        missing={"file": "file_not_found"},
    ),
)
