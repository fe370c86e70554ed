"""Reading listings: products with stock of their own, and variations.

A variation whose stock its parent keeps is no listing: the parent is.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.http import Row
from connectors.protocol import ListingState, RemoteLevel, RemoteListing
from connectors.woocommerce.answers import stamp
from connectors.woocommerce.client import PAGE, Parameters, Rows, StoreClient
from connectors.woocommerce.features import Features
from connectors.woocommerce.levels import keeps_stock, own_stock
from connectors.woocommerce.refs import Ref

_FIELDS = "id,name,type,status,sku,manage_stock,stock_quantity,variations"
_VARIATION_FIELDS = "id,parent_id,status,sku,manage_stock,stock_quantity,attributes"
# Types that only point to something else. Types of other plugins are shown, never written.
_POINTERS = frozenset({"external", "grouped", "variation"})
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Parent:
    id: int
    title: str
    state: ListingState


@dataclass
class _Seen:
    """What one reading has handed out."""

    refs: set[str] = field(default_factory=set)

    def fresh(self, listings: Sequence[RemoteListing]) -> list[RemoteListing]:
        found = {each.ref: each for each in listings if each.ref not in self.refs}
        self.refs.update(found)
        return list(found.values())


async def read_listings(
    client: StoreClient, features: Features, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those of products changed since, a page at a time.

    A change of a variation, or of its stock, is a change of its parent too.
    """
    seen = _Seen()
    parents: dict[int, _Parent] = {}
    async for page in _pages(client, "/products", _filter(since)):
        listings = [listing for row in page.rows if (listing := _product(row, page.at, parents))]
        yield seen.fresh(listings)
    if parents and since is None and await features.has_variations():
        async for page in _pages(client, "/variations", {"_fields": _VARIATION_FIELDS}):
            yield seen.fresh(
                [
                    listing
                    for row in page.rows
                    # A parent that is new or gone since is for the next reading.
                    if (parent := parents.get(row.whole("parent_id")))
                    if (listing := _variation(row, page.at, parent))
                ]
            )
        return
    for parent in parents.values():
        path = f"/products/{parent.id}/variations"
        async for page in _pages(client, path, {"_fields": _VARIATION_FIELDS}):
            found = [each for row in page.rows if (each := _variation(row, page.at, parent))]
            yield seen.fresh(found)


def _filter(since: datetime | None) -> Parameters:
    if since is None:
        return {"_fields": _FIELDS}
    # The bound itself is left out.
    after = stamp(since - _ONE_SECOND)
    return {"_fields": _FIELDS, "modified_after": after, "dates_are_gmt": "true"}


async def _pages(client: StoreClient, path: str, parameters: Parameters) -> AsyncIterator[Rows]:
    """Read all pages by id.

    New rows come last. Rows that vanish pull the others to the front, over the edge
    of a page: the total tells, and reading goes back as far.
    """
    number, total = 1, 0
    while True:
        page = await client.get_rows(
            path,
            {
                **parameters,
                "status": "any",
                "orderby": "id",
                "order": "asc",
                "per_page": PAGE,
                "page": number,
            },
        )
        vanished = max(0, total - page.total) if page.total is not None else 0
        total = page.total if page.total is not None else total
        if vanished and number > 1:
            number = max(1, number - 1 - vanished // PAGE)
            continue
        yield page
        is_last = len(page.rows) < PAGE if page.total is None else number * PAGE >= page.total
        if is_last:
            return
        number += 1


def _product(row: Row, at: datetime, parents: dict[int, _Parent]) -> RemoteListing | None:
    kind = row.text("type")
    if kind in _POINTERS:
        return None
    title, state = html.unescape(row.text("name")), _state(row)
    if kind == "variable":
        if row.raw("variations"):
            parents[row.whole("id")] = _Parent(row.whole("id"), title, state)
        if not keeps_stock(row):
            return None
    number = own_stock(row) if kind in ("simple", "variable") else None
    return _listing(Ref(row.whole("id"), None), row, title, state, at, number)


def _variation(row: Row, at: datetime, parent: _Parent) -> RemoteListing | None:
    if row.raw("manage_stock") == "parent":
        return None
    options = [html.unescape(each.text("option")) for each in row.rows("attributes")]
    title = " - ".join([parent.title, ", ".join(options)]) if options else parent.title
    # Switched off is a variation whose own status is private, or that of its product is.
    state = parent.state if parent.state != "active" else _state(row)
    ref = Ref(row.whole("id"), parent.id)
    return _listing(ref, row, title, state, at, own_stock(row))


def _listing(
    ref: Ref, row: Row, title: str, state: ListingState, at: datetime, number: int | None
) -> RemoteListing:
    level = None if number is None else RemoteLevel(str(ref), None, number, 0, at)
    return RemoteListing(
        ref=str(ref),
        sku=row.maybe_text("sku") or "",
        title=title,
        state=state,
        tracked=level is not None,
        channel="merchant",
        levels=(level,) if level else (),
    )


def _state(row: Row) -> ListingState:
    """Only what is published can be bought; the trash is not listed at all."""
    return "active" if row.text("status") == "publish" else "inactive"
