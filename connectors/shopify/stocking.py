"""Stocking an item at one more location: `inventoryActivate`, once per key."""

from __future__ import annotations

import json
import uuid

from connectors.errors import Unavailable
from connectors.protocol import WriteOutcome
from connectors.shopify.client import GraphClient
from connectors.shopify.documents import STOCK_AT

# Any fixed namespace: it only keeps these keys apart from other uses of the same contents.
_KEYS = uuid.UUID("b0a8f0d1-54b7-4d0e-9f39-0d6a6e1d2b7c")


async def stock_at(client: GraphClient, ref: str, location: str, key: str) -> WriteOutcome:
    """Stock an item at a location with nothing for sale there yet.

    `current` of an applied outcome is what the location shows of it now: 0, or what it
    shows already where it is stocked; that number is left alone. Without the 0 an item
    that was stocked there before would come back with its old number, for sale at once.
    """
    variables = {
        "item": ref,
        "location": location,
        "key": str(uuid.uuid5(_KEYS, json.dumps([key, ref, location]))),
    }
    try:
        answer = await client.run(STOCK_AT, variables)
        payload = answer.data.row("inventoryActivate")
        errors, level = payload.rows("userErrors"), payload.maybe_row("inventoryLevel")
        if level is None:
            words = errors[0].text("message") if errors else None
            return WriteOutcome("rejected", reason=words)
        # With a level it is stocked there, whatever is complained about besides.
        quantities = level.rows("quantities")
        shown = {each.text("name"): each.whole("quantity") for each in quantities}
    except Unavailable as lost:
        if not lost.sent:
            raise
        return WriteOutcome("unknown", reason=str(lost))
    return WriteOutcome("applied", current=shown.get("available"))
