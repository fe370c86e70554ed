"""Feeds: files of many numbers that Amazon works through within minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from connectors.amazon.calls import NEW_FEED, NEW_FEED_FILE
from connectors.amazon.client import SellerClient
from connectors.amazon.stock import Change
from connectors.errors import Unavailable
from connectors.pace import Budget

KIND = "JSON_LISTINGS_FEED"
# Amazon: at most 25,000 messages in a feed of listings, below 10 MiB. A tenth of that is plenty
# for the 10,000 numbers that are written together.
MOST_CHANGES, MOST_BYTES = 25_000, 9 * 2**20
_TYPE = "application/json; charset=UTF-8"


def pack(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Cut into files that Amazon takes, one marketplace in each, order kept."""
    by_place: dict[str, list[Change]] = {}
    for change in changes:
        by_place.setdefault(change.marketplace, []).append(change)
    for own in by_place.values():
        chunk: list[Change] = []
        size = 0
        for change in own:
            more = len(_message(len(chunk) + 1, change)) + 1
            if chunk and (len(chunk) == MOST_CHANGES or size + more > MOST_BYTES):
                yield chunk
                chunk, size = [], 0
            chunk.append(change)
            size += more
        yield chunk


def document(seller: str, changes: Sequence[Change]) -> bytes:
    """Write the file: the messages are numbered from 1, in order."""
    header = {"sellerId": seller, "version": "2.0", "issueLocale": "en_US"}
    messages = b",".join(_message(number, each) for number, each in enumerate(changes, start=1))
    return b'{"header":' + _compact(header) + b',"messages":[' + messages + b"]}"


async def send_feed(
    client: SellerClient, seller: str, changes: Sequence[Change], budget: Budget
) -> str:
    """Send one file; answer the feed's id. Nothing is done before its last call."""
    try:
        made = (await client.run(NEW_FEED_FILE, body={"contentType": _TYPE}, budget=budget)).row()
        await client.upload(made.text("url"), document(seller, changes), _TYPE)
        file = made.text("feedDocumentId")
    except Unavailable as lost:
        raise Unavailable(str(lost), sent=False, said=lost.said) from None
    spec = {
        "feedType": KIND,
        "marketplaceIds": [changes[0].marketplace],
        "inputFeedDocumentId": file,
    }
    return (await client.run(NEW_FEED, body=spec, budget=budget)).row().text("feedId")


def _message(number: int, change: Change) -> bytes:
    head = {"messageId": number, "sku": change.sku, "operationType": "PATCH"}
    return _compact({**head, **change.body()})


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
