"""How Amazon refuses: a list of errors, each with a code, words and details."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse, Response

_PAGE = "<!DOCTYPE html><html><body><h1>{}</h1></body></html>"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'


class Refusal(Exception):
    """A request that is answered by an error."""

    def __init__(self, status: int, code: str, message: str, details: str | None = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message}
        if details is not None:
            self.error["details"] = details

    def response(self) -> Response:
        return JSONResponse({"errors": [self.error]}, status_code=self.status)


def no_access(details: str) -> Refusal:
    return Refusal(403, "Unauthorized", "Access to requested resource is denied.", details)


def expired() -> Refusal:
    return no_access("The access token you provided has expired.")


def wrong_token() -> Refusal:
    return no_access("The access token you provided is revoked, malformed or invalid.")


def throttled() -> Refusal:
    return Refusal(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def invalid() -> Refusal:
    return Refusal(400, "InvalidInput", "Invalid request, please check your input.")


def bad_request(details: str) -> Refusal:
    return Refusal(400, "BAD_REQUEST", "Invalid input", details)


def not_found(message: str) -> Refusal:
    return Refusal(404, "NOT_FOUND", message, None)


def failure(status: int = 500) -> Refusal:
    return Refusal(status, "InternalFailure", "We encountered an internal error. Please try again.")


def login(status: int, error: str, description: str) -> Response:
    """Refuse as Login with Amazon does."""
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


def of_file(status: int, code: str, message: str) -> Response:
    """Refuse as the store of files does."""
    return Response(_XML.format(code, message), status_code=status, media_type="application/xml")


def web_page(status: int, title: str) -> Response:
    return HTMLResponse(_PAGE.format(title), status_code=status)
