"""The page of the stores, and what it asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.demo.shelves import Shelves
from sandbox.demo.shopper import Shopper
from sandbox.slack.page import page_routes
from sandbox.story.member import StuckError

_FOLDER: Final = Path(__file__).parent / "page"


def store_routes(shelves: Shelves, shopper: Shopper) -> list[BaseRoute]:
    """Return the routes under `/stores`."""
    page = _Page(shelves, shopper)
    return [
        *page_routes("/stores", "/stores/page", _FOLDER),
        Route("/stores/state", page.state),
        Route("/stores/shopper", page.shop, methods=["POST"]),
        Route("/stores/{store}/faults", page.forgive, methods=["DELETE"]),
        Route("/stores/{store}/{act}", page.act, methods=["POST"]),
    ]


class _Page:
    def __init__(self, shelves: Shelves, shopper: Shopper) -> None:
        self._shelves = shelves
        self._shopper = shopper

    async def state(self, _: Request) -> Response:
        """Return every store as it stands, our numbers beside it, and who shops."""
        shopper = {"every": self._shopper.every, "last": self._shopper.last}
        try:
            return JSONResponse({**await self._shelves.look(), "shopper": shopper})
        except StuckError as stuck:
            return _problem(502, str(stuck))

    async def shop(self, request: Request) -> Response:
        """`{every}`: let the shopper buy at this pace in seconds; null ends it."""
        try:
            every = (await _body(request)).get("every")
            await self._shopper.go(None if every is None else float(every))
        except (TypeError, ValueError) as wrong:
            return _problem(400, f"every is a number of seconds, or null: {wrong}")
        return JSONResponse({"every": self._shopper.every})

    async def act(self, request: Request) -> Response:
        """Do in a store what its control API offers, such as `sell`, `cancel`, `set`, `faults`."""
        names = request.path_params
        try:
            given = await _body(request)
            return JSONResponse(await self._shelves.act(names["store"], names["act"], given))
        except KeyError:
            return _problem(404, "there is no such store")
        except ValueError as wrong:
            return _problem(400, str(wrong))
        except StuckError as stuck:
            return _problem(409, str(stuck))

    async def forgive(self, request: Request) -> Response:
        """`?kind=`: switch a fault off; without it all of them."""
        kind = request.query_params.get("kind")
        try:
            return JSONResponse(await self._shelves.forgive(request.path_params["store"], kind))
        except KeyError:
            return _problem(404, "there is no such store")


async def _body(request: Request) -> dict[str, Any]:
    """Read what was sent. Raises ValueError for what is no JSON object."""
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise ValueError("a JSON object is wanted")  # noqa: TRY004 - said to whoever sent it
    return body


def _problem(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status_code=status)
