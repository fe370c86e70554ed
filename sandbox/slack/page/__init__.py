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


def page_routes(at: str = "/", files: str = "/page", folder: Path = _FOLDER) -> list[BaseRoute]:
    """Return the routes of a page: its `index.html`, and what that asks for under `files`."""

    async def index(_: Request) -> Response:
        return FileResponse(folder / "index.html", headers=_FRESH)

    return [Route(at, index), Mount(files, _Fresh(directory=folder))]


# The browser asks anew each time, so that a change shows at once.
_FRESH: Final = {"cache-control": "no-cache"}


class _Fresh(StaticFiles):
    def file_response(self, *args: object, **named: object) -> Response:
        response = super().file_response(*args, **named)  # type: ignore[arg-type]  # passed on
        response.headers.update(_FRESH)
        return response
