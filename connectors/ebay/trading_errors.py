"""What the answers of the Trading API mean: HTTP says 200 whatever happened, `Ack` tells.

Numbers are matched where eBay has written them down, else the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx

from connectors.ebay.errors import Invalid, TokenRefused, busy
from connectors.ebay.keys import REFRESH_TOKEN
from connectors.ebay.xml import Node
from connectors.errors import RateLimited, Refused, StoreError, Unavailable

# eBay: the application's calls of this day are used up; when its day ends is not told.
_USED_UP, _NEXT_LOOK = "518", timedelta(minutes=15)
# eBay: revisions are counted per seller in windows of 30 s.
_TOO_FAST, _WINDOW = "21919144", timedelta(seconds=30)
_TOKEN = frozenset({"931", "932", "16110", "17470", "21916984", "21917053"})
_TOKEN_WORDS = re.compile(
    r"\b(IAF|auth) token\b.*\b(invalid|expired|revoked)\b", re.IGNORECASE | re.DOTALL
)
_SUSPENDED = "841"
_INTERNAL = "10007"
# eBay: the item was deleted, is another seller's, or its number is none
UNKNOWN_ITEM = frozenset({"17", "35"})


class TradingInvalid(Invalid):
    """eBay refuses what a Trading call says; `code` is the first error's number."""

    def __init__(self, message: str, *, said: str, code: str) -> None:
        super().__init__(message, said=said)
        self.code = code


@dataclass(frozen=True, slots=True)
class TradingFault:
    """One error of an answer; warnings are none.

    about  what the error names by itself, such as a listing's number and a SKU
    """

    code: str
    said: str
    internal: bool
    about: frozenset[str]

    def names(self, text: str) -> bool:
        """Say whether the error is about something of this name, by its parameters or words."""
        return text in self.about or text in self.said


def check_http(response: httpx.Response) -> None:
    """Raise what a status other than 200 means, which eBay itself does not send."""
    status = response.status_code
    if status == 200:
        return
    if status == 429:
        raise busy(None)
    if status == 401:
        raise TokenRefused("eBay no longer lets us into this account.", field=REFRESH_TOKEN)
    if 300 <= status < 400:
        raise Refused(f"Something in front of eBay sends us elsewhere (HTTP {status}).")
    raise Unavailable(f"eBay has trouble of its own (HTTP {status}).")


def check_ack(answer: Node) -> None:
    """Raise what a failed call means; Warning is a success, PartialFailure is the caller's."""
    ack = answer.text("Ack")
    if ack in ("Success", "Warning", "PartialFailure"):
        return
    found = list(faults(answer))
    if ack != "Failure" or not found:
        raise Unavailable("The store's answer does not say what became of the request.")
    raise _meaning(found)


def _meaning(found: list[TradingFault]) -> StoreError:
    first, said = found[0], words(found)
    codes = {each.code for each in found}
    if codes & _TOKEN or _TOKEN_WORDS.search(said):
        return TokenRefused(
            "eBay no longer lets us into this account.", said=said, field=REFRESH_TOKEN
        )
    if _USED_UP in codes:
        text = "The eBay application has used up its calls of the Trading API for today."
        return RateLimited(text, retry_after=_NEXT_LOOK, said=said)
    if _TOO_FAST in codes:
        text = "eBay asks us to change fewer listings at a time."
        return RateLimited(text, retry_after=_WINDOW, said=said)
    if _SUSPENDED in codes:
        return suspended(said)
    if _INTERNAL in codes or first.internal:
        return Unavailable("eBay has trouble of its own.", said=said)
    return TradingInvalid("eBay refused the request.", said=said, code=first.code)


def suspended(said: str | None = None) -> Refused:
    """Say that eBay has closed the account for now."""
    return Refused(
        "eBay has suspended this account or put it on hold. Sign in at eBay, where it says "
        "why; afterwards Stockroom goes on by itself.",
        said=said,
    )


def faults(answer: Node) -> Iterator[TradingFault]:
    """Hand out the errors of an answer."""
    for each in answer.nodes("Errors"):
        if each.maybe_text("SeverityCode") == "Warning":
            continue
        yield TradingFault(
            code=each.maybe_text("ErrorCode"),
            said=each.maybe_text("LongMessage") or each.maybe_text("ShortMessage"),
            internal=each.maybe_text("ErrorClassification") == "SystemError",
            about=frozenset(value.own_text for value in each.nodes("ErrorParameters", "Value")),
        )


def words(found: list[TradingFault]) -> str:
    """Put eBay's own words together, each once."""
    return " ".join(dict.fromkeys(each.said for each in found if each.said))
