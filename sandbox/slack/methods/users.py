"""Methods about people."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method
from sandbox.slack.methods.pages import page

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _info(workspace: "Workspace", args: Args) -> dict[str, Any]:
    user = workspace.directory.users.get(args.text("user") or "")
    if user is None:
        raise Refused("user_not_found")
    info = user.info(workspace.now())
    if args.flag("include_locale"):
        info["locale"] = "en-US"
    return {"ok": True, "user": info}


def _list(workspace: "Workspace", args: Args) -> dict[str, Any]:
    now = workspace.now()
    members = [user.info(now) for user in workspace.directory.users.values()]
    return {**page(members, args, "members"), "cache_ts": int(now)}


def _lookup_by_email(workspace: "Workspace", args: Args) -> dict[str, Any]:
    for user in workspace.directory.users.values():
        if user.email == args.text("email") and not user.is_bot:
            return {"ok": True, "user": user.info(workspace.now())}
    raise Refused("users_not_found")


METHODS: Final = (
    Method(
        "users.info",
        _info,
        required=("user",),
        optional=("include_locale",),
        scopes=("users:read",),
        tier=4,
        errors=frozenset({"user_not_found"}),
        missing={"user": "user_not_found"},
    ),
    Method(
        "users.list",
        _list,
        optional=("cursor", "include_locale", "limit", "team_id"),
        scopes=("users:read",),
        tier=2,
        errors=frozenset({"invalid_cursor", "limit_required"}),
    ),
    Method(
        "users.lookupByEmail",
        _lookup_by_email,
        required=("email",),
        scopes=("users:read.email",),
        tier=3,
        errors=frozenset({"users_not_found"}),
        missing={"email": "users_not_found"},
    ),
)
