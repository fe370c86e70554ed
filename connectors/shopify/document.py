"""What a GraphQL document is, and the sizes that Shopify's limits and prices give it.

Page sizes are chosen by the cost law of the Admin API: a query may ask for at
most 1,000 points, and a page of 250 costs 11 times one row, not 250 times.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One named operation."""

    name: str
    text: str


# Shopify: at most 250 objects in a page and in an array argument
PAGE = 250
# Rows of one connection after which reading begins anew, further on.
# Shopify: at most 25,000 objects of a connection can be paged through
PASS = 20_000
# Variants beyond which a whole catalogue is read by a bulk query: ten pages (199 points each
# at most) are what a full bucket of 2,000 points pays for at once; further ones would wait for
# the refill, and leave nothing of it to orders and stock.
BULK_FROM = 10 * PAGE
# Levels asked for beside each item at first: few shops have more places (189 points a page) ...
FEW_LEVELS = 10
# ... and what is asked for once one item had more (420 points a page).
ALL_LEVELS = 250
