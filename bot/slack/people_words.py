"""What is said about people and their roles."""

from __future__ import annotations

from sync.people import Role

TITLE = "People"
SUBMIT = "Give this role"
WHO = "Who?"
WHO_HINT = "Anybody who is named nowhere is a viewer."
ROLE = "Which role?"
PICK_WHO = "Choose a person."
PICK_ROLE = "Choose a role."
SAVING = "Asking Slack who this is."
NOBODY = "nobody"
ROLES: dict[Role, tuple[str, str]] = {
    "manager": ("Manager", "Connects stores, turns sync on, names others"),
    "operator": ("Operator", "Counts, adjusts and moves stock, retries what failed"),
    "viewer": ("Viewer", "Reads status, numbers and alerts"),
}
LAST_MANAGER = (
    "This is the only manager, and nobody else could connect stores or name people then. Make "
    "somebody else a manager first."
)
NO_MEMBER = (
    "Only full members of this workspace can have a role: no guest, no bot, nobody from another "
    "workspace, and nobody whose account is deactivated. Choose somebody else."
)
SLACK_SILENT = "Slack did not say in time who this is, so nothing was changed. Please try again."


def heading(role: Role) -> str:
    return {"manager": "Managers", "operator": "Operators", "viewer": "Viewers"}[role]


def given(user: str, role: Role) -> str:
    """Say who has which role now; the mention is Slack's own."""
    name = ROLES[role][0].lower()
    return f"<@{user}> is {'an' if name[0] in 'aeiou' else 'a'} {name} now."
