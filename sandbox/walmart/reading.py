"""What a request says, read as strictly as Walmart's documents ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request


def query(request: Request) -> dict[str, str]:
    """Read the query; a plus stays a plus, for spaces are to be sent as %20."""
    raw = request.scope["query_string"].decode("ascii")
    pairs = (part.partition("=") for part in raw.split("&") if part)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def path_sku(request: Request) -> str | None:
    """Read the SKU at the end of a path; None where a slash in it was not encoded."""
    raw = request.scope["raw_path"].decode("ascii").partition("?")[0]
    sku = raw.partition("/inventories/")[2]
    return None if "/" in sku else unquote(sku)


def number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Read a number of 0 at least; ValueError where it is none, or too much."""
    value = int(given.get(name, default))
    if not 0 <= value <= most:
        raise ValueError(name)
    return value


def moment(given: str | None) -> datetime | None:
    """Read a date, or a date with a time; ValueError where it is neither."""
    if given is None:
        return None
    found = datetime.fromisoformat(given)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def sent_file(request: Request) -> bytes | None:
    """Read the field `file` of a multipart body, None where there is none."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return None
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + await request.body())
    for part in message.iter_parts():
        if part.get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else None
    return None


def amount(quantity: Any) -> int | None:
    """Read a quantity's amount, None where it is not a whole number of EACH."""
    if not isinstance(quantity, dict) or quantity.get("unit") != "EACH":
        return None
    value = quantity.get("amount")
    return value if type(value) is int and value >= 0 else None
