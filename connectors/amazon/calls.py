"""The calls that we make, each with its own bucket of tokens (per app and seller).

Rates and bursts are Amazon's default ones; an answer may grant more.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from connectors.amazon.scopes import ACCOUNT, FBA, LISTINGS, ORDERS, Role


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: how many calls a second it regains, and how many it holds at most."""

    name: str
    method: str
    template: str
    role: Role
    rate: float
    burst: int

    def path(self, **values: str) -> str:
        """Fill in the path; a SKU may hold anything, slashes too."""
        return self.template.format_map({key: quote(each, safe="") for key, each in values.items()})


_ITEMS = "/listings/2021-08-01/items/{seller}"
_FEEDS, _REPORTS = "/feeds/2021-06-30", "/reports/2021-06-30"
_ORDERS = "/orders/2026-01-01/orders"

PARTICIPATIONS = Call(
    "getMarketplaceParticipations",
    "GET",
    "/sellers/v1/marketplaceParticipations",
    ACCOUNT,
    0.016,
    15,
)
SEARCH_ITEMS = Call("searchListingsItems", "GET", _ITEMS, LISTINGS, 5, 5)
ONE_ITEM = Call("getListingsItem", "GET", f"{_ITEMS}/{{sku}}", LISTINGS, 5, 10)
PATCH_ITEM = Call("patchListingsItem", "PATCH", f"{_ITEMS}/{{sku}}", LISTINGS, 5, 5)
NEW_FEED_FILE = Call("createFeedDocument", "POST", f"{_FEEDS}/documents", LISTINGS, 0.5, 15)
NEW_FEED = Call("createFeed", "POST", f"{_FEEDS}/feeds", LISTINGS, 0.0083, 15)
FEED = Call("getFeed", "GET", f"{_FEEDS}/feeds/{{feed}}", LISTINGS, 2, 15)
CANCEL_FEED = Call("cancelFeed", "DELETE", f"{_FEEDS}/feeds/{{feed}}", LISTINGS, 2, 15)
FEED_FILE = Call("getFeedDocument", "GET", f"{_FEEDS}/documents/{{file}}", LISTINGS, 0.0222, 10)
NEW_REPORT = Call("createReport", "POST", f"{_REPORTS}/reports", LISTINGS, 0.0167, 15)
REPORT = Call("getReport", "GET", f"{_REPORTS}/reports/{{report}}", LISTINGS, 2, 15)
REPORT_FILE = Call(
    "getReportDocument", "GET", f"{_REPORTS}/documents/{{file}}", LISTINGS, 0.0167, 15
)
ALL_ORDERS = Call("searchOrders", "GET", _ORDERS, ORDERS, 0.0056, 20)
ONE_ORDER = Call("getOrder", "GET", f"{_ORDERS}/{{order}}", ORDERS, 0.5, 30)
FBA_STOCK = Call("getInventorySummaries", "GET", "/fba/inventory/v1/summaries", FBA, 2, 2)
