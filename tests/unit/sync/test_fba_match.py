"""Which product a SKU is that Amazon keeps, decided by the store's listings."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.protocol import FbaLevel
from storage.fba import KnownListing
from sync.fba_match import match

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def level(sku: str, units: int) -> FbaLevel:
    return FbaLevel("US", sku, sku.title(), units, NOW)


def listing(sku: str, product: int | None, unlinked: str | None = None) -> KnownListing:
    return KnownListing(sku, sku.strip().casefold(), product, unlinked)


def test_skus_of_one_product_are_added() -> None:
    found = match([level("A", 2), level("B", 3)], [listing("A", 1), listing("B", 1)])
    assert (dict(found.units), found.unlisted, dict(found.left_out)) == ({1: 5}, (), {})


def test_every_sku_is_counted_for_a_product_or_for_why_it_has_none() -> None:
    levels = [level("A", 2), level(" ", 1), level("New", 4), level("a", 9), level("Off", 3)]
    found = match(levels, [listing("A", 1), listing("Off", None, "ignored")])
    assert dict(found.units) == {1: 2}
    assert [one.sku for one in found.unlisted] == ["New"]
    assert dict(found.left_out) == {"no_sku": 1, "duplicate": 1, "ignored": 1}
    assert len(levels) == len(found.units) + len(found.unlisted) + sum(found.left_out.values())


def test_two_unlisted_skus_that_fold_together_are_nobodys() -> None:
    found = match([level("Twin", 1), level("TWIN", 2)], [])
    assert (dict(found.left_out), found.unlisted) == ({"duplicate": 2}, ())
