"""Methods about the connection, the team, the bot, and Block Kit itself."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.blockkit import check_blocks, check_message, check_view
from sandbox.slack.errors import Refused
from sandbox.slack.methods.method import Method

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _api_test(_workspace: "Workspace", args: Args) -> dict[str, Any]:
    error = args.text("error")
    if error:
        return {"ok": False, "error": error, "args": args.as_dict()}
    return {"ok": True, "args": args.as_dict()}


def _auth_test(workspace: "Workspace", _args: Args) -> dict[str, Any]:
    home = workspace.directory.home
    bot = workspace.directory.users[workspace.app.bot_user_id]
    return {
        "ok": True,
        "url": f"https://{home.domain}.slack.com/",
        "team": home.name,
        "user": bot.name,
        "team_id": home.id,
        "user_id": bot.id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def _connections_open(workspace: "Workspace", _args: Args) -> dict[str, Any]:
    if not workspace.manifest.socket_mode:
        raise Refused("forbidden_team")
    ticket = workspace.sockets.issue_ticket()
    root = workspace.base_url.replace("http", "ws", 1)
    return {"ok": True, "url": f"{root}/link/?ticket={ticket}&app_id={workspace.app.app_id}"}


def _team_info(workspace: "Workspace", args: Args) -> dict[str, Any]:
    team = workspace.directory.teams.get(args.text("team") or workspace.directory.home.id)
    if team is None:
        raise Refused("team_not_found")
    return {
        "ok": True,
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "example.com",
            "icon": {"image_default": True},
        },
    }


def _bots_info(workspace: "Workspace", args: Args) -> dict[str, Any]:
    app = workspace.app
    if args.text("bot") not in (None, app.bot_id):
        raise Refused("bot_not_found")
    return {
        "ok": True,
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": workspace.directory.users[app.bot_user_id].real_name,
            "updated": 0,
            "app_id": app.app_id,
            "user_id": app.bot_user_id,
            "icons": {},
        },
    }


def _blocks_validate(_workspace: "Workspace", args: Args) -> dict[str, Any]:
    given = [name for name in ("blocks", "view", "message") if name in args]
    if len(given) != 1:
        raise Refused(
            "invalid_arguments", ["must provide exactly one of `blocks`, `view`, or `message`"]
        )
    name = given[0]
    value = args.structure(name)
    if name == "view":
        problems = check_view(value)
    elif name == "message":
        problems = check_message(value if isinstance(value, dict) else {"blocks": value})
    else:
        problems = check_blocks(value, "message", "")
    if problems:
        raise Refused(f"invalid_{name}", errors=[_constraint(line) for line in problems])
    return {"ok": True}


def _constraint(line: str) -> dict[str, str]:
    message, _, pointer = line.removesuffix("]").rpartition(" [json-pointer:")
    return {"code": "failed_constraint", "message": message, "pointer": pointer}


METHODS: Final = (
    Method("api.test", _api_test, optional=("error",), tier=4, token="none"),
    Method("auth.test", _auth_test, tier="special", errors=frozenset({"invalid_auth"})),
    Method(
        "apps.connections.open",
        _connections_open,
        tier=3,
        token="app",
        errors=frozenset({"forbidden_team"}),
    ),
    Method(
        "team.info",
        _team_info,
        optional=("team", "domain"),
        scopes=("team:read",),
        tier=3,
        errors=frozenset({"team_not_found"}),
    ),
    Method(
        "bots.info",
        _bots_info,
        optional=("bot", "team_id"),
        scopes=("users:read",),
        tier=3,
        errors=frozenset({"bot_not_found"}),
    ),
    Method(
        "blocks.validate",
        _blocks_validate,
        optional=("blocks", "message", "view"),
        token="none",
        errors=frozenset({"invalid_blocks", "invalid_message", "invalid_view"}),
    ),
)
