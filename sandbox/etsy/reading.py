"""Reading what a request says, as strictly as Etsy describes it."""

from __future__ import annotations

from starlette.requests import Request

from sandbox.etsy.refusal import bad_request


def whole(
    request: Request, name: str, default: int | None = None, *, least: int = 0, most: int = 2**62
) -> int | None:
    """Read a whole number of the query, None (or the default) where it is missing."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise bad_request(f"Invalid value for parameter: {name}")
    return int(text)


def flag(request: Request, name: str) -> bool | None:
    """Read a yes or no of the query, None where it is missing."""
    text = request.query_params.get(name)
    if text not in (None, "true", "false"):
        raise bad_request(f"Invalid value for parameter: {name}")
    return None if text is None else text == "true"


def numbers(request: Request, name: str, most: int) -> list[int]:
    """Read a list of numbers, with commas or as the same parameter again and again."""
    texts = [one for each in request.query_params.getlist(name) for one in each.split(",")]
    if not texts or len(texts) > most or not all(each.isdecimal() for each in texts):
        raise bad_request(f"Invalid value for parameter: {name}")
    return [int(each) for each in texts]


def page(request: Request) -> tuple[int, int]:
    """Read limit and offset."""
    limit = whole(request, "limit", 25, least=1, most=100)
    return limit or 25, whole(request, "offset", 0) or 0
