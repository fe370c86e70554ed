"""Pages of a connection."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

from sandbox.shopify.call import Call

# Shopify: objects of one connection that can be paged through
PAGING_LIMIT = 25_000


def page(
    call: Call, rows: Sequence[Any], first: int | None, after: str | None, key: Callable[[Any], Any]
) -> dict[str, Any]:
    """Cut a page; a cursor names the last row seen by its sort key, so rows may move meanwhile."""
    if call.bulk:
        return {"edges": [{"node": row} for row in rows], "nodes": rows}
    if first is None:
        raise GraphQLError(
            "you must provide one of first or last", extensions={"code": "BAD_REQUEST"}
        )
    passed = 0
    if after is not None:
        last = _read_cursor(after)
        passed = sum(key(row) <= last for row in rows)
    if passed + first > PAGING_LIMIT:
        raise GraphQLError("too many objects to page through", extensions={"code": "BAD_REQUEST"})
    left = rows[passed:]
    taken = left[:first]
    return {
        "edges": [{"node": row} for row in taken],
        "nodes": taken,
        "pageInfo": {
            "hasNextPage": len(left) > first,
            "hasPreviousPage": after is not None,
            "startCursor": _cursor(key(taken[0])) if taken else None,
            "endCursor": _cursor(key(taken[-1])) if taken else None,
        },
    }


def _cursor(key: Any) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _read_cursor(cursor: str) -> Any:
    try:
        return json.loads(base64.b64decode(cursor))
    except ValueError:
        raise GraphQLError("Invalid cursor", extensions={"code": "BAD_REQUEST"}) from None


def number(gid: str) -> int:
    """Read the number out of a global id."""
    return int(gid.rpartition("/")[2])


def by_id(row: Any) -> int:
    return number(row.id)
