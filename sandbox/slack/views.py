"""Modals in their stacks, and one Home view per person."""

import copy
import json
import secrets
import string
from collections.abc import Callable
from typing import Any, Final

from sandbox.slack.app import AppIdentity
from sandbox.slack.blockkit import check_view, complete_view
from sandbox.slack.blockkit.limits import VIEW_BYTES
from sandbox.slack.changes import Changes
from sandbox.slack.directory import Directory, fresh_id
from sandbox.slack.errors import Refused, invalid_arguments
from sandbox.slack.inputs import carried_values, initial_values
from sandbox.slack.models import View
from sandbox.slack.tickets import Trigger

STACK_DEPTH: Final = 3  # Slack: up to three views in a modal
_HASH_ALPHABET: Final = string.ascii_letters + string.digits


class Views:
    """Opens, pushes, updates, publishes and closes views."""

    def __init__(
        self,
        app: AppIdentity,
        directory: Directory,
        changes: Changes,
        now: Callable[[], float],
    ) -> None:
        self._app = app
        self._directory = directory
        self._changes = changes
        self._now = now
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user_id: str) -> list[View]:
        """Return a person's open modals, the topmost last."""
        return list(self._stacks.get(user_id, ()))

    def top(self, user_id: str) -> View | None:
        """Return the modal a person sees."""
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def home(self, user_id: str) -> View | None:
        """Return what the app published on a person's Home tab."""
        return self._homes.get(user_id)

    def open(self, trigger: Trigger, payload: object) -> View:
        """Show a first modal; an open stack of this person is replaced."""
        body = self._checked(payload, "modal")
        self._check_external_id(body, None)
        trigger.spent = True
        view = self._new(trigger.user_id, body, channel=trigger.channel)
        self._stacks[trigger.user_id] = [view]
        self._changes.bump()
        return view

    def push(self, trigger: Trigger, payload: object) -> View:
        """Show a modal on top of the one in which the person acted."""
        body = self._checked(payload, "modal")
        self._check_external_id(body, None)
        stack = self._stacks.get(trigger.user_id, [])
        if trigger.view_id is None or trigger.view_id not in [view.id for view in stack]:
            raise Refused("not_found")
        if len(stack) >= STACK_DEPTH:
            raise Refused("push_limit_reached")
        trigger.spent = True
        return self._push_on(stack, trigger.user_id, body)

    def update(self, view: View, payload: object, known_hash: str | None = None) -> View:
        """Replace what a view shows, keeping what was entered where the ids are equal."""
        body = self._checked(payload, "modal" if view.is_modal else "home")
        self._check_external_id(body, view)
        if known_hash and known_hash != view.hash:
            raise Refused("hash_conflict")
        view.values = carried_values(body["blocks"], view.values)
        view.body = body
        view.hash = self._new_hash()
        view.errors = {}
        self._changes.bump()
        return view

    def publish(self, user_id: str, payload: object, known_hash: str | None = None) -> View:
        """Publish a person's Home view."""
        body = self._checked(payload, "home")
        current = self._homes.get(user_id)
        if current is not None:
            return self.update(current, payload, known_hash)
        self._check_external_id(body, None)
        self._homes[user_id] = self._new(user_id, body)
        self._changes.bump()
        return self._homes[user_id]

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """Return an open view by one of its names; refuse if it was closed or never was."""
        for view in self._alive():
            by_id = view_id is not None and view.id == view_id
            by_name = view_id is None and external_id and view.external_id == external_id
            if by_id or by_name:
                return view
        raise Refused("not_found")

    def answer_push(self, user_id: str, payload: object) -> View:
        """Apply a submission's answer that pushes a view."""
        body = self._checked(payload, "modal")
        self._check_external_id(body, None)
        stack = self._stacks.get(user_id, [])
        if len(stack) >= STACK_DEPTH:
            raise Refused("push_limit_reached")
        return self._push_on(stack, user_id, body)

    def close(self, view: View) -> None:
        """Take one view off its stack, showing the previous one."""
        stack = self._stacks.get(view.user_id, [])
        if view in stack:
            stack.remove(view)
            self._changes.bump()

    def clear(self, user_id: str) -> list[View]:
        """Close a person's whole stack and return what was on it, the topmost first."""
        closed = self._stacks.pop(user_id, [])
        self._changes.bump()
        return closed[::-1]

    def as_payload(self, view: View, *, with_state: bool) -> dict[str, Any]:
        """Return the view object of answers (no state yet) and interactions (with state)."""
        return {
            "id": view.id,
            "team_id": view.team_id,
            **copy.deepcopy(view.body),
            "state": {"values": copy.deepcopy(view.values) if with_state else {}},
            "hash": view.hash,
            "previous_view_id": view.previous_view_id,
            "root_view_id": view.root_view_id,
            "app_id": self._app.app_id,
            "app_installed_team_id": self._directory.home.id,
            "bot_id": self._app.bot_id,
        }

    def _push_on(self, stack: list[View], user_id: str, body: dict[str, Any]) -> View:
        below = stack[-1]
        view = self._new(user_id, body, below)
        stack.append(view)
        self._changes.bump()
        return view

    def _new(
        self,
        user_id: str,
        body: dict[str, Any],
        below: View | None = None,
        channel: str | None = None,
    ) -> View:
        view_id = fresh_id("V")
        return View(
            id=view_id,
            user_id=user_id,
            team_id=self._directory.users[user_id].team_id,
            body=body,
            hash=self._new_hash(),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
            values=initial_values(body["blocks"], channel),
        )

    def _checked(self, payload: object, surface: str) -> dict[str, Any]:
        kind = payload.get("type") if isinstance(payload, dict) else None
        if kind in ("modal", "home") and kind != surface:
            raise invalid_arguments(f"unsupported type: {kind} [json-pointer:/view/type]")
        problems = check_view(payload)
        if problems:
            raise invalid_arguments(*problems)
        if len(json.dumps(payload, ensure_ascii=False).encode()) > VIEW_BYTES:
            raise Refused("view_too_large")
        return complete_view(dict(payload))  # type: ignore[call-overload]  # checked to be an object

    def _check_external_id(self, body: dict[str, Any], own: View | None) -> None:
        name = body["external_id"]
        if name and any(v.external_id == name for v in self._alive() if v is not own):
            raise Refused("duplicate_external_id")

    def _alive(self) -> list[View]:
        modals = [view for stack in self._stacks.values() for view in stack]
        return [*modals, *self._homes.values()]

    def _new_hash(self) -> str:
        tail = "".join(secrets.choice(_HASH_ALPHABET) for _ in range(8))
        return f"{int(self._now())}.{tail}"
