"""What a request says, read as strictly as Amazon's documents ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

from sandbox.amazon.refusal import Refusal, bad_request, invalid, no_access
from sandbox.amazon.shop import Shop


def query(request: Request) -> dict[str, str]:
    """Read the query; lists stay texts with commas, in which an encoded comma is no divider."""
    raw = request.scope["query_string"].decode("ascii")
    pairs = (part.partition("=") for part in raw.split("&") if part)
    return {unquote(name): value for name, _, value in pairs}


def texts(given: Mapping[str, str], name: str) -> list[str]:
    """Read a list: entries are divided by commas, encoded or not, as Amazon reads them."""
    return [each for each in unquote(given.get(name, "")).split(",") if each]


def text(given: Mapping[str, str], name: str) -> str | None:
    return unquote(given[name]) if name in given else None


def moment(given: Mapping[str, str], name: str) -> datetime | None:
    """Read a time; a refusal where it is none."""
    if name not in given:
        return None
    try:
        found = datetime.fromisoformat(unquote(given[name]))
    except ValueError:
        raise invalid() from None
    if found.tzinfo is None:
        raise invalid()
    return found


def number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Read a number of 1 at least; a refusal where it is none, or too much."""
    try:
        value = int(given.get(name, default))
    except ValueError:
        raise invalid() from None
    if not 1 <= value <= most:
        raise invalid()
    return value


def marketplaces(shop: Shop, given: Mapping[str, str], *, most: int = 50) -> list[str]:
    """Read which marketplaces are meant; a refusal where the account does not sell there."""
    found = texts(given, "marketplaceIds")
    if not 1 <= len(found) <= most or not set(found) <= shop.sites.keys():
        raise invalid()
    if not all(shop.sites[each].participates for each in found):
        raise no_access("")
    return found


def path_sku(request: Request) -> str:
    """Read the SKU at the end of a path; a refusal where a slash in it was not encoded."""
    raw = request.scope["raw_path"].decode("ascii").partition("?")[0]
    sku = raw.partition("/items/")[2].partition("/")[2]
    if "/" in sku:
        raise no_access("")
    return unquote(sku)


async def body(request: Request) -> dict[str, Any]:
    """Read a JSON object; a refusal where it is none."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("application/json"):
        raise Refusal(415, "UnsupportedMediaType", "The media type is not supported.")
    try:
        found = json.loads(await request.body())
    except ValueError:
        raise bad_request("The body is no JSON.") from None
    if not isinstance(found, dict):
        raise bad_request("The body is no object.")
    return found
