"""How the Trading API refuses, and how it says what came of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal


class TradingError(Exception):
    """An error or a warning in the answer of a call, or about one entry of it."""

    def __init__(
        self,
        code: int,
        short: str,
        long: str,
        *about: str,
        severity: Literal["Error", "Warning"] = "Error",
        system: bool = False,
    ) -> None:
        super().__init__(short)
        self.code = code
        self.short = short
        self.long = long
        self.about = about
        self.severity = severity
        self.system = system

    def row(self) -> dict[str, Any]:
        parameters = [
            {"@ParamID": str(place), "Value": value} for place, value in enumerate(self.about)
        ]
        return {
            "ShortMessage": self.short,
            "LongMessage": self.long,
            "ErrorCode": self.code,
            "SeverityCode": self.severity,
            **({"ErrorParameters": parameters} if parameters else {}),
            "ErrorClassification": "SystemError" if self.system else "RequestError",
        }


CALL_LIMIT = TradingError(
    518,
    "Call usage limit has been reached.",
    "Your application has exceeded usage limit on this call.",
)
SELLER_LIMIT = TradingError(
    21919144,
    "Call limit exceeded.",
    "You have exceeded your maximum call limit of 1200 for item per day.",
)


def expired_token() -> TradingError:
    return TradingError(21917053, "Expired IAF token.", "IAF token supplied is expired.")


def invalid(tag: str) -> TradingError:
    """Refuse a call whose input eBay cannot use."""
    return TradingError(
        37,
        "Input data is invalid.",
        f"Input data for tag <{tag}> is invalid or missing. Please check API documentation.",
        tag,
    )


def system_error(*about: str) -> TradingError:
    words = "Internal error to the application."
    return TradingError(10007, words, words, *about, system=True)


def acknowledged(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say Success or Warning where the call itself has not said how it went."""
    if "Ack" in fields:
        return fields
    return {"Ack": "Warning" if fields.get("Errors") else "Success", **fields}
