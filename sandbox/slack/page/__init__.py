"""The workspace's page in a browser: plain modules, served as they stand.

`index.html` and what it asks for, under `/page/`. It speaks the control API, so a person
who clicks and a test that acts use the same verbs.
"""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

_FOLDER: Final = Path(__file__).parent


def page_routes() -> list[BaseRoute]:
    """Return the routes of the page and its modules."""
    return [Route("/", _page), Mount("/page", _Fresh(directory=_FOLDER))]


class _Fresh(StaticFiles):
    """Modules that the browser asks for anew each time, so that a change shows at once."""

    def file_response(self, *args: object, **named: object) -> Response:
        response = super().file_response(*args, **named)  # type: ignore[arg-type]  # passed on
        response.headers["cache-control"] = "no-cache"
        return response


async def _page(_: Request) -> Response:
    return FileResponse(_FOLDER / "index.html", headers={"cache-control": "no-cache"})
