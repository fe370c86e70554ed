"""What the app's answer to a submission does to the person's modals."""

from typing import TYPE_CHECKING, Any

from sandbox.slack.errors import Refused
from sandbox.slack.inspector import Record
from sandbox.slack.models import View

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def apply_answer(workspace: "Workspace", view: View, answer: Any) -> bool:
    """Apply an acknowledgement of `view_submission`; False if it made no sense to Slack."""
    try:
        _apply(workspace, view, answer)
    except Refused as refusal:
        workspace.inspector.note(
            Record(
                kind="delivery",
                name="view_submission answer",
                sent=answer,
                answer=refusal.answer(),
                ms=0.0,
                error="invalid_submission_response",
            )
        )
        return False
    return True


def _apply(workspace: "Workspace", view: View, answer: Any) -> None:
    views = workspace.views
    if answer in (None, "", {}):
        views.close(view)
        return
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "clear":
        views.clear(view.user_id)
    elif action == "errors":
        _show_errors(view, answer.get("errors"))
        workspace.changes.bump()
    elif action in ("update", "push"):
        payload = answer.get("view")
        workspace.inspector.show_view(payload, f"response_action {action}")
        if action == "update":
            views.update(view, payload)
        else:
            views.answer_push(view.user_id, payload)
    else:
        raise Refused("invalid_arguments", [f"unknown response_action: {action}"])


def _show_errors(view: View, errors: Any) -> None:
    """Put texts under fields; the keys have to be input blocks of this very view."""
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_arguments", ["missing required field: errors"])
    strange = [key for key in errors if key not in inputs]
    if strange:
        raise Refused("invalid_arguments", [f"no input block: {key}" for key in strange])
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise Refused("invalid_arguments", ["errors must be texts"])
    view.errors = dict(errors)
