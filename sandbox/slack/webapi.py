"""Slack's Web API: from a request's arguments to the answer, checked on the way."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.args import Args
from sandbox.slack.blockkit import advise_message, advise_view
from sandbox.slack.errors import Refused, invalid_arguments
from sandbox.slack.inspector import Record
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.methods.method import COMMON_ERRORS

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

_MESSAGE_METHODS: Final = ("chat.postMessage", "chat.postEphemeral", "chat.update")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `body` is JSON, or text when the server itself failed."""

    status: int
    body: dict[str, Any] | str
    headers: dict[str, str] = field(default_factory=dict)
    by_fault: bool = False


class WebApi:
    """Answers calls and records each of them."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def call(self, name: str, values: dict[str, Any], token: str | None) -> Answer:
        """Answer one call. `values` are the merged arguments, without the token."""
        begin = time.perf_counter()
        await asyncio.sleep(self._workspace.faults.delay(name))
        args = Args(values)
        answer = self._planned_trouble(name) or self._answer(name, args, token)
        warnings = self._warnings(name, args)
        body = answer.body
        self._workspace.inspector.note(
            Record(
                kind="api",
                name=name,
                sent=args.as_dict(),
                answer=answer.body,
                ms=(time.perf_counter() - begin) * 1000,
                error=body.get("error") if isinstance(body, dict) else f"http_{answer.status}",
                warnings=tuple(warnings),
                by_fault=answer.by_fault,
            )
        )
        return answer

    def _planned_trouble(self, name: str) -> Answer | None:
        faults = self._workspace.faults
        status = faults.due_server_error(name)
        if status is not None:
            return Answer(status, "<html><body>Something went wrong</body></html>", by_fault=True)
        retry_after = faults.due_rate_limit(name)
        if retry_after is not None:
            return _limited(retry_after, by_fault=True)
        error = faults.due_error(name)
        if error is not None:
            return Answer(200, {"ok": False, "error": error}, by_fault=True)
        method = METHODS.get(name)
        if method is not None and method.token == "bot":
            if faults.app_removed:
                return Answer(200, {"ok": False, "error": "account_inactive"}, by_fault=True)
            if faults.token_revoked:
                return Answer(200, {"ok": False, "error": "token_revoked"}, by_fault=True)
        return None

    def _answer(self, name: str, args: Args, token: str | None) -> Answer:
        method = METHODS.get(name)
        if method is None:
            unknown = Refused("unknown_method", req_method=name)
            return Answer(200, unknown.answer())
        try:
            self._admit(method, token)
            self._check_arguments(method, args)
            return Answer(200, method.run(self._workspace, args), headers=self._scopes(method))
        except Refused as refusal:
            if refusal.error == "ratelimited":
                return _limited(int(str(refusal.extra["retry_after"])), by_fault=False)
            allowed = COMMON_ERRORS | method.errors
            if refusal.error not in allowed:
                raise AssertionError(f"{name} never answers {refusal.error}") from refusal
            return Answer(200, refusal.answer())

    def _scopes(self, method: Method) -> dict[str, str]:
        """Say what the token may do, as Slack does in the headers of its answers."""
        if method.token != "bot":
            return {}
        headers = {"x-oauth-scopes": ",".join(sorted(self._workspace.manifest.scopes))}
        if method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        return headers

    def _admit(self, method: Method, token: str | None) -> None:
        if method.token == "none":
            return
        app = self._workspace.app
        if not token:
            raise Refused("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise Refused("invalid_auth")
        if token != (app.bot_token if method.token == "bot" else app.app_token):
            raise Refused("not_allowed_token_type")
        granted = self._workspace.manifest.scopes
        if method.token == "bot" and method.scopes and not granted.intersection(method.scopes):
            raise Refused(
                "missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(granted))
            )

    def _check_arguments(self, method: Method, args: Args) -> None:
        missing = [name for name in method.required if name not in args]
        for name in missing:
            if name in method.missing:
                raise Refused(method.missing[name])
        if missing:
            raise invalid_arguments(
                *(f"missing required field: {name} [json-pointer:/{name}]" for name in missing)
            )

    def _warnings(self, name: str, args: Args) -> list[str]:
        method = METHODS.get(name)
        if method is None:
            return []
        warnings = [f"unknown argument: {word}" for word in args if word not in method.arguments]
        values = args.as_dict()
        if name.startswith("views.") and isinstance(values.get("view"), dict):
            warnings += advise_view(values["view"])
        elif name in _MESSAGE_METHODS and not isinstance(values.get("blocks"), str):
            warnings += advise_message(values)
        return warnings


def _limited(retry_after: int, *, by_fault: bool) -> Answer:
    body = {"ok": False, "error": "ratelimited"}
    return Answer(429, body, {"Retry-After": str(retry_after)}, by_fault=by_fault)
