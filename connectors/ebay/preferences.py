"""The one preference of a seller that decides what a 0 does to a listing."""

from __future__ import annotations

from connectors.ebay.client import EbayClient


class Preferences:
    """Preferences of one seller, read once."""

    def __init__(self, client: EbayClient) -> None:
        self._client = client
        self._control: bool | None = None

    async def out_of_stock_control(self) -> bool:
        """Say whether a listing at 0 is hidden and comes back; it is ended otherwise."""
        if self._control is None:
            answer = await self._client.trade_read(
                "GetUserPreferences", [("ShowOutOfStockControlPreference", "true")], urgent=True
            )
            self._control = answer.node.flag("OutOfStockControlPreference")
        return self._control
