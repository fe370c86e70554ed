"""Feeds: a file is announced, put, sent, and asked about."""

from __future__ import annotations

import gzip
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.feeds import Feed
from sandbox.amazon.file_calls import address
from sandbox.amazon.order_rows import written
from sandbox.amazon.reading import body
from sandbox.amazon.refusal import Refusal, bad_request, not_found, throttled
from sandbox.amazon.shop import Shop

KIND = "JSON_LISTINGS_FEED"
# Amazon: most messages of a feed of listings
_MOST = 25_000


async def new_document(shop: Shop, request: Request) -> Response:
    """createFeedDocument"""
    sent = await body(request)
    if not isinstance(sent.get("contentType"), str):
        raise bad_request("contentType is required.")
    file = shop.files.add(sent["contentType"])
    answer = {"feedDocumentId": file.id, "url": address(shop, request, file)}
    return JSONResponse(answer, status_code=201)


async def new_feed(shop: Shop, request: Request) -> Response:
    """createFeed"""
    sent = await body(request)
    places = sent.get("marketplaceIds")
    known = isinstance(places, list) and places and set(places) <= shop.sites.keys()
    if sent.get("feedType") != KIND or not known:
        raise bad_request("feedType or marketplaceIds are not known.")
    file = shop.files.find(str(sent.get("inputFeedDocumentId")))
    if file is None or file.content is None:
        raise bad_request("The feed document was not uploaded.")
    if not shop.limits.take_feed():
        raise throttled()
    feed = _made(shop, [str(each) for each in places or ()], _messages(shop, file.content))
    return JSONResponse({"feedId": feed.id}, status_code=202)


async def feed(shop: Shop, request: Request) -> Response:
    """getFeed"""
    shop.apply_due()
    found = _feed(shop, request)
    now = shop.now()
    answer: dict[str, Any] = {
        "feedId": found.id,
        "feedType": found.kind,
        "marketplaceIds": found.marketplaces,
        "createdTime": written(found.created_at),
        "processingStatus": found.status(now),
    }
    if found.done_at is not None:
        answer["processingStartTime"] = written(found.created_at)
        answer["processingEndTime"] = written(found.done_at)
        if found.report is not None:
            packed = gzip.compress(json.dumps(found.report).encode())
            file = shop.files.add("application/json", packed, packed=True)
            answer["resultFeedDocumentId"] = file.id
    return JSONResponse(answer)


async def cancel(shop: Shop, request: Request) -> Response:
    """cancelFeed: only what has not begun"""
    shop.apply_due()
    found = _feed(shop, request)
    if found.status(shop.now()) != "IN_QUEUE":
        raise bad_request("The feed is being processed.")
    found.ends_as, found.done_at = "CANCELLED", shop.now()
    return JSONResponse({})


async def document(shop: Shop, request: Request) -> Response:
    """getFeedDocument"""
    file = shop.files.find(request.path_params["file"])
    if file is None:
        raise not_found("The feed document was not found.")
    answer = {"feedDocumentId": file.id, "url": address(shop, request, file)}
    if file.packed:
        answer["compressionAlgorithm"] = "GZIP"
    return JSONResponse(answer)


def _feed(shop: Shop, request: Request) -> Feed:
    found = shop.feeds.find(request.path_params["feed"])
    if found is None:
        raise not_found("The feed was not found.")
    return found


def _messages(shop: Shop, content: bytes) -> list[dict[str, Any]]:
    """Read the messages; a refusal where the file has not the shape of its schema."""
    try:
        told = json.loads(content)
        header, messages = told["header"], told["messages"]
        ids = [message["messageId"] for message in messages]
    except (ValueError, KeyError, TypeError):
        raise bad_request("The feed does not follow its schema.") from None
    if header.get("sellerId") != shop.seller_id or header.get("version") != "2.0":
        raise bad_request("The feed's header is wrong.")
    if len(set(ids)) < len(ids) or len(ids) > _MOST:
        raise bad_request("The feed's messages are not unique, or too many.")
    if any(each.get("operationType") != "PATCH" for each in messages):
        raise Refusal(400, "InvalidInput", "Only PATCH is understood here.")
    return list(messages)


def _made(shop: Shop, places: list[str], messages: list[dict[str, Any]]) -> Feed:
    take = shop.faults.take
    waits = take("feed_waits", "write") is not None
    hangs = waits or take("feed_hangs", "write") is not None
    made = shop.feeds.send(KIND, places, messages, hangs=hangs)
    made.queued = waits
    if take("feed_cancelled", "write"):
        made.ends_as = "CANCELLED"
    elif take("feed_fatal", "write"):
        made.ends_as = "FATAL"
    elif take("feed_broken", "write"):
        made.ends_as, made.with_report = "FATAL", False
    elif take("feed_unreadable", "write"):
        made.unreadable, made.messages = True, ()
    elif take("feed_items_fail", "write"):
        made.spoilt = True
    return made
