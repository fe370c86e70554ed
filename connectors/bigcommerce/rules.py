"""When a store takes stock off for an order, and when it puts it back: its own settings."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.bigcommerce.client import RestClient
from connectors.bigcommerce.errors import Invalid, NotFound
from connectors.bigcommerce.scopes import INFORMATION
from connectors.errors import Unavailable
from connectors.http import Row

_PATH = "/v3/settings/inventory"


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that decide what an order does to the store's own number.

    on_completion   units are taken off when an order is shipped or completed, not when placed
    restocks        a cancel or a refund puts units back
    follows_edits   an edited quantity moves the number
    """

    on_completion: bool
    restocks: bool
    follows_edits: bool


class RuleBook:
    """The rules of one store and of its channels, each read once.

    The store's own rules hold for orders made by hand; a channel may have others for
    the orders placed there.
    """

    def __init__(self, client: RestClient) -> None:
        self._client = client
        self._store: Row | None = None
        self._channels: dict[int, Rules] = {}

    async def of_store(self) -> Rules:
        """Say what holds for orders made by hand, and where a channel has no own rules."""
        return _rules(await self._own(), None)

    async def of_channel(self, channel: int) -> Rules:
        """Say what holds for the orders of a channel."""
        if channel not in self._channels:
            own = await self._own()
            self._channels[channel] = _rules(own, await self._overrides(channel))
        return self._channels[channel]

    async def _own(self) -> Row:
        if self._store is None:
            answer = await self._client.read(_PATH, INFORMATION)
            self._store = answer.row().row("data")
        return self._store

    async def _overrides(self, channel: int) -> Row | None:
        try:
            answer = await self._client.read(_PATH, INFORMATION, {"channel_id": channel})
        except (Invalid, NotFound):  # a channel that is no more
            return None
        return answer.row().row("data")


def _rules(store: Row, channel: Row | None) -> Rules:
    behaviour = _text(store, channel, "update_stock_behavior")
    if behaviour not in ("order_placed", "order_completed_or_shipped"):
        raise Unavailable("BigCommerce does not say when it takes stock off for an order.")
    return Rules(
        on_completion=behaviour == "order_completed_or_shipped",
        restocks=_flag(store, channel, "refund_order_stock_adjustment"),
        follows_edits=_flag(store, channel, "edit_order_stock_adjustment"),
    )


def _text(store: Row, channel: Row | None, key: str) -> str:
    return channel.text(key) if channel is not None and key in channel else store.text(key)


def _flag(store: Row, channel: Row | None, key: str) -> bool:
    return channel.flag(key) if channel is not None and key in channel else store.flag(key)
