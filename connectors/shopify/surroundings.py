"""Whether the locations of order lines are worth asking for, and may be.

They are told by fulfilment orders, which need a permission of their own. A shop
with one location needs no asking: every line is sent from there. A location that was
closed counts, for what was sent from it was not sent from the other one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import NeedsReconnect
from connectors.http import Row
from connectors.shopify.client import Answer, GraphClient
from connectors.shopify.document import Document
from connectors.shopify.scopes import OTHERS_PLACES, OWN_PLACES, granted

_EITHER = frozenset({OWN_PLACES, OTHERS_PLACES})


class Surroundings:
    """What is known of one shop; every answer with orders tells it again.

    several  whether lines come with their places
    only     the one place of a shop that has no other now; a deleted one leaves no trace
    all_told whether the places of other apps are told as well
    """

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._told = self._refused = False
        # Asking is the better guess: it costs points, not asking may cost a call.
        self.several = True
        self.only: str | None = None
        self.all_told = False

    def suppose(self, *, several: bool) -> None:
        """Begin with what was known before, until the shop tells."""
        if not self._told:
            self.several = several

    async def read(
        self, document: Document, variables: Mapping[str, Any], **with_places: Any
    ) -> Answer:
        """Read orders, with their places where that is worth it and allowed.

        `with_places` are variables that are switched off together with the places.
        """
        while True:
            asked = self.several
            more = {name: value if asked else False for name, value in with_places.items()}
            try:
                answer = await self._client.read(document, {**variables, **more, "places": asked})
            except NeedsReconnect as refused:
                if not asked or _EITHER.isdisjoint(refused.missing_scopes):
                    raise
                self._refused, self.several = True, False
                continue
            self._learn(answer.data)
            if asked or not self.several:
                return answer

    def _learn(self, data: Row) -> None:
        self._told = True
        installation = data.row("currentAppInstallation")
        scopes = granted(each.text("handle") for each in installation.rows("accessScopes"))
        known = [each.text("id") for each in data.row("locations").rows("nodes")]
        self.only = known[0] if len(known) == 1 else None
        self.all_told = OTHERS_PLACES in scopes
        self.several = len(known) > 1 and OWN_PLACES in scopes and not self._refused
