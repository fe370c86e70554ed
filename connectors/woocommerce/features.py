"""What this store's version offers beyond what every version does."""

from __future__ import annotations

from connectors.errors import StoreError
from connectors.http import parse_json
from connectors.woocommerce.answers import whole_json
from connectors.woocommerce.client import API, StoreClient

# WooCommerce 10.3: the variations of all products in one list
_VARIATIONS = "/wc/v3/variations"
# The whole index is 400 KB; a WordPress that does not narrow it down answers just that.
_FIELDS = f"namespace,routes.{_VARIATIONS}"


class Features:
    """Asks the store's own index, once, when it first matters."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client
        self._has_variations: bool | None = None

    async def has_variations(self) -> bool:
        """Say whether all variations can be read in one list; no where the index is kept from us."""
        if self._has_variations is None:
            self._has_variations = await self._listed(_VARIATIONS)
        return self._has_variations

    async def _listed(self, route: str) -> bool:
        try:
            response = await self._client.look(API, {"_fields": _FIELDS})
            routes = parse_json(whole_json(response.content)).raw("routes")
        except StoreError:
            return False
        return isinstance(routes, dict) and route in routes  # PHP writes no routes as a list
