"""How Etsy refuses: one object with `error`, at times with `error_description`."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse, Response

_PAGE = "<!DOCTYPE html><html><body><h1>{}</h1></body></html>"


class Refusal(Exception):
    """A request that is answered by an error."""

    def __init__(self, status: int, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description
        self.headers: dict[str, str] = {}

    def response(self) -> Response:
        body = {"error": self.error}
        if self.description is not None:
            body["error_description"] = self.description
        return JSONResponse(body, status_code=self.status, headers=self.headers)


def invalid_token() -> Refusal:
    return Refusal(401, "invalid_token", "access token is expired")


def missing_scope(scope: str) -> Refusal:
    words = f"The access token lacks the scope {scope}, which this resource needs."
    return Refusal(403, words)


def not_found(words: str) -> Refusal:
    return Refusal(404, words)


def bad_request(words: str) -> Refusal:
    return Refusal(400, words)


def conflict() -> Refusal:
    return Refusal(409, "The listing was changed by another request. Read it and try again.")


def server_error() -> Refusal:
    return Refusal(500, "Server Error")


def too_many(seconds: float) -> Refusal:
    refusal = Refusal(429, "You have exceeded the rate limit of your application.")
    refusal.headers["retry-after"] = f"{max(1, round(seconds))}"
    return refusal


def web_page(status: int, title: str) -> Response:
    return HTMLResponse(_PAGE.format(title), status_code=status)
