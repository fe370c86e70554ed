"""Where the account sells."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.shop import Shop


async def participations(shop: Shop, request: Request) -> Response:
    """getMarketplaceParticipations"""
    rows = [
        {
            "marketplace": {
                "id": site.id,
                "name": site.name,
                "countryCode": site.country,
                "defaultCurrencyCode": site.currency,
                "defaultLanguageCode": site.language,
                "domainName": site.domain,
            },
            "participation": {
                "isParticipating": site.participates,
                "hasSuspendedListings": site.suspended,
            },
            "storeName": shop.title,
        }
        for site in shop.sites.values()
    ]
    return JSONResponse({"payload": rows})
