"""Errors as WordPress writes them."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """An answer other than what was asked for."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}

    def response(self) -> Response:
        return JSONResponse(self.body, status_code=self.status)


def no_route() -> Refusal:
    words = "No route was found matching the URL and request method."
    return Refusal(404, "rest_no_route", words)


def bad_parameter(name: str, words: str, code: str = "rest_invalid_type") -> Refusal:
    return Refusal(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: words},
        details={name: {"code": code, "message": words, "data": None}},
    )


def cannot(act: str = "view") -> Refusal:
    """What a request without a known key gets."""
    words = {
        "view": "Sorry, you cannot list resources.",
        "batch": "Sorry, you are not allowed to batch manipulate this resource.",
    }[act]
    return Refusal(401, f"woocommerce_rest_cannot_{act}", words)


def bad_key(words: str) -> Refusal:
    return Refusal(401, "woocommerce_rest_authentication_error", words)
