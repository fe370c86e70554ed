"""The ship nodes of an account, and the one that its stock is written to.

Shoppers buy what all nodes hold together. Our number lives at one of them; what stands
at others, such as a warehouse of Walmart's or of a third party, is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors.errors import Refused
from connectors.http import Row
from connectors.protocol import RemoteLocation
from connectors.walmart.calls import SHIP_NODES
from connectors.walmart.client import MarketClient
from connectors.walmart.partner import Partners

# Every account has a node that stands for no building; its id is the partner id.
_VIRTUAL = "VIRTUAL"
_SELLERS = ("PHYSICAL", _VIRTUAL)
_ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Node:
    """A ship node; `chosen` is the one that we read and write."""

    id: str
    name: str
    kind: str
    active: bool
    chosen: bool = False

    @property
    def sellers(self) -> bool:
        """Whether it is the seller's own, and in use."""
        return self.active and self.kind in _SELLERS

    def told(self) -> RemoteLocation:
        return RemoteLocation(id=self.id, name=self.name, active=self.active, ours=self.chosen)


class Places:
    """The ship nodes of one account, read once unless asked anew.

    Chosen is `wanted`, the setting `ship_node` of a store; else the only node of the
    seller's own; else the virtual one, which is the default of every account. Which one
    of several buildings is the default no call tells, so a person has to.
    """

    def __init__(self, client: MarketClient, partners: Partners, wanted: str | None) -> None:
        self._client = client
        self._partners = partners
        self._wanted = wanted
        self._nodes: list[Node] | None = None

    async def read(self) -> list[Node]:
        """Read all nodes anew."""
        nodes = [_node(row) for row in (await self._client.read(SHIP_NODES)).rows()]
        if not nodes:
            own = (await self._partners.read()).id
            nodes = [Node(id=own, name="Default", kind=_VIRTUAL, active=True)]
        chosen = self._choose(nodes)
        self._nodes = [replace(node, chosen=node.id == chosen) for node in nodes]
        return self._nodes

    async def chosen(self) -> Node:
        """Say where stock is kept; Refused where that is not clear, or not allowed."""
        nodes = self._nodes or await self.read()
        node = next((each for each in nodes if each.chosen), None)
        if node is not None and node.sellers:
            return node
        self._nodes = None  # it may be put right meanwhile
        if node is not None and node.active:
            raise Refused(
                f"The ship node “{node.name}” is not the seller's own, so its stock is never "
                "written. Choose another one in the store's setting ship_node here."
            )
        if node is not None:
            raise Refused(
                f"The ship node “{node.name}” is switched off at Walmart, so its stock does not "
                "count. Switch it on in Seller Center, or choose another one in the store's "
                "setting ship_node here."
            )
        names = ", ".join(f"{each.id} (“{each.name}”)" for each in nodes if each.sellers)
        raise Refused(
            "The Walmart account has no ship node that our stock could be kept at. Choose one in "
            f"the store's setting ship_node here; the seller's own are: {names or 'none'}."
        )

    async def only(self) -> str | None:
        """Say which node it is where the account has one only: that need not be named."""
        nodes = self._nodes or await self.read()
        return nodes[0].id if len(nodes) == 1 else None

    def _choose(self, nodes: list[Node]) -> str | None:
        if self._wanted is not None:
            return self._wanted
        own = [node for node in nodes if node.sellers]
        if len(own) > 1:
            own = [node for node in own if node.kind == _VIRTUAL]
        return own[0].id if len(own) == 1 else None


def _node(row: Row) -> Node:
    number = row.text("shipNode")
    return Node(
        id=number,
        name=row.text("shipNodeName") if "shipNodeName" in row else number,
        kind=row.text("nodeType").upper(),
        active=row.text("status").upper() == _ACTIVE,
    )
