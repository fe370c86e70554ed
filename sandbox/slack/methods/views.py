"""Methods about modals and Home views."""

from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused, invalid_arguments
from sandbox.slack.methods.method import Method
from sandbox.slack.models import View
from sandbox.slack.tickets import Trigger

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def _answer(workspace: "Workspace", view: View) -> dict[str, Any]:
    return {"ok": True, "view": workspace.views.as_payload(view, with_state=False)}


def _view(workspace: "Workspace", args: Args, method: str) -> Any:
    view = args.structure("view")
    workspace.inspector.show_view(view, method)
    return view


def _trigger(workspace: "Workspace", args: Args) -> Trigger:
    trigger_id = args.text("trigger_id") or args.text("interactivity_pointer")
    if not trigger_id:
        raise invalid_arguments("missing required field: trigger_id [json-pointer:/trigger_id]")
    return workspace.triggers.look_at(trigger_id)


def _open(workspace: "Workspace", args: Args) -> dict[str, Any]:
    view = _view(workspace, args, "views.open")
    trigger = _trigger(workspace, args)
    if workspace.views.top(trigger.user_id) is not None:
        workspace.inspector.advice.append("views.open replaced modals that were still open")
    return _answer(workspace, workspace.views.open(trigger, view))


def _push(workspace: "Workspace", args: Args) -> dict[str, Any]:
    view = _view(workspace, args, "views.push")
    return _answer(workspace, workspace.views.push(_trigger(workspace, args), view))


def _update(workspace: "Workspace", args: Args) -> dict[str, Any]:
    payload = _view(workspace, args, "views.update")
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if (view_id is None) == (external_id is None):
        raise invalid_arguments("must provide exactly one of `view_id` or `external_id`")
    view = workspace.views.find(view_id, external_id)
    return _answer(workspace, workspace.views.update(view, payload, args.text("hash")))


def _publish(workspace: "Workspace", args: Args) -> dict[str, Any]:
    payload = _view(workspace, args, "views.publish")
    if not workspace.manifest.home_tab:
        raise Refused("not_enabled")
    user = workspace.directory.users.get(args.text("user_id") or "")
    if user is None or user.is_bot:
        raise invalid_arguments("invalid `user_id` [json-pointer:/user_id]")
    return _answer(workspace, workspace.views.publish(user.id, payload, args.text("hash")))


_TRIGGER_ERRORS: Final = frozenset(
    {
        "duplicate_external_id",
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
        "view_too_large",
    }
)

METHODS: Final = (
    Method(
        "views.open",
        _open,
        required=("view",),
        optional=("trigger_id", "interactivity_pointer"),
        tier=4,
        errors=_TRIGGER_ERRORS,
    ),
    Method(
        "views.push",
        _push,
        required=("view",),
        optional=("trigger_id", "interactivity_pointer"),
        tier=4,
        errors=_TRIGGER_ERRORS | {"not_found", "push_limit_reached"},
    ),
    Method(
        "views.update",
        _update,
        required=("view",),
        optional=("external_id", "hash", "view_id"),
        tier=4,
        errors=frozenset({"duplicate_external_id", "hash_conflict", "not_found", "view_too_large"}),
    ),
    Method(
        "views.publish",
        _publish,
        required=("user_id", "view"),
        optional=("hash", "interactivity_pointer"),
        tier=4,
        errors=frozenset(
            {"duplicate_external_id", "hash_conflict", "not_enabled", "view_too_large"}
        ),
    ),
)
