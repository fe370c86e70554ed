"""The control API: another process does what people do, and reads what they see."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.slack.errors import CannotDo, Refused
from sandbox.slack.people import Person

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

_VERBS: Final[dict[str, Callable[..., Awaitable[object]]]] = {
    "slash": Person.slash,
    "click": Person.click,
    "choose": Person.choose,
    "type": Person.type,
    "suggest": Person.suggest,
    "submit": Person.submit,
    "close": Person.close,
    "open_home": Person.open_home,
    "say": Person.say,
    "react": Person.react,
    "invite": Person.invite,
    "remove": Person.remove,
}
_LONGEST_WAIT: Final = 60.0


def control_routes(workspace: "Workspace") -> list[Route]:
    """Return the routes under `/_sandbox`."""
    control = _Control(workspace)
    return [
        Route("/_sandbox/do", control.do, methods=["POST"]),
        Route("/_sandbox/state", control.state),
        Route("/_sandbox/thread", control.thread),
        Route("/_sandbox/log", control.log),
        Route("/_sandbox/files/{file_id}", control.file),
        Route("/_sandbox/fault", control.fault, methods=["POST"]),
        Route("/_sandbox/disconnect", control.disconnect, methods=["POST"]),
    ]


class _Control:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def do(self, request: Request) -> Response:
        """`{person, verb, args}` -> `{result, revision, ...screen}`; 409 if it cannot be done."""
        body = await _body(request)
        verb = _VERBS.get(str(body.get("verb")))
        if verb is None:
            return _problem(400, f"no such verb; there are: {', '.join(_VERBS)}")
        try:
            person = self._workspace.person(str(body.get("person")))
            result = await verb(person, **body.get("args", {}))
        except KeyError as unknown:
            return _problem(404, f"nobody is called {unknown}")
        except (CannotDo, TypeError) as impossible:
            return _problem(409, str(impossible))
        return JSONResponse(self._screen(person) | {"result": result})

    async def state(self, request: Request) -> Response:
        """Return the workspace, and with `person` their screen.

        With `after=REVISION` it answers as soon as something changed since, at the latest after
        `wait` seconds.
        """
        query = request.query_params
        after = query.get("after")
        if after is not None:
            changes = self._workspace.changes
            revision = _number(after)
            seconds = min(_number(query.get("wait", "5")), _LONGEST_WAIT)
            await changes.until(lambda: changes.revision > revision, seconds)
        if "person" not in query:
            return JSONResponse(self._overview())
        try:
            person = self._workspace.person(query["person"])
        except KeyError as unknown:
            return _problem(404, f"nobody is called {unknown}")
        return JSONResponse(self._screen(person))

    async def thread(self, request: Request) -> Response:
        """Return a thread: `person`, `channel`, `ts`."""
        query = request.query_params
        try:
            person = self._workspace.person(query.get("person", ""))
            messages = person.thread(query.get("ts", ""), query.get("channel", ""))
        except (KeyError, CannotDo) as problem:
            return _problem(404, str(problem))
        return JSONResponse({"messages": messages})

    async def log(self, request: Request) -> Response:
        """Return the inspector's records, `since` an index."""
        since = int(_number(request.query_params.get("since", "0")))
        records = self._workspace.inspector.records
        return JSONResponse(
            {
                "records": [record.as_json() for record in records[since:]],
                "next": len(records),
                "refused": len(self._workspace.inspector.refusals()),
            }
        )

    async def file(self, request: Request) -> Response:
        """Return a shared file's bytes."""
        try:
            file = self._workspace.uploads.get(request.path_params["file_id"])
        except Refused as refusal:
            return _problem(404, refusal.error)
        return Response(file.content, media_type="application/octet-stream")

    async def fault(self, request: Request) -> Response:
        """Switch a trouble on or off.

        `{kind: rate_limit|server_error|refuse|slow|clear|token_revoked|app_removed, ...}` with the
        arguments of `Faults`; the last two take `on`.
        """
        body = await _body(request)
        kind = body.pop("kind", None)
        faults = self._workspace.faults
        if kind in ("token_revoked", "app_removed"):
            setattr(faults, kind, bool(body.get("on", True)))
        elif kind in ("rate_limit", "server_error", "refuse", "slow", "clear"):
            try:
                getattr(faults, kind)(**body)
            except TypeError as wrong:
                return _problem(400, str(wrong))
        else:
            return _problem(400, "no such fault")
        return JSONResponse({"ok": True})

    async def disconnect(self, request: Request) -> Response:
        """Send the app's sockets away: `{reason}`."""
        body = await _body(request)
        await self._workspace.sockets.disconnect(body.get("reason", "refresh_requested"))
        return JSONResponse({"ok": True})

    def _screen(self, person: Person) -> dict[str, Any]:
        return {"revision": self._workspace.changes.revision, **person.screen()}

    def _overview(self) -> dict[str, Any]:
        directory = self._workspace.directory
        return {
            "revision": self._workspace.changes.revision,
            "connections": self._workspace.sockets.connections,
            "people": [user.name for user in directory.users.values() if not user.is_bot],
            "channels": [c.name for c in directory.channels.values() if c.kind != "im"],
            "commands": list(self._workspace.manifest.commands),
            "refused": len(self._workspace.inspector.refusals()),
            "team": directory.home.name,
            "app": self._workspace.manifest.bot_name,
            "directory": self._listed(),
        }

    def _listed(self) -> dict[str, Any]:
        """List everybody, every place and every command, with what a client shows of them."""
        directory = self._workspace.directory
        return {
            "users": [
                {key: getattr(user, key) for key in ("id", "name", "real_name", "is_bot")}
                for user in directory.users.values()
            ],
            "channels": [
                {key: getattr(channel, key) for key in ("id", "name", "kind", "person")}
                for channel in directory.channels.values()
            ],
            "commands": [asdict(one) for one in self._workspace.manifest.commands.values()],
        }


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise HTTPException(400, "the body has to be a JSON object")
    return body


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise HTTPException(400, f"{text} is not a number") from None


def _problem(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)
