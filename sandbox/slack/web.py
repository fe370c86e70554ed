"""The workspace's wire: Web API, Socket Mode, response URLs, uploads, control."""

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox.slack.control import control_routes
from sandbox.slack.errors import Refused
from sandbox.slack.inspector import Record
from sandbox.slack.page import page_routes

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace


def create_app(workspace: "Workspace", beside: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the ASGI application that serves a workspace, and other pages `beside` its own."""
    wire = _Wire(workspace)
    return Starlette(
        routes=[
            Route("/api/{method:path}", wire.api, methods=["GET", "POST"]),
            WebSocketRoute("/link/", wire.socket),
            Route("/response/{key}", wire.response_url, methods=["POST"]),
            Route("/upload/v1/{key}", wire.upload, methods=["POST"]),
            Route("/files/{file_id}", wire.file),
            *control_routes(workspace),
            *page_routes(),
            *beside,
        ]
    )


class _Wire:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    async def api(self, request: Request) -> Response:
        """Answer a Web API call, its arguments merged from query, form and JSON."""
        values: dict[str, Any] = dict(request.query_params)
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind == "application/json":
            body = await request.body()
            try:
                given = json.loads(body or b"{}")
            except ValueError:
                return JSONResponse({"ok": False, "error": "invalid_json"})
            if not isinstance(given, dict):
                return JSONResponse({"ok": False, "error": "json_not_object"})
            values |= given
        elif kind == "application/x-www-form-urlencoded":
            values |= dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        token = values.pop("token", None)
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer:
            token = bearer
        method = request.path_params["method"]
        answer = await self._workspace.web_api.call(method, values, token)
        if isinstance(answer.body, str):
            return Response(
                answer.body, answer.status, headers=answer.headers, media_type="text/html"
            )
        return JSONResponse(answer.body, answer.status, headers=answer.headers)

    async def socket(self, socket: WebSocket) -> None:
        """Serve one Socket Mode connection."""
        await self._workspace.sockets.serve(socket)

    async def response_url(self, request: Request) -> Response:
        """Take a late answer; refusals are texts, as Slack's are."""
        begin = time.perf_counter()
        planned = self._workspace.faults.due_error("response_url")
        error = planned
        body: Any = None
        try:
            body = json.loads(await request.body())
            if planned is None:
                self._workspace.late_answers.receive(request.path_params["key"], body)
        except ValueError:
            error = "invalid_json"
        except Refused as refusal:
            error = refusal.error
        self._workspace.inspector.note(
            Record(
                kind="response_url",
                name="response_url",
                sent=body,
                answer=error or "ok",
                ms=(time.perf_counter() - begin) * 1000,
                error=error,
                by_fault=planned is not None,
            )
        )
        if error is None:
            return PlainTextResponse("ok")
        status = 404 if error in ("used_url", "expired_url") else 400
        return PlainTextResponse(error, status_code=status)

    async def upload(self, request: Request) -> Response:
        """Take the bytes of an announced file."""
        content = await request.body()
        if not self._workspace.uploads.receive(request.path_params["key"], content):
            return PlainTextResponse("invalid_upload", status_code=400)
        return PlainTextResponse(f"OK - {len(content)}")

    async def file(self, request: Request) -> Response:
        """Hand out a shared file to the app's token."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token != self._workspace.app.bot_token:
            return PlainTextResponse("invalid_auth", status_code=403)
        try:
            file = self._workspace.uploads.get(request.path_params["file_id"])
        except Refused:
            return PlainTextResponse("file_not_found", status_code=404)
        return Response(file.content, media_type="application/octet-stream")
