"""Reading stock: what products and variations show."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.http import Row
from connectors.protocol import RemoteLevel
from connectors.woocommerce.client import PAGE, Parameters, StoreClient
from connectors.woocommerce.features import Features
from connectors.woocommerce.refs import Ref, chunks, listed

_FIELDS = "id,parent_id,manage_stock,stock_quantity"
LIMIT = 2**31 - 1  # WooCommerce checks no number; databases keep at least this much


class LevelReader:
    """Reads levels of one store."""

    def __init__(self, client: StoreClient, features: Features) -> None:
        self._client = client
        self._features = features

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read live; left out is what the store does not know or keeps no stock of."""
        wanted = [ref for text in dict.fromkeys(refs) if (ref := Ref.read(text))]
        levels = await self._some("/products", [ref for ref in wanted if ref.parent is None])
        by_parent: dict[int, list[Ref]] = {}
        for ref in wanted:
            if ref.parent is not None:
                by_parent.setdefault(ref.parent, []).append(ref)
        if len(by_parent) > 1 and await self._features.has_variations():
            together = [ref for own in by_parent.values() for ref in own]
            return levels + await self._some("/variations", together)
        for parent, own in by_parent.items():
            levels += await self._some(f"/products/{parent}/variations", own)
        return levels

    async def _some(self, path: str, refs: Sequence[Ref]) -> list[RemoteLevel]:
        found: list[RemoteLevel] = []
        for chunk in chunks(refs, PAGE):
            parameters: Parameters = {
                "include": listed(ref.id for ref in chunk),
                "status": "any",
                "per_page": PAGE,
                "_fields": _FIELDS,
            }
            page = await self._client.get_rows(path, parameters)
            rows = {row.whole("id"): row for row in page.rows}
            for ref in chunk:
                row = rows.get(ref.id)
                if row is None or not _belongs(row, ref):
                    continue
                if (number := own_stock(row)) is not None:
                    found.append(RemoteLevel(str(ref), None, number, 0, page.at))
        return found


def keeps_stock(row: Row) -> bool:
    """Say whether a row has stock of its own: not off, and not "parent"."""
    return row.raw("manage_stock") is True


def own_stock(row: Row) -> int | None:
    """Read how much of its own a row has; None where it keeps none that we could keep up.

    WooCommerce: a product made by the API may keep stock and have no number yet; plugins
    sell by the metre, and people type ten nines for "as many as you like".
    """
    number = row.raw("stock_quantity") if keeps_stock(row) else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return int(number) if number == int(number) and abs(number) <= LIMIT else None


def _belongs(row: Row, ref: Ref) -> bool:
    """Say whether a variation still is its parent's; older versions do not tell."""
    return ref.parent is None or "parent_id" not in row or row.whole("parent_id") == ref.parent
