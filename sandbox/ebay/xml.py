"""The Trading API's XML: what is asked, read; what is answered, written and cut to size.

A value is a text, a number, a flag, a time, a mapping of elements (`@name` an attribute,
`#text` the text beside it), or a list of those; None is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from sandbox.ebay.order_rows import moment

NAMESPACE = "urn:ebay:apis:eBLBaseComponents"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What an OutputSelector never takes away
_ALWAYS = ("Timestamp", "Ack", "Errors", "Version", "Build")


class Asked:
    """One element of a request."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        return self._element.tag.rpartition("}")[2]

    @property
    def own_text(self) -> str:
        return self._element.text or ""

    def text(self, path: str) -> str | None:
        """Read an element's text, None where it is missing; `path` is `Outer/Inner`."""
        found = self._element.find(_qualified(path))
        return None if found is None else (found.text or "").strip()

    def exact(self, path: str) -> str | None:
        """Read an element's text with its blanks: a SKU may begin or end with one."""
        found = self._element.find(_qualified(path))
        return None if found is None else (found.text or "")

    def texts(self, path: str) -> list[str]:
        return [(each.text or "").strip() for each in self._element.findall(_qualified(path))]

    def parts(self, path: str) -> list[Asked]:
        return [Asked(each) for each in self._element.findall(_qualified(path))]

    def flag(self, path: str) -> bool:
        return (self.text(path) or "").lower() in ("true", "1")


def read(content: bytes) -> Asked | None:
    """Read a request; None where it is no XML, or not eBay's."""
    if b"<!DOCTYPE" in content:
        return None
    try:
        root = ET.fromstring(content)  # noqa: S314 - local requests, no DOCTYPE in them
    except ET.ParseError:
        return None
    return Asked(root) if root.tag.startswith(f"{{{NAMESPACE}}}") else None


def write(name: str, fields: Mapping[str, Any], selectors: Sequence[str] = ()) -> str:
    """Write an answer; with selectors, only what they name and what leads there."""
    kept = _selected(fields, selectors, ()) if selectors else fields
    inner = "".join(_written(kept))
    return f'{_HEAD}<{name} xmlns="{NAMESPACE}">{inner}</{name}>'


def _qualified(path: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/"))


def _written(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if name.startswith(("@", "#")):
            continue
        for each in value if isinstance(value, list) else [value]:
            if each is None:
                continue
            if not isinstance(each, Mapping):
                yield f"<{name}>{escape(_text(each))}</{name}>"
                continue
            given = "".join(
                f" {key[1:]}={quoteattr(str(text))}"
                for key, text in each.items()
                if key.startswith("@")
            )
            inner = escape(_text(each.get("#text", ""))) + "".join(_written(each))
            yield f"<{name}{given}>{inner}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return moment(value) if isinstance(value, datetime) else str(value)


def _selected(
    fields: Mapping[str, Any], selectors: Sequence[str], above: tuple[str, ...]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        path = (*above, name)
        dotted = ".".join(path)
        named = any(f".{dotted}".endswith(f".{each}") for each in selectors)
        if named or (not above and name in _ALWAYS):
            kept[name] = value
        elif isinstance(value, Mapping):
            if inner := _selected(value, selectors, path):
                kept[name] = inner
        elif isinstance(value, list):
            parts = [
                _selected(each, selectors, path) for each in value if isinstance(each, Mapping)
            ]
            if any(parts):
                kept[name] = parts
    return kept
