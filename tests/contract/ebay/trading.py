"""Checks against the names and types of eBay's Trading calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from tests.connectors.ebay.world import Exchange

_NAMESPACE = "{urn:ebay:apis:eBLBaseComponents}"
_HEADERS = ("x-ebay-api-iaf-token", "x-ebay-api-siteid", "x-ebay-api-compatibility-level")
# Some types are cut down to the fields of their own: these stand in every request, in every answer.
_ASKED = "GetSellerListRequestType"
_TOLD = "GetSellerListResponseType"
_COMMON = (
    "Timestamp",
    "Ack",
    "Errors",
    "Version",
    "Build",
    "CorrelationID",
    "ErrorLanguage",
    "ErrorHandling",
    "WarningLevel",
    "MessageID",
    "OutputSelector",
    "DetailLevel",
)
# Types that are plain text on the wire
_PLAIN = ("str", "int", "float", "bool")


class TradingCalls:
    """The calls, and what their elements are."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._calls = document["calls"]
        self._types = document["types"]
        self._limits = document["limits"]

    def name(self, exchange: Exchange) -> str | None:
        """Say which call an exchange is of."""
        name = exchange.headers.get("x-ebay-api-call-name", "")
        return name if name in self._calls else None

    def request_problems(self, exchange: Exchange) -> Iterator[str]:
        """Say what of a call is not what eBay takes."""
        name = self.name(exchange)
        if name is None:
            yield "no such call"
            return
        yield from (f"{name}: lacks {each}" for each in _HEADERS if not exchange.headers.get(each))
        if exchange.headers.get("content-type", "").partition(";")[0] != "text/xml":
            yield f"{name}: is not sent as XML"
        call = self._calls[name]
        root = _parsed(exchange.sent)
        if root is None or root.tag != _NAMESPACE + call["request_element"]:
            yield f"{name}: begins otherwise"
            return
        yield from self._problems(root, call["request_type"], name, _ASKED)
        yield from self._over_limits(root, name)

    def answer_problems(self, exchange: Exchange) -> Iterator[str]:
        """Say what of an answer is not what eBay promises."""
        name = self.name(exchange)
        if name is None:
            yield "no such call"
            return
        if exchange.kind.startswith("text/html"):
            if exchange.status not in (403, 500, 503):
                yield f"{name}: a web page"
            return
        call = self._calls[name]
        root = _parsed(exchange.content)
        if exchange.status != 200 or root is None:
            yield f"{name}: no XML, or HTTP {exchange.status}"
        elif root.tag != _NAMESPACE + call["response_element"]:
            yield f"{name}: is answered by {root.tag}"
        else:
            yield from self._problems(root, call["response_type"], name, _TOLD)
            if root.find(f"{_NAMESPACE}Ack") is None:
                yield f"{name}: lacks Ack"

    def _problems(self, node: ET.Element, kind: str, where: str, base: str = "") -> Iterator[str]:
        """Say which elements a type has not, or more than once, or with another content."""
        fields = dict(self._types[kind]["fields"])
        if base:
            common = self._types[base]["fields"]
            fields = {key: common[key] for key in _COMMON if key in common} | fields
        for name, value in node.attrib.items():
            if f"@{name}" in fields:
                yield from self._word_problems(value, fields[f"@{name}"]["type"], f"{where}@{name}")
            else:
                yield f"{where}: has no attribute {name}"
        if "#text" in fields:
            yield from self._word_problems(node.text or "", fields["#text"]["type"], where)
        times = Counter(child.tag for child in node)
        for child in node:
            name = child.tag.removeprefix(_NAMESPACE)
            inner = f"{where}/{name}"
            if name not in fields:
                yield f"{inner}: unknown"
                continue
            field = fields[name]
            if times[child.tag] > 1 and not field.get("list"):
                yield f"{inner}: stands there more than once"
            if "fields" in self._types.get(field["type"], {}):
                yield from self._problems(child, field["type"], inner)
            else:
                yield from self._word_problems(child.text or "", field["type"], inner)

    def _word_problems(self, text: str, kind: str, where: str) -> Iterator[str]:
        known = self._types.get(kind, {})
        if "enum" in known:
            if text not in known["enum"]:
                yield f"{where}: {text!r} is not offered"
        elif kind not in _PLAIN:
            yield f"{where}: the type {kind} is not known"
        elif kind == "int" and not text.lstrip("-").isdecimal():
            yield f"{where}: {text!r} is no number"
        elif kind == "float" and not text.replace(".", "", 1).isdecimal():
            yield f"{where}: {text!r} is no amount"
        elif kind == "bool" and text not in ("true", "false"):
            yield f"{where}: {text!r} is no flag"

    def _over_limits(self, root: ET.Element, name: str) -> Iterator[str]:
        def text(path: str) -> str:
            found = root.find("/".join(_NAMESPACE + part for part in path.split("/")))
            return (found.text or "") if found is not None else ""

        if name == "ReviseInventoryStatus":
            entries = root.findall(f"{_NAMESPACE}InventoryStatus")
            if (
                not 1
                <= len(entries)
                <= self._limits["ReviseInventoryStatus.InventoryStatus"]["max"]
            ):
                yield f"{name}: {len(entries)} entries"
            named = [
                tuple(each.findtext(_NAMESPACE + key, "") for key in ("ItemID", "SKU"))
                for each in entries
            ]
            if len(set(named)) < len(named):
                yield f"{name}: an entry stands there twice"
        if name == "GetSellerList":
            limits = self._limits[name]
            size = text("Pagination/EntriesPerPage")
            if not size.isdecimal() or not 1 <= int(size) <= limits["EntriesPerPage_max"]:
                yield f"{name}: {size} entries in a page"
            first, last = text("EndTimeFrom"), text("EndTimeTo")
            widest = timedelta(days=limits["time_range_max_days"])
            if not first or datetime.fromisoformat(last) - datetime.fromisoformat(first) > widest:
                yield f"{name}: {first} to {last}"


def _parsed(content: bytes) -> ET.Element | None:
    try:
        return ET.fromstring(content)  # noqa: S314 - of our own making, in tests
    except ET.ParseError:
        return None
