"""Reports: asked for, looked at, and fetched."""

from __future__ import annotations

import gzip
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.file_calls import address
from sandbox.amazon.order_rows import written
from sandbox.amazon.reading import body
from sandbox.amazon.refusal import bad_request, not_found
from sandbox.amazon.reports import LISTINGS_REPORT, Report, ReportStatus
from sandbox.amazon.shop import Shop


async def new_report(shop: Shop, request: Request) -> Response:
    """createReport: only the first marketplace counts"""
    shop.apply_due()
    sent = await body(request)
    places = sent.get("marketplaceIds")
    known = isinstance(places, list) and places and places[0] in shop.sites
    if sent.get("reportType") != LISTINGS_REPORT or not known:
        raise bad_request("reportType or marketplaceIds are not known.")
    place = str((places or [""])[0])
    take = shop.faults.take
    ends_as: ReportStatus = "DONE"
    if take("report_fatal", "read"):
        ends_as = "FATAL"
    elif take("report_cancelled", "read"):
        ends_as = "CANCELLED"
    made = shop.reports.make(
        LISTINGS_REPORT,
        place,
        [item for item in shop.items.values() if place in item.marketplaces],
        hangs=take("report_hangs", "read") is not None,
        ends_as=ends_as,
        localised=take("report_localised", "read") is not None,
        windows=take("report_windows", "read") is not None,
    )
    return JSONResponse({"reportId": made.id}, status_code=202)


async def report(shop: Shop, request: Request) -> Response:
    """getReport"""
    found = shop.reports.find(request.path_params["report"])
    if found is None:
        raise not_found("The report was not found.")
    now = shop.now()
    answer: dict[str, Any] = {
        "reportId": found.id,
        "reportType": found.kind,
        "marketplaceIds": [found.marketplace],
        "createdTime": written(found.created_at),
        "processingStatus": found.status(now),
    }
    if found.status(now) == "DONE":
        answer["reportDocumentId"] = _file(shop, found)
    return JSONResponse(answer)


async def document(shop: Shop, request: Request) -> Response:
    """getReportDocument"""
    file = shop.files.find(request.path_params["file"])
    if file is None:
        raise not_found("The report document was not found.")
    answer = {"reportDocumentId": file.id, "url": address(shop, request, file)}
    if file.packed:
        answer["compressionAlgorithm"] = "GZIP"
    return JSONResponse(answer)


def _file(shop: Shop, found: Report) -> str:
    if found.file is None:
        content = found.text.encode(found.charset, errors="replace")
        kind = f"text/plain;charset={found.charset}"
        packed = shop.reports.packed
        held = gzip.compress(content) if packed else content
        found.file = shop.files.add(kind, held, packed=packed).id
    return found.file
