"""How the local BigCommerce words its answers and its refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

_Thing = TypeVar("_Thing")

_TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
_WEB_PAGE = "<!DOCTYPE html><html><body><h1>{title}</h1></body></html>"


def refusal(status: int, title: str, errors: Mapping[str, str] | None = None) -> Response:
    """Refuse as the V3 APIs do."""
    body: dict[str, Any] = {"status": status, "title": title, "type": _TYPE}
    kind = "application/json"
    if errors is not None:
        body["errors"] = dict(errors)
        kind = "application/problem+json"
    return JSONResponse(body, status_code=status, media_type=kind)


def refusal_v2(status: int, message: str) -> Response:
    """Refuse as the V2 APIs do."""
    return JSONResponse([{"status": status, "message": message}], status_code=status)


def web_page(status: int, title: str = "Something went wrong") -> Response:
    return HTMLResponse(_WEB_PAGE.format(title=title), status_code=status)


def page_of(
    request: Request, rows: Sequence[_Thing], told: Callable[[_Thing], Any], *, most: int
) -> Response:
    """Answer one page of a V3 list, each thing on it as it is told."""
    try:
        limit = int(request.query_params.get("limit", 50))
        page = int(request.query_params.get("page", 1))
    except ValueError:
        return refusal(422, "The filter(s) page, limit have invalid values.", {})
    if not 1 <= limit <= most or page < 1:
        return refusal(422, f"The limit must be between 1 and {most}.", {})
    here = [told(each) for each in rows[(page - 1) * limit : page * limit]]
    pages = max(1, -(-len(rows) // limit))
    links = {"current": f"?page={page}&limit={limit}"}
    if page > 1:
        links["previous"] = f"?page={page - 1}&limit={limit}"
    if page < pages:
        links["next"] = f"?page={page + 1}&limit={limit}"
    return JSONResponse(
        {
            "data": here,
            "meta": {
                "pagination": {
                    "total": len(rows),
                    "count": len(here),
                    "per_page": limit,
                    "current_page": page,
                    "total_pages": pages,
                    "links": links,
                }
            },
        }
    )


def ids(request: Request, name: str) -> set[int] | None:
    """Read a comma-separated list of ids, None where the filter is not given."""
    given = request.query_params.get(name)
    return None if given is None else {int(each) for each in given.split(",")}
