"""The XML of the Trading API: written from plain pairs, read without trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias
from xml.etree import ElementTree as ET

from connectors.errors import Unavailable

_NAMESPACE = "urn:ebay:apis:eBLBaseComponents"
Part: TypeAlias = tuple[str, "str | int | Sequence[Part]"]


def write_request(call: str, parts: Sequence[Part]) -> bytes:
    """Write the request of a call; every text is escaped."""
    root = ET.Element(f"{call}Request", {"xmlns": _NAMESPACE})
    _append(root, parts)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _append(parent: ET.Element, parts: Sequence[Part]) -> None:
    for name, content in parts:
        child = ET.SubElement(parent, name)
        if isinstance(content, str | int):
            child.text = str(content)
        else:
            _append(child, content)


def read_answer(content: bytes, call: str) -> Node:
    """Read the answer of a call, or raise Unavailable for anything else.

    eBay's answers declare no document type, so one that does is refused: entities,
    which can grow without bound, have no other way in.
    """
    try:
        text = content.decode("utf-8")
        if "<!DOCTYPE" in text.upper():
            raise Unavailable("The store answered with a web page instead of data.")
        root = ET.fromstring(text)  # noqa: S314  no document type: no entities
    except (UnicodeDecodeError, ET.ParseError):
        page = content.lstrip()[:5].lower() == b"<html"
        what = "answered with a web page instead of data." if page else "sent a cut-off answer."
        raise Unavailable(f"The store {what}") from None
    if root.tag.rpartition("}")[2] != f"{call}Response":
        raise Unavailable("The store answered with a web page instead of data.")
    return Node(root)


class Node:
    """An element whose parts must be there and of the right kind, as `http.Row` has it."""

    __slots__ = ("_element",)

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    def node(self, *path: str) -> Node | None:
        """Find a part by the names that lead to it."""
        found = self._element.find("/".join(f"{{*}}{name}" for name in path))
        return None if found is None else Node(found)

    def nodes(self, *path: str) -> Iterator[Node]:
        """Hand out all parts of a path."""
        for found in self._element.iterfind("/".join(f"{{*}}{name}" for name in path)):
            yield Node(found)

    def maybe_text(self, *path: str) -> str:
        """Read a text, empty where it is missing."""
        found = self._element.find("/".join(f"{{*}}{name}" for name in path))
        return "" if found is None else found.text or ""

    def text(self, *path: str) -> str:
        """Read a text that must be there; Unavailable where it is not."""
        found = self.maybe_text(*path)
        if not found:
            raise _incomplete(path)
        return found

    def whole(self, *path: str) -> int:
        """Read a whole number; Unavailable where there is none."""
        try:
            return int(self.text(*path))
        except ValueError:
            raise _incomplete(path) from None

    def flag(self, *path: str) -> bool:
        """Say whether a part says `true`."""
        return self.maybe_text(*path) == "true"

    @property
    def own_text(self) -> str:
        """The text of the element itself."""
        return self._element.text or ""


def _incomplete(path: Sequence[str]) -> Unavailable:
    return Unavailable(f"The store's answer lacks a usable “{path[-1]}”.")
