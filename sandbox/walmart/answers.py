"""How the local Walmart words its refusals: five shapes, as its gateway and its APIs do."""

from __future__ import annotations

from typing import Any, Literal
from xml.sax.saxutils import escape

from starlette.responses import HTMLResponse, JSONResponse, Response

Family = Literal["INVENTORY", "ITEM", "ORDER", "FEED", "SETTINGS", "TOKEN"]

_WEB_PAGE = "<!DOCTYPE html><html><body><h1>{title}</h1></body></html>"


def error(
    code: str,
    description: str,
    info: str | None = None,
    *,
    field: str | None = None,
    category: str = "DATA",
) -> dict[str, Any]:
    """Write one error as the APIs do."""
    row: dict[str, Any] = {"code": code, "description": description}
    if field is not None:
        row["field"] = field
    if info is not None:
        row["info"] = info
    return {**row, "severity": "ERROR", "category": category}


def refusal(status: int, *rows: dict[str, Any]) -> Response:
    """Refuse as the APIs do: a list of errors."""
    return JSONResponse({"errors": list(rows)}, status_code=status)


def by_gateway(status: int, code: str, description: str, info: str) -> Response:
    """Refuse as the gateway before all APIs does: its key is `error`."""
    row = error(f"{code}.GMP_GATEWAY_API", description, info, field=code)
    return JSONResponse({"error": [{**row, "causes": [], "errorIdentifiers": {}}]}, status)


def nested(status: int, row: dict[str, Any]) -> Response:
    """Refuse as older calls do: errors within errors."""
    return JSONResponse({"errors": {"error": [row]}}, status)


def bare(status: int, info: str | None = None) -> Response:
    """Refuse as the item calls do: one error with nothing around it."""
    row = error(str(status), "Bad request" if status < 500 else "Internal server error", info)
    return JSONResponse({**row, "causes": [], "errorIdentifiers": {}}, status)


def of_feed(status: int, code: str, message: str, field: str | None = None) -> Response:
    """Refuse as the feed calls do: their words stand in `message`."""
    row = {"code": code, "message": message}
    return JSONResponse({"errors": [row if field is None else {**row, "field": field}]}, status)


def in_xml(status: int, code: str, description: str) -> Response:
    """Refuse in XML, which comes where somebody forgot to ask for JSON, and sometimes anyway."""
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<ns4:errors xmlns:ns4="http://walmart.com/"><ns4:error>'
        f"<ns4:code>{escape(code)}</ns4:code>"
        f"<ns4:description>{escape(description)}</ns4:description>"
        "<ns4:severity>ERROR</ns4:severity><ns4:category>DATA</ns4:category>"
        "</ns4:error></ns4:errors>"
    )
    return Response(text, status, media_type="application/xml")


def web_page(status: int, title: str = "Something went wrong") -> Response:
    return HTMLResponse(_WEB_PAGE.format(title=title), status_code=status)


def bad_request(family: Family, field: str | None = None) -> Response:
    if family == "ITEM":
        return bare(400, "Invalid URL")
    return refusal(
        400,
        error(
            f"INVALID_REQUEST_CONTENT.GMP_{family}_API",
            "Invalid request content.",
            "Request content is not valid.",
            field=field,
        ),
    )


def not_found(family: Family, info: str | None = None) -> Response:
    return refusal(404, error(f"NOT_FOUND.GMP_{family}_API", "Resource not found.", info))


def unauthorized(family: Family) -> Response:
    if family == "ORDER":
        row = error(
            "UNAUTHORIZED.GMP_ORDER_API",
            "Unauthorized request.",
            "Authentication failed. Verify your credentials.",
            category="APPLICATION",
        )
        return refusal(401, row)
    info = "Unauthorized token or incorrect authorization header. Please verify correct format."
    return by_gateway(401, "UNAUTHORIZED", "Unauthorized", info)


def forbidden(family: Family) -> Response:
    row = error(
        f"FORBIDDEN.GMP_{family}_API",
        "Access denied.",
        "You do not have permission to perform this action.",
        category="APPLICATION",
    )
    return refusal(403, row)


def too_many(family: Family) -> Response:
    row = error(
        f"RATE_LIMIT_EXCEEDED.GMP_{family}_API",
        "Too many requests.",
        "Rate limit exceeded. Retry after the specified time.",
        category="APPLICATION",
    )
    return refusal(429, row)


def broken(family: Family) -> Response:
    if family == "ITEM":
        return bare(500)
    row = error(
        f"INTERNAL_SERVER_ERROR.GMP_{family}_API",
        "An internal server error occurred.",
        "Retry the request. If the issue persists, contact support.",
        category="SYSTEM",
    )
    return refusal(500, row)
