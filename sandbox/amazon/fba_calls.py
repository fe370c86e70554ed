"""What Amazon's own warehouses hold."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.model import AtAmazon
from sandbox.amazon.order_rows import written
from sandbox.amazon.reading import marketplaces, moment, query, text, texts
from sandbox.amazon.refusal import invalid
from sandbox.amazon.shop import Shop

# Pages of 50 were seen; a token ends after 30 seconds.
_PAGE, _TOKEN_LIFE = 50, timedelta(seconds=30)
_SKUS = 50


async def summaries(shop: Shop, request: Request) -> Response:
    """getInventorySummaries"""
    given = query(request)
    (place,) = marketplaces(shop, given, most=1)
    if given.get("granularityType") != "Marketplace" or text(given, "granularityId") != place:
        raise invalid()
    wanted = texts(given, "sellerSkus")
    if not shop.sites[place].has_fba or len(wanted) > _SKUS:
        raise invalid()
    since = moment(given, "startDateTime")
    fixed = {key: value for key, value in given.items() if key != "nextToken"}
    token = text(given, "nextToken")
    if token is None:
        skus = [
            sku
            for sku, held in shop.at_amazon[place].items()
            if (not wanted or sku in wanted)
            and (since is None or (held.updated_at is not None and held.updated_at >= since))
        ]
    else:
        skus = _continued(shop, token, fixed)
    page = skus[:_PAGE]
    answer: dict[str, Any] = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": place},
            "inventorySummaries": [
                _told(shop, sku, shop.at_amazon[place][sku], details=given.get("details") == "true")
                for sku in page
                if sku in shop.at_amazon[place]
            ],
        }
    }
    if len(skus) > _PAGE:
        name = f"fba-{next(shop.place_numbers)}"
        shop.places[name] = (fixed, skus[_PAGE:], shop.now() + _TOKEN_LIFE)
        answer["pagination"] = {"nextToken": name}
    return JSONResponse(answer)


def _continued(shop: Shop, token: str, fixed: dict[str, str]) -> list[str]:
    known = shop.places.get(token)
    ended = known is None or shop.now() >= known[2] or shop.faults.take("fba_token_ended", "read")
    if known is None or ended or known[0] != fixed:
        raise invalid()
    return known[1]


def _told(shop: Shop, sku: str, held: AtAmazon, *, details: bool) -> dict[str, Any]:
    item = shop.items.get(sku)
    row: dict[str, Any] = {
        "asin": item.asin if item else "B000000000",
        "fnSku": f"X00{zlib.crc32(sku.encode()) % 10**7:07}",
        "sellerSku": sku,
        "condition": "NewItem",
        "productName": item.title if item else sku,
        # What is on its way counts in, too.
        "totalQuantity": held.fulfillable + held.inbound + held.reserved,
        "stores": [],
    }
    if held.updated_at is not None:
        row["lastUpdatedTime"] = written(held.updated_at)
    if details:
        row["inventoryDetails"] = {
            "fulfillableQuantity": held.fulfillable,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": held.inbound,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": held.reserved,
                "pendingCustomerOrderQuantity": held.reserved,
                "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": 0,
            },
            "researchingQuantity": {
                "totalResearchingQuantity": 0,
                "researchingQuantityBreakdown": [],
            },
            "unfulfillableQuantity": {
                "totalUnfulfillableQuantity": 0,
                "customerDamagedQuantity": 0,
                "warehouseDamagedQuantity": 0,
                "distributorDamagedQuantity": 0,
                "carrierDamagedQuantity": 0,
                "defectiveQuantity": 0,
                "expiredQuantity": 0,
            },
        }
    return row
