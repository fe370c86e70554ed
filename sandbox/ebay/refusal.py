"""How eBay's REST APIs refuse."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

_PAGE = "<!DOCTYPE html><html><body><h1>{}</h1></body></html>"
INVENTORY, FULFILLMENT = "API_INVENTORY", "API_FULFILLMENT"


class Refusal(Exception):
    """A request that is answered by an error."""

    def __init__(self, status: int, *errors: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors

    def response(self) -> Response:
        return JSONResponse({"errors": list(self.errors)}, status_code=self.status)


def error(
    number: int, message: str, *, domain: str = INVENTORY, category: str = "REQUEST", **about: str
) -> dict[str, Any]:
    """Write one error; `about` names what it is about."""
    row: dict[str, Any] = {"errorId": number, "domain": domain, "category": category}
    if domain == INVENTORY:
        row["subdomain"] = "Selling"
    row["message"] = message
    if about:
        row["parameters"] = [{"name": name, "value": value} for name, value in about.items()]
    return row


def unknown_sku(sku: str) -> dict[str, Any]:
    words = f"SKU {sku} is not available in the system"
    return error(25702, words, additionalInfo=sku)


def access_refusal(status: int, number: int, domain: str, words: str, details: str) -> Refusal:
    """Refuse at the door: no token, no scope, too many calls."""
    row = error(number, words, domain=domain)
    return Refusal(status, {**row, "longMessage": details})


def invalid_token() -> Refusal:
    details = "Invalid access token. Check the value of the Authorization HTTP request header."
    return access_refusal(401, 1001, "OAuth", "Invalid access token", details)


def missing_scope() -> Refusal:
    details = "Insufficient permissions to fulfill the request."
    return access_refusal(403, 1100, "ACCESS", "Access denied", details)


def too_many() -> Refusal:
    details = "The request limit has been reached for the resource."
    return access_refusal(429, 2001, "ACCESS", "Too many requests.", details)


def system_error(api: str) -> Refusal:
    """Fail as an API does, each in its own words."""
    numbers = {
        "inventory": (25001, INVENTORY, "A system error has occurred."),
        "fulfillment": (30500, FULFILLMENT, "System error"),
        "account": (20500, "API_ACCOUNT", "System error."),
        "identity": (140000, "API_IDENTITY", "There was a problem with an eBay internal system."),
        "analytics": (105000, "API_ANALYTICS", "There was a problem with an eBay internal system."),
    }
    number, domain, words = numbers[api]
    return Refusal(500, error(number, words, domain=domain, category="APPLICATION"))


def web_page(status: int, title: str) -> Response:
    return HTMLResponse(_PAGE.format(title), status_code=status)
