"""Walk the elements that stand inside blocks."""

from collections.abc import Iterator, Mapping
from typing import Any


def elements_of(block: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (relative pointer, element) for each element of a block that a person can act on."""
    kind = block.get("type")
    if kind == "actions":
        elements = block.get("elements")
        for index, element in enumerate(elements if isinstance(elements, list) else []):
            if isinstance(element, dict):
                yield f"/elements/{index}", element
    elif kind in ("section", "input"):
        name = "accessory" if kind == "section" else "element"
        element = block.get(name)
        if isinstance(element, dict) and element.get("type") != "image":
            yield f"/{name}", element
